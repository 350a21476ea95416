"""What a report is made of, read from the gradebook and from the folders that grading works in."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    SubmittedAssignment,
    SubmittedNotebook,
)
from pydantic import ValidationError

from course_utils.grading.intake.class_list import find_students
from course_utils.grading.intake.released import ReleasedCell, ReleasedLesson
from course_utils.grading.intake.submitted import UnreadableError, read_cells
from course_utils.grading.marking.record import RECORD_FILE, Record
from course_utils.grading.nbgrader.roster import roster
from course_utils.grading.release import lesson_bank
from course_utils.grading.reports.class_report.class_data import ClassData, Student
from course_utils.plain_files import PlainFileError, read_plain

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory

    from course_utils.grading.intake.class_list import Entry as Listed

MAX_BYTES = 20_000_000


def graded_lessons(course: CourseDirectory) -> list[str]:
    """Return the names of the lessons that have a record, sorted."""
    found = _folder(course, course.autograded_directory).glob(f"*/*/{RECORD_FILE}")
    return sorted({path.parent.name for path in found})


def class_data(
    course: CourseDirectory, gradebook: Gradebook, lesson: str, quizzes: Path
) -> ClassData:
    """Read one lesson and its class.

    Args:
        course: the course, with its folders.
        gradebook: its gradebook.
        lesson: the lesson's name.
        quizzes: the folder of question banks.

    Raises:
        BankError: if the lesson's bank has a mistake in it.
    """
    entries = _entries(gradebook, lesson)
    submitted = _folder(course, course.submitted_directory)
    autograded = _folder(course, course.autograded_directory)
    # Who has a record is a student, even when the submission is gone since.
    graded = {path.parent.parent.name for path in autograded.glob(f"*/{lesson}/{RECORD_FILE}")}
    release = Path(course.format_path(course.release_directory, ".", lesson))
    released = _released(release / f"{lesson}.ipynb", lesson)
    students = (
        _student(listed, entries.get(listed.student, _Entry()), autograded, released)
        for listed in find_students(submitted, lesson, entries, graded)
    )
    return ClassData(lesson, released, lesson_bank(lesson, quizzes), tuple(students))


def _student(listed: Listed, entry: _Entry, autograded: Path, released: ReleasedLesson) -> Student:
    folder = autograded / listed.student / released.name
    record, unread = _record(folder / RECORD_FILE)
    return Student(
        id=listed.student,
        name=entry.name,
        record=record,
        handed_in=listed.status != "nothing",
        manual=entry.manual,
        waiting=None if entry.waiting is None else frozenset(entry.waiting),
        extra=entry.extra,
        solutions=_solutions(folder / f"{released.name}.ipynb", released) if record else {},
        trouble="" if record else unread or listed.refused,
    )


def _folder(course: CourseDirectory, directory: str) -> Path:
    return Path(course.format_path(directory, ".", "."))


def _record(path: Path) -> tuple[Record | None, str]:
    try:
        return Record.model_validate_json(read_plain(path, MAX_BYTES)), ""
    except FileNotFoundError:
        return None, ""
    except (PlainFileError, ValidationError):
        return None, f"{RECORD_FILE} cannot be read: grade this student again."


def _released(path: Path, lesson: str) -> ReleasedLesson:
    """Return the lesson as students have it; without cells when it is not there."""
    try:
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # half-typed
    except (OSError, ValueError):
        return ReleasedLesson(lesson, ())
    cells = (
        ReleasedCell(
            str(cell.get("id", "")), cell.cell_type, cell.source, cell.metadata.get("nbgrader", {})
        )
        for cell in notebook.cells
    )
    return ReleasedLesson(lesson, tuple(cells))


def _solutions(path: Path, released: ReleasedLesson) -> dict[str, str]:
    """Return the text of the solution cells of a graded notebook, by their `grade_id`."""
    wanted = {cell.name for cell in released.cells if cell.is_solution}
    with suppress(FileNotFoundError, PlainFileError, UnreadableError):
        cells = read_cells(read_plain(path, MAX_BYTES))
        return {cell.grade_id: cell.source for cell in cells if cell.grade_id in wanted}
    return {}


@dataclass(slots=True)
class _Entry:
    """What the gradebook has of one student; `waiting` is None without a submission in it."""

    name: str = ""
    manual: dict[str, float] = field(default_factory=dict)
    waiting: set[str] | None = None
    extra: float = 0.0


def _entries(gradebook: Gradebook, lesson: str) -> dict[str, _Entry]:
    """Return what the gradebook has of each student's work on a lesson, in one query."""
    entries = {
        student.id: _Entry(" ".join(filter(None, (student.first_name, student.last_name))))
        for student in roster(gradebook)
    }
    columns = (SubmittedAssignment.student_id, BaseCell.name)
    rows = (
        gradebook.db.query(
            *columns, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade
        )
        .select_from(Grade)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name == lesson)
    )
    for student, cell, points, extra, waits in rows:
        entry = entries.setdefault(student, _Entry())
        entry.waiting = entry.waiting or set()
        if waits:
            entry.waiting.add(cell)
        if points is not None:
            entry.manual[cell] = points
        entry.extra += extra or 0.0
    return entries
