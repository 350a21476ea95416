"""What stands below a traceback in a lesson: what is wrong, and what to do, in a line or two.

`extension` hears how each cell ended. `notebook` knows the learner's cells and the course's, and
`bindings` which names they make, and `raised` where one raised. `missing_names`, `overwritten`,
`graphs` and `surroundings` each answer one kind of failure.
"""
