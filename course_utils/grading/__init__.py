"""What plugs into nbgrader, in the order a lesson goes through it.

`release` checks and strips a lesson, `workspace` derives the learner's copy, `submitted` reads what
students hand in, `scores` marks its quiz, `batch` puts the two together, `problems` writes down
what needs an instructor, `restore` undoes what a student changed, `quiz_feedback` says what an
answer earned. `exporters` begin each nbgrader command; the modules named `..._steps` are the
preprocessors it then takes a notebook through. `nbgrader_config.py` lists them all.
"""
