"""Where a workspace may be that was moved or renamed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.places import WORKSPACE_MARK, data_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 3
_AT_HOME = (".", "Desktop", "Documents", "Downloads")


def other_workspaces(workspace: Path) -> list[Path]:
    """Return the workspaces near this one, near the course and at home, the last used first.

    Args:
        workspace: the learner's, which is not among them.

    Returns:
        A few at most: who has more knows where they are.
    """
    found = {path.resolve() for folder in _folders(workspace) for path in _in(folder)}
    others = found - {workspace.resolve()}
    return sorted(others, key=lambda path: -path.stat().st_mtime)[:_MOST]


def _folders(workspace: Path) -> set[Path]:
    return {
        workspace.parent,
        data_folder(),
        data_folder().parent,
        *(Path.home() / name for name in _AT_HOME),
    }


def _in(folder: Path) -> Iterator[Path]:
    # The second is that of a whole course which was moved, or is there twice.
    for pattern in (f"*/{WORKSPACE_MARK}", f"*/workspace/{WORKSPACE_MARK}"):
        yield from (path.parent for path in folder.glob(pattern))
