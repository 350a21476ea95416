"""Whether a learner's work can be saved: tried, since rights alone do not tell."""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from typing import TYPE_CHECKING

from course_utils.workspace.errors import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LITTLE = 20_000_000
"""Bytes: with fewer than these free, the outputs of a few lessons fill the disk."""
_TRIED = b"\0" * 8192


def saving_problem(workspace: Path) -> str:
    """Say why work in a workspace cannot be saved, or soon cannot; empty where it can.

    Args:
        workspace: the learner's; of one that is not there yet, the nearest folder is tried.
    """
    folder = next(each for each in (workspace, *workspace.parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(_TRIED)
            file.flush()
            os.fsync(file.fileno())
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return in_words(type(error)(error.errno, error.strerror, str(folder)), workspace)
    if free < LITTLE:
        return f"The disk of {workspace} has only {free / 1e6:.0f} MB left. Free some space."
    locked = next(_locked(folder), None) if folder == workspace else None
    if locked:
        owned = f'sudo chown -R "$USER" {shlex.quote(str(workspace))}'
        return f"{locked} is somebody else's, as after a start with sudo. Take it back: {owned}"
    return ""


def _locked(workspace: Path) -> Iterator[Path]:
    """Yield what a learner may not write, as after a start of the lab by another user."""
    for path in sorted(workspace.glob("[0-9][0-9]_*")):
        yield from (p for p in (path, *path.glob("*.*")) if not os.access(p, os.W_OK))
