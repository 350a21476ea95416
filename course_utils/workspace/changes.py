"""A change of a workspace that happens whole or not at all, even if the process is killed.

What is to be there is written into a hidden folder first, then a plan, and then each file is
renamed into its place. A process that is killed before the plan has changed nothing; one that is
killed after it has left a plan, which whoever works on the workspace next finishes.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock

from course_utils.workspace.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_STAGED = ".changes"
_PLAN = "plan.json"
_LOCK_SECONDS = 10


class Changes:
    """What is to become of a workspace: gathered, then done at once. Paths are within it."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._staged = workspace / _STAGED
        self._steps: list[tuple[str, str]] = []
        self._read: dict[Path, bytes | None] = {}

    def read(self, path: Path) -> bytes | None:
        """Return a file's content, or None where there is none; it must be the same at the end."""
        try:
            content: bytes | None = path.read_bytes()
        except FileNotFoundError:
            content = None
        return self._read.setdefault(path, content)

    def put(self, target: Path, content: bytes) -> None:
        """Have a file with this content, in place of what is there."""
        staged = self._new()
        with staged.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        self._step(staged, target)

    def copy(self, source: Path, target: Path) -> None:
        """Have a copy of a file as it is now."""
        staged = self._new()
        shutil.copy2(source, staged)
        self._step(staged, target)

    def move(self, source: Path, target: Path) -> None:
        """Have a file or folder at another place."""
        self._step(source, target)

    def commit(self) -> None:
        """Do all of it.

        Raises:
            WorkspaceError: if a file that was read has been saved since; nothing is changed then.
            OSError: if it cannot be written.
        """
        if not self._steps:
            return
        for path, content in self._read.items():
            if (path.read_bytes() if path.exists() else None) != content:
                raise WorkspaceError(f"{path} was saved just now. Run the command again.")
        draft = self._staged / f"{_PLAN}.draft"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(self._steps, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._staged / _PLAN)
        _finish(self._workspace)

    def _new(self) -> Path:
        self._staged.mkdir(parents=True, exist_ok=True)
        return self._staged / f"{len(self._steps):06}"

    def _step(self, source: Path, target: Path) -> None:
        self._staged.mkdir(parents=True, exist_ok=True)
        names = (path.relative_to(self._workspace).as_posix() for path in (source, target))
        self._steps.append((next(names), next(names)))


@contextmanager
def changing(workspace: Path) -> Iterator[Changes]:
    """Change a workspace alone: an earlier change that was cut off is finished first.

    Raises:
        WorkspaceError: if another process is changing the workspace.
    """
    with _alone(workspace):
        _finish(workspace)
        try:
            yield Changes(workspace)
        finally:
            if not (workspace / _STAGED / _PLAN).exists():
                shutil.rmtree(workspace / _STAGED, ignore_errors=True)


def is_unfinished(workspace: Path) -> bool:
    """Tell whether a change was begun and cut off."""
    return (workspace / _STAGED / _PLAN).exists()


def finish(workspace: Path) -> bool:
    """Finish a change that was cut off, if there is one.

    Returns:
        Whether there was one that had to be finished; one that had not begun is forgotten.

    Raises:
        WorkspaceError: if another process is changing the workspace, or the plan is damaged.
    """
    if not (workspace / _STAGED).exists():
        return False
    with _alone(workspace):
        was_begun = (workspace / _STAGED / _PLAN).exists()
        _finish(workspace)
    return was_begun


@contextmanager
def _alone(workspace: Path) -> Iterator[None]:
    lock = FileLock(workspace / ".changes.lock", timeout=_LOCK_SECONDS)
    try:
        lock.acquire()
    except TimeoutError:
        raise WorkspaceError(
            f"Another command is changing {workspace}. Wait until it has ended."
        ) from None
    try:
        yield
    finally:
        lock.release()


def _finish(workspace: Path) -> None:
    """Do what is left of a plan: what was renamed already is no longer where it was."""
    staged = workspace / _STAGED
    plan = staged / _PLAN
    for source, target in _steps(plan) if plan.exists() else ():
        start, end = workspace / source, workspace / target
        # What was moved stays as it is, even if its place is taken again by now.
        if start.exists() and (start.parent == staged or not end.exists()):
            end.parent.mkdir(parents=True, exist_ok=True)
            start.replace(end)
    plan.unlink(missing_ok=True)
    shutil.rmtree(staged, ignore_errors=True)


def _steps(plan: Path) -> list[tuple[str, str]]:
    try:
        return [(str(source), str(target)) for source, target in json.loads(plan.read_text())]
    except (ValueError, TypeError) as error:
        raise WorkspaceError(
            f"{plan} is damaged, so a change that was cut off cannot be finished. Your work is in "
            "the lessons' folders and in kept/. Move the file away, and run the command again."
        ) from error
