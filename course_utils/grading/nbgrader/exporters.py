"""One run of an nbgrader command, from its first moment.

nbgrader makes a command's exporter when it has found the notebooks and before it opens one. That is
the only place where a whole batch can be looked at, and a run refused, before anything is changed.
`nbgrader_config.py` gives each command one of these.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any

import nbformat
from nbconvert.exporters import HTMLExporter, NotebookExporter
from nbgrader.converters import NbGraderException

from course_utils.grading.intake.handed_files import TIMESTAMP
from course_utils.grading.intake.submitted import UnreadableError, read_timestamp
from course_utils.grading.nbgrader.release_beside import put_in_place, restore_old, step_beside
from course_utils.grading.nbgrader.release_steps import release_text
from course_utils.grading.release import (
    ReleaseError,
    check_mode,
    check_quiz,
    is_lesson,
    lesson_bank,
)
from course_utils.neighbours.nbgrader import (
    convert_only,
    copy_nothing,
    course_of,
    found_notebooks,
    release_into,
)
from course_utils.plain_files import read_plain
from course_utils.quiz.bank import BankError
from course_utils.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from logging import Logger

    from nbgrader.coursedir import CourseDirectory

    from course_utils.quiz.bank import Bank


class ReleaseExporter(NotebookExporter):
    """Refuses a release before the one that is there is taken away.

    Attributes:
        bank: the lesson's questions; None for a lesson without a quiz.
    """

    def __init__(self, parent: Any = None, **options: Any) -> None:
        """Check the lesson that is to be released.

        Raises:
            NbGraderException: if it does not fit its bank, or would give away the key of a
                deferred release.
        """
        super().__init__(parent=parent, **options)  # type: ignore[no-untyped-call]  # half-typed
        course = course_of(self)
        lesson = course.assignment_id
        source = _folder(course, course.source_directory, lesson) / f"{lesson}.ipynb"
        release = _folder(course, course.release_directory, lesson)
        beside = step_beside(course.release_directory)
        with _told_plainly(self.log):
            restore_old(release)
            check_mode(release, settings().feedback)
            self.bank = lesson_bank(lesson, settings().quizzes)
            text = _checked_release(source, lesson, self.bank)
        new = _folder(course, beside, lesson)
        release_into(self, beside, lambda: put_in_place(new, release))
        convert_only(self, _lessons(found_notebooks(self)))
        with _told_plainly(self.log):
            _write_draft(new, text)


class FeedbackExporter(HTMLExporter):
    """Gives back the page and nothing else: what code left beside the notebook is not copied."""

    def __init__(self, parent: Any = None, **options: Any) -> None:
        """Take the lesson's own notebook from each folder."""
        super().__init__(parent=parent, **options)  # type: ignore[no-untyped-call]  # half-typed
        lesson = copy_nothing(self, _timestamp).assignment_id
        folders = found_notebooks(self)
        convert_only(self, {folder: [str(Path(folder) / f"{lesson}.ipynb")] for folder in folders})


def _checked_release(source: Path, lesson: str, bank: Bank | None) -> str:
    """Make the release once in memory, before the gradebook or a file is touched."""
    try:
        notebook = nbformat.read(source, 4)  # type: ignore[no-untyped-call]  # half-typed
        check_quiz(notebook, lesson, bank, source)
        return release_text(notebook)
    except ReleaseError:
        raise
    except Exception as error:  # nbgrader's steps raise whatever suits them
        first = str(error).strip().splitlines() or [type(error).__name__]
        raise ReleaseError(
            f"{source} cannot be released: {first[0]} A release that is there stays as it was."
        ) from error


def _write_draft(new: Path, text: str) -> None:
    """Find out that a disk is full before the gradebook is changed."""
    try:
        new.mkdir(parents=True, exist_ok=True)
        (new / f"{new.name}.ipynb").write_text(text, encoding="utf-8")
    except OSError as error:
        rmtree(new, ignore_errors=True)
        raise ReleaseError(
            f"The release cannot be written: {error}. The release that is there stays as it was."
        ) from error


def _lessons(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Leave stray notebooks, an author's drafts, out of a release."""
    return {
        folder: [notebook for notebook in notebooks if is_lesson(Path(notebook))]
        for folder, notebooks in found.items()
    }


def _timestamp(folder: Path) -> datetime | None:
    try:
        return read_timestamp(read_plain(folder / TIMESTAMP, 1000))
    except (OSError, UnreadableError):
        return None


def _folder(course: CourseDirectory, step: str, lesson: str) -> Path:
    return Path(course.format_path(step, ".", lesson))


@contextmanager
def _told_plainly(log: Logger) -> Iterator[None]:
    """Log a mistake of the instructor's as one line, as nbgrader does with its own."""
    try:
        yield
    except (BankError, ReleaseError) as error:
        log.error("%s", error)
        raise NbGraderException(str(error)) from error
