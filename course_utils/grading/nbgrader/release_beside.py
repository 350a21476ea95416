"""A new release is made beside the one that is there, and takes its place when it is whole.

The release in students' hands is also what grading reads, and its `questions.json` guards the key:
a new release that fails half-way must not cost the old one.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_NEW = ".new"
_OLD = ".old"


def step_beside(step: str) -> str:
    """Return the folder of new releases for nbgrader's folder of releases."""
    return f"{step}{_NEW}"


def put_in_place(new: Path, release: Path) -> None:
    """Put a new release in the place of the old one, which stays if that fails.

    Args:
        new: the folder of the new release.
        release: the folder of the old one, if there is one.

    Raises:
        OSError: if it fails.
    """
    old = release.with_name(f"{release.name}{_OLD}")
    release.parent.mkdir(parents=True, exist_ok=True)
    if release.exists():
        shutil.rmtree(old, ignore_errors=True)
        release.rename(old)
    try:
        new.rename(release)
    except OSError:
        restore_old(release)
        raise
    shutil.rmtree(old, ignore_errors=True)
    with suppress(OSError):
        new.parent.rmdir()


def restore_old(release: Path) -> None:
    """Bring back a release that was moved away by a run that ended before it had another."""
    old = release.with_name(f"{release.name}{_OLD}")
    if old.exists() and not release.exists():
        old.rename(release)
