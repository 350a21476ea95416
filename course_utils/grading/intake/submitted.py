"""A notebook that was handed in, taken as data: its cells' text, and what they say they are.

Nothing here trusts a submission. Whatever Jupyter itself opens is read, through any editor that
kept it; what cannot be read gets a reason in words.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course_utils.plain_files import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from course_utils.grading.intake.released import CellType

MAX_CELLS = 5000
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_CONFLICT = re.compile(r"^(<{7} |={7}$|>{7} )", re.MULTILINE)
# Where formats 1 to 4 of notebooks keep a cell's text.
_TEXT_KEYS = ("source", "input", "code", "text")


class UnreadableError(ValueError):
    """A file that was handed in cannot be used; the message is the end of a sentence about it."""


@dataclass(frozen=True, slots=True)
class HandedCell:
    """One cell as a student handed it in.

    Attributes:
        id: its id; empty when it has none, or one that is not its own.
        cell_type: what kind of cell it is; raw for a kind that nobody knows.
        source: its text.
        grade_id: what its nbgrader metadata calls it, which may be wrong; empty when nothing does.
    """

    id: str
    cell_type: CellType
    source: str
    grade_id: str = ""


def read_cells(content: bytes) -> tuple[HandedCell, ...]:
    """Read a notebook of any format, and keep the text of its cells.

    The rest of it (outputs, attachments, other metadata) grading replaces or does not need, and any
    of it can be wrong in ways that stop nbgrader.

    Raises:
        UnreadableError: if it is no notebook.
    """
    cells = [_cell(data) for data in _cells(_parsed(content)) if isinstance(data, dict)]
    if len(cells) > MAX_CELLS:
        raise UnreadableError(f"has more than {MAX_CELLS:,} cells")
    seen: set[str] = set()
    for number, cell in enumerate(cells):
        if cell.id in seen:
            cells[number] = HandedCell("", cell.cell_type, cell.source, cell.grade_id)
        seen.add(cell.id)
    return tuple(cells)


def read_timestamp(content: bytes) -> datetime | None:
    """Return when a submission was handed in, as its timestamp says; None when that is empty.

    Raises:
        UnreadableError: if it is no date.
    """
    # Imported here: nbgrader takes a second, and the cells alone need none of it.
    from course_utils.neighbours.nbgrader import parse_timestamp  # noqa: PLC0415

    try:
        text = decoded(content[:1000]).strip()
        return parse_timestamp(text) if text else None
    except (ValueError, OverflowError) as error:
        raise UnreadableError("is not a date") from error


def _parsed(content: bytes) -> dict[str, Any]:
    text = decoded(content, "replace")
    if not text.strip():
        raise UnreadableError("is empty")
    try:
        notebook = json.loads(text)
    except RecursionError:
        raise UnreadableError("is nested too deeply to be a notebook") from None
    except ValueError as error:
        if _CONFLICT.search(text):
            raise UnreadableError(
                "holds the marks of a git conflict that was not resolved"
            ) from None
        if text.lstrip().startswith("<"):
            raise UnreadableError("is a web page, not a notebook") from None
        if not text.lstrip().startswith("{"):
            raise UnreadableError("is no notebook") from None
        where = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise UnreadableError(f"is damaged{where}: it is cut off, or was changed by hand") from None
    if not isinstance(notebook, dict):
        raise UnreadableError("is no notebook")
    return notebook


def _cells(notebook: dict[str, Any]) -> list[Any]:
    """Return the cells of a notebook of format 4, or of 3 and earlier, which had worksheets."""
    sheets = notebook.get("worksheets")
    if isinstance(sheets, list) and "cells" not in notebook:
        lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        return [cell for cells in lists if isinstance(cells, list) for cell in cells]
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise UnreadableError("is no notebook: it has no list of cells")
    return cells


def _cell(data: dict[str, Any]) -> HandedCell:
    kind, source = data.get("cell_type"), _text(data)
    cell_type: CellType = "raw"
    if kind in {"code", "markdown"}:
        cell_type = kind
    elif kind == "heading":
        level = data.get("level")
        hashes = "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 1)
        cell_type, source = "markdown", f"{hashes} {source}"
    own_id, metadata = data.get("id"), data.get("metadata")
    known = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = known.get("grade_id") if isinstance(known, dict) else None
    return HandedCell(
        own_id if isinstance(own_id, str) else "",
        cell_type,
        source,
        grade_id if isinstance(grade_id, str) else "",
    )


def _text(data: dict[str, Any]) -> str:
    found = next((data[name] for name in _TEXT_KEYS if data.get(name)), "")
    text = "".join(_strings(found))
    return _LONE_SURROGATE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def _strings(found: object) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, list):
        yield from (line for line in found if isinstance(line, str))
