"""From a lesson to its grades.

`release` checks and strips a lesson. `intake` reads what students hand in, as data. `marking` says
what it has earned. `reports` is what instructors and students read. `nbgrader` holds the adapters:
its `exporters` begin each nbgrader command, and the modules named `..._steps` are the
preprocessors that it then takes a notebook through; `nbgrader_config.py` lists them all.
`workspace` derives the learner's copy.
"""
