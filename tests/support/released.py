"""A lesson as it is released, made without nbgrader."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING

from course_utils.grading.intake.cell_text import visible
from course_utils.grading.intake.released import ReleasedCell, ReleasedLesson
from course_utils.quiz.attempts import TryMade
from course_utils.quiz.bank import load_bank
from tests.support.course import ROOT
from tests.support.submissions import right_answer

if TYPE_CHECKING:
    from pathlib import Path

_SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n.*?### END SOLUTION$", re.MULTILINE | re.DOTALL)
_STUB = r"\1# YOUR CODE HERE\n\1raise NotImplementedError()"


@cache
def source_cells(lesson: str) -> tuple[dict, ...]:
    """Return the cells of one of this project's lessons, as its author wrote them."""
    path = ROOT / "notebooks" / lesson / f"{lesson}.ipynb"
    cells = json.loads(path.read_text())["cells"]
    return tuple({**cell, "source": "".join(cell["source"])} for cell in cells)


@cache
def released_lesson(lesson: str) -> ReleasedLesson:
    """Return a lesson as grading has it: the given start of each exercise, and hidden tests."""
    return ReleasedLesson(
        lesson,
        tuple(
            ReleasedCell(
                cell["id"],
                cell["cell_type"],
                _SOLUTION.sub(_STUB, cell["source"]),
                cell["metadata"].get("nbgrader", {}),
            )
            for cell in source_cells(lesson)
        ),
    )


def solutions(lesson: str) -> dict[str, str]:
    """Return the author's own solutions, by the `grade_id` of their cells."""
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: cell["source"]
        for cell in source_cells(lesson)
        if cell["metadata"].get("nbgrader", {}).get("solution")
    }


def notebook(lesson: str, answers: dict[str, str] | None = None) -> dict:
    """Return a released notebook with answers filled in, as JSON's dictionaries.

    Args:
        lesson: the lesson.
        answers: by the `grade_id` of their cells; the others stay as they are given.
    """
    cells = []
    for cell in released_lesson(lesson).cells:
        code = {"outputs": [], "execution_count": None} if cell.cell_type == "code" else {}
        cells.append(
            {
                "cell_type": cell.cell_type,
                "id": cell.id,
                "metadata": {"nbgrader": dict(cell.nbgrader)} if cell.name else {},
                "source": (answers or {}).get(cell.name, visible(cell.source)),
                **code,
            }
        )
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def attempts(lesson: str) -> str:
    """Return a file of attempts that answers every scored question of a lesson rightly."""
    questions = load_bank(ROOT / "quizzes" / f"{lesson}.yaml").questions
    events = [
        TryMade(question=question.key, version=question.version, answer=right_answer(question))
        for question in questions
        if question.points
    ]
    return "".join(f"{event.model_dump_json()}\n" for event in events)


def hand_in(folder: Path, lesson: str) -> Path:
    """Hand in a lesson with everything right; return its folder, which is made in a student's."""
    place = folder / lesson
    place.mkdir(parents=True)
    (place / f"{lesson}.ipynb").write_text(json.dumps(notebook(lesson, solutions(lesson))))
    (place / "attempts.jsonl").write_text(attempts(lesson))
    return place
