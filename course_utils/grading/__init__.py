"""From a lesson to its grades.

`release` checks and strips a lesson. `intake` reads what students hand in, as data. `marking` says
what it has earned, by what `jail` runs. `engine` grades a batch as data. `reports` is what people
read. `nbgrader` holds the adapters: `lesson_run` grades a lesson of a course, whoever asks for it;
`exporters` begin the other nbgrader commands, and the modules named `..._steps` are the
preprocessors that these take a notebook through; `nbgrader_config.py` lists them all.
"""
