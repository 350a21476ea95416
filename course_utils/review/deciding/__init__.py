"""A thread as it is shown to who decides it, and one decision on a pause, carried out once."""
