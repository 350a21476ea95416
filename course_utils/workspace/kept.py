"""Dated copies of a learner's lessons, in `kept/` of their workspace; no copy is ever replaced."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

KEPT = "kept"


def kept_folder(workspace: Path, lesson: str, why: Literal["reset", "update"]) -> Path:
    """Return a folder, not there yet, for what a lesson was before a command changed it.

    Args:
        workspace: the learner's.
        lesson: the name of the lesson's folder.
        why: the command.
    """
    stamp = datetime.now().astimezone().strftime("%Y-%m-%d_%H-%M-%S")
    name = f"{lesson}_before_{why}_{stamp}"
    folder, number = workspace / KEPT / name, 1
    while folder.exists():
        number += 1
        folder = folder.with_name(f"{name}_{number}")
    return folder
