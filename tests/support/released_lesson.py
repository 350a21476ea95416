"""A lesson as grading has it, and a notebook as a student hands it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.grading.intake.released import ReleasedCell, ReleasedLesson
from course_utils.grading.marking.unit import Written
from tests.support.lesson import SOLUTION, STUB

if TYPE_CHECKING:
    from tests.support.lesson import Lesson


def released(lesson: Lesson, only: str = "") -> ReleasedLesson:
    """Return a lesson with the given starts in its solution cells, and its hidden tests.

    Args:
        lesson: the lesson.
        only: the id of a solution cell, outside of whose tests nothing is worth a point.
    """
    cells = [
        ReleasedCell(
            id=cell.id,
            cell_type=cell.cell_type,
            source=SOLUTION.sub(STUB, cell.source),
            nbgrader=_nbgrader(cell, only),
        )
        for cell in lesson.cells
    ]
    return ReleasedLesson(lesson.name, tuple(cells))


def _nbgrader(cell: Any, only: str) -> dict[str, Any]:
    data = dict(cell.metadata.get("nbgrader", {}))
    if data.get("points") and not cell.id.startswith(only):
        data["points"] = 0
    return data


def written(lesson: Lesson, answers: dict[str, str] | None = None) -> list[Written]:
    """Return a notebook with the lesson's own solutions, but for the answers that are given.

    Args:
        lesson: the lesson.
        answers: what stands in a solution cell, by its id.
    """
    answers = answers or {}
    return [
        Written(
            cell.metadata.get("nbgrader", {}).get("grade_id", ""),
            answers.get(cell.id, cell.source),
        )
        for cell in lesson.cells
        if cell.cell_type == "code"
    ]


def code(name: str, source: str, points: float | None = None, *, solution: bool = False):
    """Return a cell: a solution, a test that has points, or one that nobody changes."""
    data = {"grade_id": name, "grade": points is not None, "solution": solution}
    worth = {} if points is None else {"points": points}
    known = solution or points is not None
    return ReleasedCell(name, "code", source, {**data, **worth} if known else {})
