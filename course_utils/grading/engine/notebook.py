"""The notebook that people are shown, made from the cells that intake restored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nbformat import NotebookNode

    from course_utils.grading.intake.released import ReleasedLesson
    from course_utils.grading.intake.restore import Restored

_NEW_CELL: Mapping[str, Callable[..., NotebookNode]] = {
    "code": new_code_cell,
    "markdown": new_markdown_cell,
    "raw": new_raw_cell,
}
_ABOUT = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python"},
}


def notebook_of(restored: Restored, lesson: ReleasedLesson, words: str = "") -> NotebookNode:
    """Return a restored notebook with nbgrader's metadata and no outputs.

    Args:
        restored: the notebook.
        lesson: the lesson as it was released, which has the metadata.
        words: Markdown to put first; nothing is put there when it is empty.
    """
    known = {cell.name: cell.nbgrader for cell in lesson.cells if cell.name}
    cells = [new_markdown_cell(words, id="note")] if words else []  # type: ignore[no-untyped-call]  # half-typed
    for cell in restored.cells:
        metadata = {"nbgrader": dict(known[cell.name])} if cell.name in known else {}
        cells.append(_NEW_CELL[cell.cell_type](cell.source, id=cell.id[:64], metadata=metadata))
    notebook: NotebookNode = new_notebook(cells=cells, metadata=_ABOUT)  # type: ignore[no-untyped-call]  # half-typed
    return notebook


def named_cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """Return the cells that nbgrader knows, by their `grade_id`."""
    named = ((cell.metadata.get("nbgrader", {}).get("grade_id"), cell) for cell in notebook.cells)
    return {name: cell for name, cell in named if name}
