"""Where a learner is with the whole course, told from the files of their workspace alone."""
