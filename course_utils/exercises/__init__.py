"""What a lesson's exercises are tested with, and what of them has passed: no widgets."""
