"""Put back what a student must not change: nbgrader's metadata and the graded cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbformat.v4 import new_code_cell, new_markdown_cell

from course_utils.neighbours.nbgrader import released_metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nbformat import NotebookNode
    from nbgrader.api import Notebook

    from course_utils.neighbours.nbgrader import Metadata

_NEW_CELL: Mapping[str, Callable[..., NotebookNode]] = {
    "code": new_code_cell,
    "markdown": new_markdown_cell,
}


def restore_cells(submitted: NotebookNode, released: Notebook) -> list[str]:
    """Give every cell the nbgrader metadata it was released with, and nothing else of its own.

    nbgrader stops a submission, or the whole batch, at metadata it does not expect: a renamed or
    repeated cell, an old schema. A tag on a test cell can keep it from being run. So all of it is
    replaced. A graded cell that was deleted comes back after the one that was before it.

    Args:
        submitted: the student's notebook, changed in place.
        released: the gradebook's record of the notebook.

    Returns:
        The ids of the graded cells that had been deleted.
    """
    records = {cell.name: cell for cell in released.source_cells}
    metadata = dict(released_metadata(released))
    places = _keep_known(submitted, metadata)
    missing = [name for name, data in metadata.items() if "points" in data and name not in places]
    before: NotebookNode | None = None
    for name, record in records.items():
        if name in missing:
            new_cell = _NEW_CELL[record.cell_type]
            cell = new_cell(record.source, metadata={"nbgrader": metadata[name]})
            _insert_after(submitted, before, cell)
            places[name] = cell
        before = places.get(name, before)
    return missing


def _keep_known(
    submitted: NotebookNode, metadata: Mapping[str, Metadata]
) -> dict[str, NotebookNode]:
    """Replace all metadata; of cells with one id the last is the released one, as in nbgrader."""
    places: dict[str, NotebookNode] = {}
    for cell in reversed(submitted.cells):
        name = _grade_id(cell)
        known = name in metadata and name not in places
        cell.metadata = {"nbgrader": metadata[name]} if known else {}
        if known:
            places[name] = cell
    return places


def _grade_id(cell: NotebookNode) -> str:
    data = cell.metadata.get("nbgrader")
    name = data.get("grade_id") if isinstance(data, dict) else None
    return name if isinstance(name, str) else ""


def _insert_after(notebook: NotebookNode, before: NotebookNode | None, cell: NotebookNode) -> None:
    place = next((index for index, other in enumerate(notebook.cells) if other is before), -1)
    notebook.cells.insert(place + 1, cell)
