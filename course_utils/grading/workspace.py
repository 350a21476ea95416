"""The learner's own copy of the course, derived from the source and never committed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from course_utils.settings import COURSE_ROOT, settings

if TYPE_CHECKING:
    from pathlib import Path


def derive_workspace(
    target: Path, *, notebooks: Path | None = None, quizzes: Path | None = None
) -> list[Path]:
    """Write what is missing of the learner's workspace; a file that exists is never touched.

    Each lesson gets a folder with its notebook, as it is released, and `questions.json` in practice
    mode, whatever `HITL_FEEDBACK` says: a workspace is for learning alone.

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
    notebooks = notebooks or COURSE_ROOT / "notebooks"
    quizzes = quizzes or settings().quizzes
    written: list[Path] = []
    for folder in sorted(notebooks.iterdir()):
        source = folder / f"{folder.name}.ipynb"
        if source.exists():
            written += _derive_lesson(source, quizzes, target / folder.name)
    return written


def renumbered(target: Path, *, notebooks: Path | None = None) -> dict[str, str]:
    """Return the lessons of a workspace that have another number in the course now.

    Args:
        target: the workspace.
        notebooks: the source folder; by default the course's.

    Returns:
        The name that the course has for a lesson, by the name of its folder in the workspace.
    """
    folders = (notebooks or COURSE_ROOT / "notebooks").iterdir()
    now = {folder.name[3:]: folder.name for folder in folders if folder.name[:2].isdigit()}
    there = sorted(path.name for path in target.glob("[0-9][0-9]_*") if path.is_dir())
    return {name: now[name[3:]] for name in there if now.get(name[3:], name) != name}


def _derive_lesson(source: Path, quizzes: Path, target: Path) -> list[Path]:
    wanted = {source.name}
    if (quizzes / f"{source.stem}.yaml").exists():
        wanted.add("questions.json")
    missing = {name for name in wanted if not (target / name).exists()}
    if not missing:
        return []
    target.mkdir(parents=True, exist_ok=True)
    content = _released(source, quizzes)
    return [
        path
        for path in (target / name for name in sorted(missing))
        if _write_new(path, content[path.name])
    ]


def _released(source: Path, quizzes: Path) -> dict[str, bytes]:
    # nbgrader takes two seconds to import, and most starts of the lab find nothing missing.
    import nbformat  # noqa: PLC0415

    from course_utils.grading.nbgrader.release_steps import release_text  # noqa: PLC0415
    from course_utils.grading.release import check_quiz, lesson_bank  # noqa: PLC0415
    from course_utils.quiz.released import QUESTIONS_FILE, released_questions  # noqa: PLC0415

    bank = lesson_bank(source.stem, quizzes)
    notebook = nbformat.read(source, 4)  # type: ignore[no-untyped-call]  # half-typed
    check_quiz(notebook, source.stem, bank, source)
    content = {source.name: release_text(notebook).encode()}
    if bank:
        content[QUESTIONS_FILE] = released_questions(bank, "practice")
    return content


def _write_new(path: Path, content: bytes) -> bool:
    """Write a whole file or none; say whether it was still missing."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    if path.exists():
        draft.unlink()
        return False
    draft.replace(path)
    return True
