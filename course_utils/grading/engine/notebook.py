"""The notebook that people are shown, made from the cells that intake restored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbformat import from_dict

if TYPE_CHECKING:
    from typing import Any

    from nbformat import NotebookNode

    from course_utils.grading.intake.released import ReleasedLesson
    from course_utils.grading.intake.restore import Restored

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
    cells = [_cell("note", "markdown", words, {})] if words else []
    for cell in restored.cells:
        metadata = {"nbgrader": dict(known[cell.name])} if cell.name in known else {}
        cells.append(_cell(cell.id[:64], cell.cell_type, cell.source, metadata))
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": _ABOUT, "cells": cells}
    made: NotebookNode = from_dict(notebook)  # type: ignore[no-untyped-call]  # half-typed
    return made


def _cell(cell_id: str, cell_type: str, source: str, metadata: dict[str, Any]) -> dict[str, Any]:
    """Return a cell; nbformat's functions draw a random name first, and check each by itself."""
    cell = {"id": cell_id, "cell_type": cell_type, "metadata": metadata, "source": source}
    return cell | {"execution_count": None, "outputs": []} if cell_type == "code" else cell


def named_cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """Return the cells that nbgrader knows, by their `grade_id`."""
    named = ((cell.metadata.get("nbgrader", {}).get("grade_id"), cell) for cell in notebook.cells)
    return {name: cell for name, cell in named if name}
