"""The button for a worked solution, below what a test said: where it stands, and where not.

The page draws it (`solution.js`), and asks `hitl lab` for the solution when it is pressed. So
neither the notebook nor its kernel holds a solution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.display import display

from course_utils import places
from course_utils.exercises.outline import notebook_path
from course_utils.neighbours.ipykernel import after_this_cell
from course_utils.quiz.released import QUESTIONS_FILE, QuestionsFileError, read_released
from course_utils.settings import SettingsError, settings

if TYPE_CHECKING:
    from pathlib import Path

SOLUTION_BUTTON = "application/vnd.hitl-course.solution+json"
RETURNED = "Your instructor returns the solutions."


def why_withheld(folder: Path, notebooks: Path) -> str:
    """Say why no worked solution may be shown of the lesson in a folder; empty if it may.

    Args:
        folder: the learner's folder of the lesson.
        notebooks: where the course keeps the lessons with their solutions.
    """
    if not notebooks.is_dir():
        return f"The course's own lessons are not on this machine. {RETURNED}"
    try:
        if settings().feedback == "deferred":
            return f"HITL_FEEDBACK is deferred here. {RETURNED}"
        if read_released(folder / QUESTIONS_FILE).mode == "deferred":
            return f"This lesson is an instructor's. {RETURNED}"
    except (QuestionsFileError, SettingsError) as error:
        # Nobody knows then whether it is an instructor's.
        return str(error)
    return ""


def offer_solution(exercise: int, folder: Path) -> None:
    """Put a button below the output of the cell that runs, where a solution may be shown.

    Args:
        exercise: its number.
        folder: the learner's folder of the lesson.
    """
    if notebook_path() is None or why_withheld(folder, places.notebooks()):
        return
    button = {SOLUTION_BUTTON: {"exercise": exercise}, "text/html": "", "text/plain": ""}
    after_this_cell(lambda: display(button, raw=True))  # type: ignore[no-untyped-call]  # half-typed
