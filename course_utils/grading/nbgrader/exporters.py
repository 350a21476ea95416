"""One run of an nbgrader command, from its first moment.

nbgrader makes a command's exporter when it has found the notebooks and before it opens one. That is
the only place where a whole batch can be looked at, and a run refused, before anything is changed.
`nbgrader_config.py` gives each command one of these.
"""

from __future__ import annotations

from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any

import nbformat
from nbconvert.exporters import HTMLExporter, NotebookExporter
from nbgrader.converters import NbGraderException

from course_utils.grading.intake.class_list import find_students
from course_utils.grading.intake.handed_files import TIMESTAMP
from course_utils.grading.intake.restore import restore
from course_utils.grading.intake.submitted import UnreadableError, read_timestamp
from course_utils.grading.marking.quiz_scores import GradingError, released_mode
from course_utils.grading.marking.submissions import read_submission
from course_utils.grading.nbgrader.release_beside import put_in_place, restore_old, step_beside
from course_utils.grading.nbgrader.release_steps import release_text
from course_utils.grading.nbgrader.restored_notebook import from_gradebook, notebook_of
from course_utils.grading.release import (
    ReleaseError,
    check_mode,
    check_quiz,
    is_lesson,
    lesson_bank,
)
from course_utils.grading.reports.problems import PROBLEMS, record_problems
from course_utils.neighbours.nbgrader import (
    convert_only,
    copy_nothing,
    course_of,
    found_notebooks,
    grades_again,
    put_beside,
    release_into,
)
from course_utils.plain_files import read_plain
from course_utils.quiz.bank import BankError
from course_utils.quiz.released import QUESTIONS_FILE, QuestionsFileError
from course_utils.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from logging import Logger

    from nbformat import NotebookNode
    from nbgrader.coursedir import CourseDirectory

    from course_utils.grading.intake.class_list import Entry
    from course_utils.grading.marking.submissions import Submission
    from course_utils.neighbours.nbgrader import Resources
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


class SubmissionExporter(NotebookExporter):
    """Reads and scores all submissions of a run before any student's code runs.

    Attributes:
        bank: the lesson's questions; None for a lesson without a quiz.
        submissions: what was handed in, by its folder.
    """

    def __init__(self, parent: Any = None, **options: Any) -> None:
        """Look at the whole batch.

        Raises:
            NbGraderException: if the bank or the release does not allow it to be graded.
        """
        super().__init__(parent=parent, **options)  # type: ignore[no-untyped-call]  # half-typed
        course = copy_nothing(self, _timestamp)
        lesson = course.assignment_id
        self._questions = _folder(course, course.release_directory, lesson) / QUESTIONS_FILE
        with _told_plainly(self.log):
            self.bank = lesson_bank(lesson, settings().quizzes)
            mode = released_mode(self.bank, self._questions)
        release = self._questions.with_name(f"{lesson}.ipynb")
        self._released = from_gradebook(course.db_url, lesson, release)
        submitted = _folder(course, course.submitted_directory, ".")
        entries = [
            entry
            for entry in find_students(submitted, lesson)
            if fnmatchcase(entry.student, course.student_id)
        ]
        read = {
            entry.student: read_submission(entry, self.bank, mode, self._released)
            for entry in entries
        }
        self.submissions = {
            submitted / entry.student / lesson: read[entry.student]
            for entry in entries
            if not entry.refused and read[entry.student].handed_in
        }
        convert_only(
            self, {str(path): [str(path / f"{lesson}.ipynb")] for path in self.submissions}
        )
        self._tell(entries, read, course, submitted.parent / PROBLEMS)

    def from_filename(
        self, filename: str, resources: Resources | None = None, **options: Any
    ) -> tuple[Any, Resources]:
        """Take a submission from what was read of it, and nbgrader's own copies from their files.

        Beside its copy goes what lesson code may ask for. Other files stay where they were handed
        in: nbgrader would follow their links, and Python would import them.
        """
        submission = self.submissions.get(Path(filename).parent)
        if submission is None:
            return super().from_filename(filename, resources=resources, **options)
        text, resources = self.from_notebook_node(  # type: ignore[no-untyped-call]  # half-typed
            self._notebook(submission), resources, **options
        )
        questions = {QUESTIONS_FILE: self._questions.read_bytes()} if self.bank else {}
        put_beside(resources, {**submission.files, **questions})
        return text, resources

    def _notebook(self, submission: Submission) -> NotebookNode:
        restored = submission.restored
        if restored is None:
            words = f"The exercises could not be graded: {submission.problem}"
            return notebook_of(restore(self._released, ()), self._released, words)
        return notebook_of(restored, self._released)

    def _tell(
        self,
        entries: list[Entry],
        read: dict[str, Submission],
        course: CourseDirectory,
        report: Path,
    ) -> None:
        found = {
            entry.shown: self._handed_in_again(entry.student, course) or read[entry.student].problem
            for entry in entries
        }
        for student, problem in found.items():
            if problem:
                self.log.warning("%s: %s", student, problem)
        record_problems(report, course.assignment_id, found)

    def _handed_in_again(self, student: str, course: CourseDirectory) -> str:
        """Say so where nbgrader, which looks at timestamp.txt alone, will keep the old grade."""
        lesson = course.assignment_id
        folder = Path(course.format_path(course.submitted_directory, student, lesson))
        graded = Path(course.format_path(course.autograded_directory, student, lesson))
        page = graded / f"{lesson}.ipynb"
        if not page.exists() or grades_again(self, folder, graded):
            return ""
        since = page.stat().st_mtime
        if all(file.lstat().st_mtime <= since for file in _files(folder)):
            return ""
        return (
            "Handed in again since it was graded, and the grade is still the old one: run "
            f"`nbgrader autograde --force {lesson} --student {student}`."
        )


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


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _folder(course: CourseDirectory, step: str, lesson: str) -> Path:
    return Path(course.format_path(step, ".", lesson))


@contextmanager
def _told_plainly(log: Logger) -> Iterator[None]:
    """Log a mistake of the instructor's as one line, as nbgrader does with its own."""
    try:
        yield
    except (BankError, GradingError, ReleaseError, QuestionsFileError) as error:
        log.error("%s", error)
        raise NbGraderException(str(error)) from error
