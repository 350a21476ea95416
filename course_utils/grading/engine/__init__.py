"""One batch: from the list of students to a record for each, whichever command asked for it."""
