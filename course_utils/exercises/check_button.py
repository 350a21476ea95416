"""The button that checks a learner's work, as `hitl check` does, where a lesson's end shows it.

The page draws it (`check.js`) and asks `hitl lab`, so it works without a kernel, and a lesson that
was saved with it shows it when it is opened again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.display import display

from course_utils.exercises.outline import notebook_path

if TYPE_CHECKING:
    from pathlib import Path

CHECK_BUTTON = "application/vnd.hitl-course.check+json"
ELSEWHERE = "To check your work, run this in a terminal: hitl check {lesson}"


def offer_check(folder: Path) -> None:
    """Put the button above the output of the cell that runs, where somebody can press it.

    A Jupyter that is not `hitl lab` shows the command instead.

    Args:
        folder: the learner's folder of the lesson.
    """
    if is_in_a_page(folder):
        words = ELSEWHERE.format(lesson=folder.name)
        button = {CHECK_BUTTON: {}, "text/plain": words}
        display(button, raw=True)  # type: ignore[no-untyped-call]  # IPython has half its types


def is_in_a_page(folder: Path) -> bool:
    """Tell whether somebody can press a button here: in a learner's folder, in a Jupyter."""
    return notebook_path() is not None and (folder / "questions.json").exists()
