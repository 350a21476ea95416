"""What students handed in, taken as data: any folder, any file, any JSON.

Nothing here trusts a submission. What can be used is read once, before any student's code runs;
what cannot gets a reason in words for its student, and never stops the others.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from pydantic import BaseModel, ValidationError

from course_utils.neighbours.nbgrader import parse_timestamp
from course_utils.plain_files import PlainFileError, read_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from nbformat import NotebookNode

MAX_NOTEBOOK_BYTES = 20_000_000
TIMESTAMP = "timestamp.txt"
MAX_TIMESTAMP_BYTES = 1000
# nbgrader takes the first four for patterns; Formgrader puts names into its markup and scripts.
_NOT_IN_NAMES = set("*?[]" + '<>"\\')
_NEW_CELL: Mapping[str, Callable[..., NotebookNode]] = {
    "code": new_code_cell,
    "markdown": new_markdown_cell,
    "raw": new_raw_cell,
}


class UnreadableError(ValueError):
    """A file that was handed in cannot be used; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A student's folder for a lesson.

    Attributes:
        path: the folder itself.
        refused: why nothing in it can be graded; empty when it can.
    """

    path: Path
    refused: str

    @property
    def student(self) -> str:
        """The student, in characters that can be printed and stored."""
        name = self.path.parent.name
        return name if name.isprintable() else ascii(name)


class _Cell(BaseModel):
    cell_type: Literal["code", "markdown", "raw"]
    source: str | list[str]
    metadata: Any = None


class _Notebook(BaseModel):
    nbformat: Literal[4]
    cells: list[_Cell]


def submitted_folders(submitted: Path, lesson: str, students: str) -> Iterator[Folder]:
    """Find every student's folder for a lesson, with a notebook in it or not.

    Args:
        submitted: the folder of all submissions.
        lesson: the lesson's name.
        students: a pattern for the students' names, as in `nbgrader autograde --student`.
    """
    for student in sorted(submitted.iterdir()) if submitted.exists() else ():
        folder = student / lesson
        if fnmatchcase(student.name, students) and os.path.lexists(folder):
            yield Folder(folder, _refusal(folder))


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook and make it anew from its cells' text and nbgrader's metadata.

    The rest of it (outputs, attachments, ids, other metadata) grading replaces or does not need,
    and any of it can be wrong in ways that stop nbgrader.

    Raises:
        UnreadableError: if there is no such notebook, or it is not one.
    """
    try:
        handed_in = _Notebook.model_validate_json(read_file(path, MAX_NOTEBOOK_BYTES))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise UnreadableError(
            f"{path.name} is damaged or is no notebook of nbformat 4 "
            f"({' '.join(filter(None, (place, first['msg'])))})"
        ) from None
    return _notebook([_made_anew(number, cell) for number, cell in enumerate(handed_in.cells)])


def stand_in(words: str) -> NotebookNode:
    """Return a notebook to grade in the place of one that could not be read."""
    return _notebook([_NEW_CELL["markdown"](words, id="note")])


def read_timestamp(folder: Path) -> datetime | None:
    """Return when a submission was handed in; None when nothing says so.

    Raises:
        UnreadableError: if its timestamp is no date.
    """
    path = folder / TIMESTAMP
    if not os.path.lexists(path):
        return None
    try:
        text = read_file(path, MAX_TIMESTAMP_BYTES).decode().strip()
        return parse_timestamp(text) if text else None
    except (ValueError, OverflowError) as error:
        raise UnreadableError(f"{TIMESTAMP} is not a date") from error


def read_file(path: Path, limit: int) -> bytes:
    """Read a file that was handed in.

    Raises:
        UnreadableError: if it is not a plain file of at most `limit` bytes.
    """
    try:
        return read_plain(path, limit)
    except FileNotFoundError:
        raise UnreadableError(f"there is no {path.name}") from None
    except PlainFileError as error:
        raise UnreadableError(f"{path.name} cannot be read: {error.reason}") from None


def _refusal(folder: Path) -> str:
    student = folder.parent.name
    if not student.isprintable() or student.startswith(".") or _NOT_IN_NAMES & set(student):
        return "nbgrader cannot work with this student's folder name; rename the folder"
    if folder.is_symlink() or folder.parent.is_symlink() or not folder.is_dir():
        return "a link or a file stands in the place of this folder; put the folder itself there"
    return ""


def _made_anew(number: int, cell: _Cell) -> NotebookNode:
    source = cell.source if isinstance(cell.source, str) else "".join(cell.source)
    metadata = cell.metadata if isinstance(cell.metadata, dict) else {}
    kept = {name: metadata[name] for name in ("nbgrader",) if name in metadata}
    return _NEW_CELL[cell.cell_type](source, id=f"cell-{number}", metadata=kept)


def _notebook(cells: list[NotebookNode]) -> NotebookNode:
    notebook: NotebookNode = new_notebook(cells=cells)  # type: ignore[no-untyped-call]  # half-typed
    return notebook
