"""Where in a student's folder the work for a lesson may lie, by the names of files alone."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from course_utils.grading.intake.file_names import (
    is_called,
    is_junk,
    is_of_another,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MAX_DEPTH = 20
"""Folders below a place that are looked into."""
MAX_ENTRIES = 3000
"""Files and folders of a student that are looked at."""


@dataclass(slots=True)
class Places:
    """What a student's folder has for a lesson.

    Attributes:
        named: files and folders that are named after it, the best first; a link is among them.
        others: those that may hold it all the same.
        unreadable: a folder that cannot be opened; None when all can.
    """

    named: list[Path] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    unreadable: Path | None = None


def find_places(folder: Path, lesson: str) -> Places:
    """Look through a student's folder.

    Args:
        folder: the student's folder.
        lesson: the lesson's name.
    """
    found = Places()
    try:
        inside = sorted(folder.iterdir(), key=lambda path: (path.name != lesson, path.name))
    except OSError:
        found.unreadable = folder
        return found
    for path in inside:
        if path.name == lesson or (not is_junk(path.name) and is_called(path.name, lesson)):
            found.named.append(path)
        elif is_junk(path.name):
            continue
        elif not is_of_another(path.name, lesson):
            found.others.append(path)
        elif (stray := path / f"{lesson}.ipynb").is_file():
            # This lesson's notebook in the folder of another lesson.
            found.others.append(stray)
    _leave_out_links(found)
    found.unreadable = next((path for path in found.named if _is_closed(path)), None)
    return found


def hold_files(places: Iterable[Path]) -> bool:
    """Tell whether any file was handed in at these places."""
    return any(True for place in places for _ in walk(place))


def walk(place: Path) -> Iterator[Path]:
    """Yield the files at a place: those of the folder itself before those of folders in it.

    Links are yielded and not followed. What a machine made is left out.
    """
    waiting, seen = [(place, 0)], 0
    while waiting and seen < MAX_ENTRIES:
        path, depth = waiting.pop(0)
        seen += 1
        if path.is_symlink() or not path.is_dir():
            yield path
        elif depth <= MAX_DEPTH:
            waiting += [(inside, depth + 1) for inside in _inside(path)]


def _inside(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(
                entry.name for entry, _ in zip(entries, range(MAX_ENTRIES), strict=False)
            )
    except OSError:
        return []
    return [folder / name for name in names if not is_junk(name)]


def _leave_out_links(found: Places) -> None:
    """A link beside a folder of that name is no reason to take nothing."""
    if any(not path.is_symlink() for path in found.named):
        found.named = [path for path in found.named if not path.is_symlink()]
    found.others = [path for path in found.others if not path.is_symlink()]


def _is_closed(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and not os.access(path, os.R_OK | os.X_OK)
