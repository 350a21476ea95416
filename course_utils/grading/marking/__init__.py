"""What a submission has earned."""
