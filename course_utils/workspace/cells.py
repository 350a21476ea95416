"""The cells of a notebook in a workspace: which of the course's cells each of them is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from course_utils.grading.intake.matching import match
from course_utils.grading.intake.released import ReleasedCell, ReleasedLesson
from course_utils.grading.intake.submitted import HandedCell
from course_utils.workspace.remembered import digest, released_before, texts_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbformat import NotebookNode

_SIGNATURE = re.compile(r"(async\s+def|def|class)\s")


def grade_id(cell: NotebookNode) -> str:
    """Return what nbgrader calls a cell; empty for a cell that it does not know."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def is_solution(cell: NotebookNode) -> bool:
    """Tell whether a learner writes in a cell of the lesson."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def base_of(
    release: Sequence[NotebookNode], cells: Sequence[NotebookNode]
) -> dict[str, str] | None:
    """Return the digests of a release if a notebook came from it; None if it came from another.

    Every cell of the release has to be there, and of the course's texts only this release's.
    """
    others = texts_of(cells) - texts_of(release)
    if others & released_before() or not {cell.id for cell in release} <= {
        cell.id for cell in cells
    }:
        return None
    return {cell.id: digest(cell.source) for cell in release}


def homes_of(
    release: Sequence[NotebookNode],
    cells: Sequence[NotebookNode],
    texts: Sequence[str | None] = (),
) -> dict[int, int]:
    """Return the place in a release of each cell of a notebook that is one of the release's.

    Args:
        release: its cells.
        cells: those of the notebook.
        texts: what counts as the text of each cell of the notebook; None for its own text.
    """
    handed = [
        HandedCell(cell.id, cell.cell_type, cell.source if text is None else text, grade_id(cell))
        for cell, text in zip(cells, texts or [None] * len(cells), strict=True)
    ]
    return match(_as_lesson(release), handed).of


def moved_to(cell: NotebookNode, others: Mapping[str, Mapping[str, NotebookNode]]) -> str:
    """Return the one lesson that an exercise is in now; empty if none or several may be meant.

    Exercises of the same name are not always the same: what is to be written must begin alike.

    Args:
        cell: a learner's solution.
        others: the solution cells of the lessons that it may be in, by lesson and `grade_id`.
    """
    name, begins = grade_id(cell), _signatures(cell.source)
    found = [
        lesson
        for lesson, solutions in others.items()
        if begins and name in solutions and _signatures(solutions[name].source) == begins
    ]
    return found[0] if len(found) == 1 else ""


def _signatures(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if _SIGNATURE.match(line)]


def _as_lesson(cells: Sequence[NotebookNode]) -> ReleasedLesson:
    return ReleasedLesson(
        "",
        tuple(
            ReleasedCell(cell.id, cell.cell_type, cell.source, cell.metadata.get("nbgrader", {}))
            for cell in cells
        ),
    )
