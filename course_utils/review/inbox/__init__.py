"""Finding the threads that wait for a person."""
