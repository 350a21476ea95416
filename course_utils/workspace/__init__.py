"""The learner's own copy of the course: derived, reset and updated, with nothing of theirs lost.

`derive` makes it, and `remembered` knows afterwards what was derived. `merging` puts a learner's
cells into a newer release, `carried` their attempts and progress. `resetting` and `updating` plan
what becomes of a workspace, and `changes` does it whole or not at all.
"""
