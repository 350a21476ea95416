"""What a workspace remembers of the releases in it, so that a learner's changes can be told.

`.course.json` has, for each lesson, the digest of each cell's text and of the lesson's source. A
workspace that was derived before there was such a file remembers nothing: for that one the course
knows a digest of every text that it had released until then.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from course_utils.grading.intake.cell_text import plain
from course_utils.places import WORKSPACE_MARK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_FORMAT = 1
_LENGTH = 12
"""Of a digest, in hexadecimal digits; the texts of all releases are some thousands."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A lesson as it was derived.

    Attributes:
        source: the digest of what it was released from.
        cells: the digest of each cell's text, by the cell's id.
    """

    source: str
    cells: Mapping[str, str] = field(default_factory=dict)


def digest(text: str) -> str:
    """Return the digest of a cell's text, without what nobody sees of it."""
    return hashlib.sha256(plain(text).encode("utf-8", "replace")).hexdigest()[:_LENGTH]


def derived(source: str, notebook: str) -> Derived:
    """Return what is remembered of a release.

    Args:
        source: the digest of what it was released from.
        notebook: its text.
    """
    cells = json.loads(notebook)["cells"]
    return Derived(source, {cell["id"]: digest("".join(cell["source"])) for cell in cells})


def read_remembered(workspace: Path) -> dict[str, Derived]:
    """Return what a workspace remembers, by lesson; of a file that is damaged, nothing."""
    try:
        data = json.loads((workspace / WORKSPACE_MARK).read_text(encoding="utf-8"))
        return {
            str(name): Derived(str(kept["source"]), _texts(kept["cells"]))
            for name, kept in data["lessons"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def as_remembered(lessons: Mapping[str, Derived]) -> bytes:
    """Return the content of `.course.json`."""
    known = {
        name: {"source": kept.source, "cells": dict(kept.cells)}
        for name, kept in sorted(lessons.items())
    }
    data = {
        "note": "What the course put here, so that `hitl update` knows what is yours.",
        "format": _FORMAT,
        "lessons": known,
    }
    return (json.dumps(data, indent=1) + "\n").encode()


@cache
def released_before() -> frozenset[str]:
    """Return the digests of all texts that were released before workspaces remembered them."""
    text = files("course_utils.workspace").joinpath("released_before.txt").read_text("ascii")
    lines = "".join(line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(lines[at : at + _LENGTH] for at in range(0, len(lines), _LENGTH))


def texts_of(cells: Iterable[Any]) -> frozenset[str]:
    """Return the digests of some cells' texts."""
    return frozenset(digest(cell.source) for cell in cells)


def _texts(data: Mapping[Any, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in data.items()}
