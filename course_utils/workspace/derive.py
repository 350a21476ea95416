"""The learner's own copy of the course, derived from the source and never committed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from course_utils import places
from course_utils.places import WORKSPACE_MARK
from course_utils.quiz.released import QUESTIONS_FILE
from course_utils.settings import settings
from course_utils.workspace.changes import finish
from course_utils.workspace.released import release_of, source_digest, sources
from course_utils.workspace.remembered import (
    as_remembered,
    derived,
    read_remembered,
)

if TYPE_CHECKING:
    from pathlib import Path


def derive_workspace(
    target: Path, *, notebooks: Path | None = None, quizzes: Path | None = None
) -> list[Path]:
    """Write what is missing of the learner's workspace; a file that exists is never touched.

    Each lesson gets a folder with its notebook, as it is released, and `questions.json` in practice
    mode, whatever `HITL_FEEDBACK` says: a workspace is for learning alone. A change of the
    workspace that was cut off is finished first.

    Args:
        target: the workspace; it is made when there is none.
        notebooks: the source folder; by default the course's.
        quizzes: the folder of banks; by default the one in the settings.

    Returns:
        The files that were written.

    Raises:
        ReleaseError: if a lesson does not fit its bank.
        BankError: if a bank has a mistake in it.
    """
    finish(target)
    notebooks = notebooks or places.notebooks()
    quizzes = quizzes or settings().quizzes
    written: list[Path] = []
    for name, source in sources(notebooks).items():
        written += _derive_lesson(source, quizzes, target / name)
    return written


def lessons(workspace: Path) -> list[Path]:
    """Return the notebooks of the lessons in a workspace, in the order they are taken."""
    return sorted(workspace.glob("[0-9][0-9]_*/[0-9][0-9]_*.ipynb"))


def renumbered(target: Path, *, notebooks: Path | None = None) -> dict[str, str]:
    """Return the lessons of a workspace that have another number in the course now.

    Args:
        target: the workspace.
        notebooks: the source folder; by default the course's.

    Returns:
        The name that the course has for a lesson, by the name of its folder in the workspace.
    """
    now = {name[3:]: name for name in sources(notebooks or places.notebooks())}
    return {name: now[name[3:]] for name in _numbered(target) if now.get(name[3:], name) != name}


def outdated(
    target: Path, *, notebooks: Path | None = None, quizzes: Path | None = None
) -> list[str]:
    """Return the lessons of which the course has a newer version than the workspace, or may have.

    Args:
        target: the workspace.
        notebooks: the source folder; by default the course's.
        quizzes: the folder of banks; by default the one in the settings.
    """
    notebooks = notebooks or places.notebooks()
    quizzes = quizzes or settings().quizzes
    known, moved = read_remembered(target), renumbered(target, notebooks=notebooks)
    found = set(moved.values())
    for name, source in sources(notebooks).items():
        if (target / name / source.name).exists() and not _is_an_instructors(target / name):
            there = known.get(name)
            if there is None or there.source != source_digest(source, quizzes):
                found.add(name)
    return sorted(found)


def _is_an_instructors(lesson: Path) -> bool:
    """Tell whether a lesson's questions have no key: such a lesson is not updated."""
    try:
        return b'"mode": "deferred"' in (lesson / QUESTIONS_FILE).read_bytes()
    except OSError:
        return False


def _numbered(target: Path) -> list[str]:
    return sorted(path.name for path in target.glob("[0-9][0-9]_*") if path.is_dir())


def _derive_lesson(source: Path, quizzes: Path, target: Path) -> list[Path]:
    wanted = {source.name}
    if (quizzes / f"{source.stem}.yaml").exists():
        wanted.add(QUESTIONS_FILE)
    missing = {name for name in wanted if not (target / name).exists()}
    if not missing:
        return []
    target.mkdir(parents=True, exist_ok=True)
    release = release_of(source, quizzes)
    written = [
        path
        for path in (target / name for name in sorted(missing))
        if _write_new(path, release.files[path.name])
    ]
    if target / source.name in written:
        known = read_remembered(target.parent)
        known[release.name] = derived(release.source, release.notebook)
        _write(target.parent / WORKSPACE_MARK, as_remembered(known))
    return written


def _write_new(path: Path, content: bytes) -> bool:
    """Write a whole file or none; say whether it was still missing."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    _draft(draft, content)
    if path.exists():
        draft.unlink()
        return False
    draft.replace(path)
    return True


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    _draft(draft, content)
    draft.replace(path)


def _draft(draft: Path, content: bytes) -> None:
    """Write a whole file, or leave none: a full disk keeps the half of one."""
    try:
        draft.write_bytes(content)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
