"""What a thread is doing, what it asks of a person, and what may be decided."""
