"""A lesson as grading has it, made from its source: a learner has no gradebook and no release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from course_utils.grading.intake.released import ReleasedCell, ReleasedLesson
from course_utils.grading.nbgrader.release_steps import kept_of, release_text

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode


def lesson_from_source(path: Path) -> ReleasedLesson:
    """Return a lesson with its hidden tests and its author's answers, as if released just now.

    Args:
        path: the notebook that its author wrote.

    Raises:
        OSError: if it cannot be read.
        ValueError: if it is no notebook.
        RuntimeError: if the markers of solutions or hidden tests do not match.
    """
    written = nbformat.read(path, 4)  # type: ignore[no-untyped-call]  # half-typed
    handed_out = nbformat.reads(release_text(written), 4)  # type: ignore[no-untyped-call]  # half-typed
    cells = zip(written.cells, kept_of(written).cells, handed_out.cells, strict=True)
    return ReleasedLesson(path.stem, tuple(_cell(*versions) for versions in cells))


def _cell(written: NotebookNode, kept: NotebookNode, handed_out: NotebookNode) -> ReleasedCell:
    data = _known(kept)
    return ReleasedCell(
        handed_out.id,
        handed_out.cell_type,
        kept.source if data else handed_out.source,
        data,
        handed_out.source,
        written.source if data.get("solution") else None,
    )


def _known(cell: NotebookNode) -> dict[str, Any]:
    """Return what a gradebook would keep of a cell's metadata; nothing of a cell without any."""
    scored = is_grade(cell) or is_task(cell)
    if not (scored or is_solution(cell) or is_locked(cell)):
        return {}
    data = cell.metadata.nbgrader
    worth = {"points": float(data.points)} if scored else {}
    return {
        "schema_version": data.schema_version,
        "grade_id": data.grade_id,
        "grade": is_grade(cell),
        "solution": is_solution(cell),
        "task": is_task(cell),
        "locked": is_locked(cell),
        "cell_type": cell.cell_type,
        "checksum": data.get("checksum"),
        **worth,
    }
