"""The code cells of a learner's notebook, and of the lesson as the course has it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from course_utils.places import notebooks

if TYPE_CHECKING:
    from pathlib import Path

_MAY_FAIL = "raises-exception"
# Without a statement in its place, many a cell would be no Python.
_SOLUTION = re.compile(
    r"^( *)### BEGIN SOLUTION\n.*?^ *### END SOLUTION$", re.DOTALL | re.MULTILINE
)


class Cell(NamedTuple):
    """A code cell: its id, empty where it has none, its text, and whether it is meant to fail."""

    id: str
    source: str
    may_fail: bool = False


def saved_cells(notebook: Path | None) -> list[Cell] | None:
    """Return the cells of a notebook as it was saved last; None if it cannot be read."""
    try:
        text = notebook.read_text(encoding="utf-8") if notebook else ""
        cells = json.loads(text)["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        return [_cell(cell) for cell in code]
    except (KeyError, TypeError, ValueError, AttributeError, OSError):
        return None


def lesson_cells(notebook: Path | None) -> list[Cell]:
    """Return the cells of the course's own lesson of that name, without solutions; none if unknown.

    A learner who was given the lesson alone has no such file.
    """
    if notebook is None:
        return []
    source = notebooks() / notebook.stem / notebook.name
    cells = saved_cells(source) or ()
    return [cell._replace(source=_SOLUTION.sub(r"\1pass", cell.source)) for cell in cells]


def _cell(saved: dict[str, Any]) -> Cell:
    tags = saved.get("metadata", {}).get("tags", [])
    return Cell(str(saved.get("id", "")), "".join(saved["source"]), _MAY_FAIL in tags)
