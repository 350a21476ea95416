"""What instructors and students read of a grading."""
