"""The released lesson, joined from the gradebook, which has the hidden tests, and its release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat

from course_utils.grading.intake.released import ReleasedCell, ReleasedLesson
from course_utils.grading.marking.quiz_scores import GradingError
from course_utils.neighbours.nbgrader import released_metadata

if TYPE_CHECKING:
    from pathlib import Path

    from nbgrader.api import Notebook


def released_lesson(lesson: str, path: Path, known: Notebook, authors: Path) -> ReleasedLesson:
    """Return a lesson as it was released, with its hidden tests and its author's answers.

    Args:
        lesson: its name.
        path: its notebook in the folder of releases, which has its cells in order.
        known: what the gradebook has of it.
        authors: the notebook that it was released from; it need not be there any more.

    Raises:
        GradingError: if the two are not of one release.
    """
    metadata = dict(released_metadata(known))
    sources = {record.name: record.source for record in known.source_cells}
    answers = _authors_answers(authors)
    cells = []
    for cell in _read(lesson, path):
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        data = metadata.pop(name, {})
        source = sources[name] if data else cell.source
        answer = answers.get(name) if data.get("solution") else None
        cells.append(ReleasedCell(cell.id, cell.cell_type, source, data, cell.source, answer))
    if metadata:
        raise GradingError(
            f"{path} is not the release that the gradebook has: it lacks {min(metadata)!r}. "
            f"Release the lesson again: nbgrader generate_assignment {lesson}"
        )
    return ReleasedLesson(lesson, tuple(cells))


def _read(lesson: str, path: Path) -> list[nbformat.NotebookNode]:
    try:
        notebook = nbformat.read(path, 4)  # type: ignore[no-untyped-call]  # half-typed
    except Exception as error:  # a release is ours, but anybody may have edited it
        raise GradingError(
            f"{path} cannot be read: {type(error).__name__}. Release the lesson again: "
            f"nbgrader generate_assignment {lesson}"
        ) from None
    return list(notebook.cells)


def _authors_answers(path: Path) -> dict[str, str]:
    """Return the source of each cell by its `grade_id`; of a notebook that cannot be read, none."""
    try:
        cells = nbformat.read(path, 4).cells  # type: ignore[no-untyped-call]  # half-typed
    except Exception:  # grading needs none of it
        return {}
    return {cell.metadata.get("nbgrader", {}).get("grade_id", ""): cell.source for cell in cells}
