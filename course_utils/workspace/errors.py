"""What goes wrong with a workspace, in one sentence and with what to do."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FULL = {errno.ENOSPC, errno.EDQUOT}


class WorkspaceError(Exception):
    """Something cannot be done to a workspace; the message says why and what to do instead."""


def in_words(error: Exception, workspace: Path) -> str:
    """Say what went wrong with a workspace and what to do.

    Args:
        error: what was raised; of one with a message for people, that is the answer.
        workspace: the learner's.
    """
    if not isinstance(error, OSError) or error.errno is None:
        return str(error)
    if error.errno in _FULL:
        return (
            f"The disk of {workspace} is full. Nothing of yours was changed. Free some space, and "
            "run the command again."
        )
    return (
        f"{error.filename or workspace}: {error.strerror}. Nothing of yours was changed. Get the "
        "right to write there, or choose another folder with --workspace FOLDER."
    )
