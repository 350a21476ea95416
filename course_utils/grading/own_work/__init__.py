"""A learner's own work, checked as an instructor would grade it, without gradebook or roster."""
