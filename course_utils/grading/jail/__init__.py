"""Where a student's code runs, and can reach nothing: the jail, and what runs inside it."""
