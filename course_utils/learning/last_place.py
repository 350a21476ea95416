"""Where a learner was last in each lesson, and what JupyterLab has shown them once and for all.

It is a file of the workspace, so that another browser, another port and another start know it.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from course_utils.exercises.outline import outline_of
from course_utils.learning.lesson import Place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = ".places.json"


@dataclass(frozen=True, slots=True)
class LastPlaces:
    """What a workspace knows of where its learner was.

    Attributes:
        cells: the id of the cell that was in sight last, by the name of the lesson's folder.
        last: the lesson that was in front last; empty if none was.
        shown: what need not be shown again, as "tour".
    """

    cells: Mapping[str, str] = field(default_factory=dict)
    last: str = ""
    shown: frozenset[str] = frozenset()


def read_places(workspace: Path) -> LastPlaces:
    """Return where a learner was; nothing is known from a file that is missing or damaged."""
    try:
        data = json.loads((workspace / FILE).read_text(encoding="utf-8"))
        cells = {str(lesson): str(cell) for lesson, cell in data["cells"].items()}
        return LastPlaces(cells, str(data["last"]), frozenset(map(str, data["shown"])))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return LastPlaces()


def remember_place(workspace: Path, lesson: str, cell: str) -> None:
    """Keep the cell of a lesson that a learner looks at.

    Args:
        workspace: the learner's.
        lesson: the name of its folder.
        cell: its id.

    Raises:
        OSError: if it cannot be written.
    """
    known = read_places(workspace)
    _write(workspace, replace(known, cells={**known.cells, lesson: cell}, last=lesson))


def remember_shown(workspace: Path, what: str) -> None:
    """Keep that something was shown and is not to be shown by itself again.

    Raises:
        OSError: if it cannot be written.
    """
    known = read_places(workspace)
    _write(workspace, replace(known, shown=known.shown | {what}))


def last_place(workspace: Path) -> Place | None:
    """Return where a learner was last, with the heading above it; None if it is not there now."""
    known = read_places(workspace)
    cell = known.cells.get(known.last, "")
    outline = outline_of(workspace / known.last / f"{known.last}.ipynb")
    if cell not in outline.headings:
        return None
    return Place(outline.headings[cell], f"{known.last}/{known.last}.ipynb", cell)


def _write(workspace: Path, places: LastPlaces) -> None:
    data = {"last": places.last, "cells": dict(places.cells), "shown": sorted(places.shown)}
    path = workspace / FILE
    draft = path.with_name(f"{FILE}.{os.getpid()}")
    draft.write_text(json.dumps(data, indent=1), encoding="utf-8")
    draft.replace(path)
