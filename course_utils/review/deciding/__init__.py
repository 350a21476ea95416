"""One person's decision on a pause, carried out once."""
