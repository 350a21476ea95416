"""What plugs into nbgrader, in the order a lesson goes through it.

`release` checks and strips a lesson, `workspace` derives the learner's copy, `scores` marks a
submitted quiz, `restore` undoes what a student changed, `quiz_feedback` says what an answer earned.
The modules named `..._steps` are the nbgrader preprocessors `nbgrader_config.py` lists.
"""
