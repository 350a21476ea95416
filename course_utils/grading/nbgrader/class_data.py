"""What a report is made of, read from the gradebook and from the folders that grading works in."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader import api
from pydantic import ValidationError
from sqlalchemy import make_url

from course_utils.grading.intake.released import ReleasedCell, ReleasedLesson
from course_utils.grading.intake.submitted import UnreadableError, read_notebook
from course_utils.grading.marking.record import RECORD_FILE, Record
from course_utils.grading.release import lesson_bank
from course_utils.grading.reports.class_report.class_data import ClassData, Student
from course_utils.neighbours.nbgrader import put_alembic_on_the_path
from course_utils.plain_files import PlainFileError, read_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_RECORD_BYTES = 20_000_000


def graded_lessons(grading: Path) -> list[str]:
    """Return the names of the lessons that have a record, sorted.

    Args:
        grading: the folder with `autograded/` in it.
    """
    found = (grading / "autograded").glob(f"*/*/{RECORD_FILE}")
    return sorted({path.parent.name for path in found})


def class_data(lesson: str, grading: Path, gradebook: str, quizzes: Path) -> ClassData:
    """Read one lesson and its class.

    Args:
        lesson: its name.
        grading: the folder with `release/`, `submitted/` and `autograded/` in it.
        gradebook: the gradebook's database address.
        quizzes: the folder of question banks.

    Raises:
        BankError: if the lesson's bank has a mistake in it.
    """
    entries = _gradebook(gradebook, lesson)
    handed_in = {path.parent.name for path in (grading / "submitted").glob(f"*/{lesson}")}
    graded = {path.parent.parent.name for path in _records(grading, lesson)}
    released = _released(grading / "release" / lesson / f"{lesson}.ipynb", lesson)
    solutions = [cell.name for cell in released.cells if cell.is_solution]
    students = []
    for student in sorted({*entries, *handed_in, *graded}):
        entry = entries.get(student, _Entry())
        folder = grading / "autograded" / student / lesson
        record, unread = _record(folder / RECORD_FILE)
        students.append(
            Student(
                id=student,
                name=entry.name,
                record=record,
                handed_in=student in handed_in or student in graded,
                manual=entry.manual,
                extra=entry.extra,
                solutions=_solutions(folder / f"{lesson}.ipynb", solutions) if record else {},
                unread=unread,
            )
        )
    return ClassData(lesson, released, lesson_bank(lesson, quizzes), tuple(students))


def _records(grading: Path, lesson: str) -> Iterator[Path]:
    return (grading / "autograded").glob(f"*/{lesson}/{RECORD_FILE}")


def _record(path: Path) -> tuple[Record | None, str]:
    try:
        return Record.model_validate_json(read_plain(path, MAX_RECORD_BYTES)), ""
    except FileNotFoundError:
        return None, ""
    except (PlainFileError, ValidationError):
        return None, f"{RECORD_FILE} cannot be read: grade this student again."


def _released(path: Path, lesson: str) -> ReleasedLesson:
    try:
        notebook = read_notebook(path)
    except UnreadableError:
        return ReleasedLesson(lesson, ())
    cells = (
        ReleasedCell(
            str(cell.get("id", "")), cell.cell_type, cell.source, cell.metadata.get("nbgrader", {})
        )
        for cell in notebook.cells
    )
    return ReleasedLesson(lesson, tuple(cells))


def _solutions(path: Path, cells: list[str]) -> dict[str, str]:
    """Return the text of the solution cells of a graded notebook, by their `grade_id`."""
    with suppress(UnreadableError):
        found = ((cell.metadata.get("nbgrader"), cell.source) for cell in read_notebook(path).cells)
        texts = {data.get("grade_id"): source for data, source in found if isinstance(data, dict)}
        return {cell: texts[cell] for cell in cells if cell in texts}
    return {}


@dataclass(slots=True)
class _Entry:
    """What the gradebook has of one student."""

    name: str = ""
    manual: dict[str, float] = field(default_factory=dict)
    extra: float = 0.0


def _gradebook(address: str, lesson: str) -> dict[str, _Entry]:
    """Return what a person wrote into the gradebook, by student."""
    with _opened(address) as book:
        if book is None:
            return {}
        people = book.db.query(api.Student.id, api.Student.first_name, api.Student.last_name)
        entries = {student: _Entry(" ".join(filter(None, name))) for student, *name in people}
        columns = (api.SubmittedAssignment.student_id, api.BaseCell.name)
        rows = (
            book.db.query(*columns, api.Grade.manual_score, api.Grade.extra_credit)
            .select_from(api.Grade)
            .join(api.BaseCell, api.Grade.cell_id == api.BaseCell.id)
            .join(api.SubmittedNotebook, api.Grade.notebook_id == api.SubmittedNotebook.id)
            .join(
                api.SubmittedAssignment,
                api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id,
            )
            .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
            .filter(api.Assignment.name == lesson)
        )
        for student, cell, points, extra in rows:
            if points is not None:
                entries[student].manual[cell] = points
            entries[student].extra += extra or 0.0
    return entries


@contextmanager
def _opened(address: str) -> Iterator[api.Gradebook | None]:
    """Open the gradebook; one that is a file and is not there is not made."""
    url = make_url(address)
    if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).exists()):
        yield None
        return
    put_alembic_on_the_path()
    with api.Gradebook(address) as book:
        yield book
