"""Between nbgrader's notebooks and what intake restores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.api import Gradebook, MissingEntry

from course_utils.grading.intake.released import ReleasedCell, ReleasedLesson
from course_utils.neighbours.nbgrader import released_metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from nbformat import NotebookNode

    from course_utils.grading.intake.restore import Restored

_NEW_CELL: Mapping[str, Callable[..., NotebookNode]] = {
    "code": new_code_cell,
    "markdown": new_markdown_cell,
    "raw": new_raw_cell,
}


def from_gradebook(db_url: str, lesson: str, release: Path) -> ReleasedLesson:
    """Return the cells of a lesson that nbgrader knows, as they were when it was released.

    Args:
        db_url: the gradebook's address.
        lesson: the lesson.
        release: its notebook in the folder of releases, with the texts that students have.
    """
    with Gradebook(db_url) as gradebook:
        try:
            notebook = gradebook.find_notebook(lesson, lesson)
        except MissingEntry:
            return ReleasedLesson(lesson, ())
        metadata, given = dict(released_metadata(notebook)), _handed_out(release)
        cells = (
            ReleasedCell(
                one.name, one.cell_type, one.source, metadata[one.name], given.get(one.name)
            )
            for one in notebook.source_cells
        )
        return ReleasedLesson(lesson, tuple(cells))


def _handed_out(release: Path) -> dict[str, str]:
    if not release.exists():
        return {}
    notebook = nbformat.read(release, 4)  # type: ignore[no-untyped-call]  # half-typed
    named = ((cell.metadata.get("nbgrader", {}).get("grade_id"), cell) for cell in notebook.cells)
    return {name: cell.source for name, cell in named if name}


def notebook_of(restored: Restored, released: ReleasedLesson, words: str = "") -> NotebookNode:
    """Return a restored notebook with nbgrader's metadata.

    Args:
        restored: the notebook.
        released: the lesson, which has the metadata.
        words: Markdown to put first.
    """
    metadata = {cell.name: dict(cell.nbgrader) for cell in released.cells}
    cells = [_NEW_CELL["markdown"](words, id="note")] if words else []
    for cell in restored.cells:
        known = {"nbgrader": metadata[cell.name]} if cell.name else {}
        new_cell = _NEW_CELL[cell.cell_type]
        cells.append(new_cell(cell.source, id=cell.id[:64], metadata=known))
    notebook: NotebookNode = new_notebook(cells=cells)  # type: ignore[no-untyped-call]  # half-typed
    return notebook
