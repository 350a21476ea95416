"""Grades as a learning platform imports them: the columns of Canvas, of Moodle, and of nbgrader.

Each student of the one list has a row. There is a score only where there is a grade. Who handed in
nothing and whose work waits for a person are blank in Canvas and `-` in Moodle, since a zero is for
a person to give. Moodle's and nbgrader's have a column that says which of the two it is; Canvas
takes every column it does not know for an assignment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from course_utils.grading.intake.student import Student
    from course_utils.grading.marking.record import Status
    from course_utils.grading.reports.csv_files import Cell

    Table = tuple[list[str], list[list[Cell]]]
    """Headings and rows, as `write_rows` takes them."""

_IN_WORDS: Mapping[Status, str] = {
    "graded": "graded",
    "waits": "waits for a person",
    "nothing": "handed in nothing",
}
_NO_GRADE = "-"


@dataclass(frozen=True, slots=True)
class Grade:
    """What one student has in one lesson.

    Attributes:
        status: whether there is a grade.
        why: what it waits for, in sentences for the instructor.
        earned: the points before what being late cost; None when nothing was graded.
        penalty: what being late cost.
        handed_in: when, in UTC; None when nothing says so.
    """

    status: Status
    why: str = ""
    earned: float | None = None
    penalty: float = 0.0
    handed_in: datetime | None = None

    @property
    def score(self) -> float | None:
        """The points that count; None while there is no grade."""
        if self.status != "graded" or self.earned is None:
            return None
        return max(0.0, self.earned - self.penalty)

    @property
    def words(self) -> str:
        """The status as an instructor reads it."""
        return f"{_IN_WORDS[self.status]}: {self.why}" if self.why else _IN_WORDS[self.status]

    @property
    def told(self) -> str:
        """What the student is told with the grade; evidence is not for them."""
        if self.status == "nothing":
            return "Nothing was handed in."
        if self.status == "waits":
            return "A person has to look at this before there is a grade."
        return f"Handed in late: {self.penalty:g} points off." if self.penalty else ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson: its name, what it is worth, and when it is due, in UTC."""

    name: str
    maximum: float
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClassGrades:
    """The grades of a class: of each student in each lesson.

    Attributes:
        people: the one list of all students.
        lessons: the lessons.
        grades: by the student's id and the lesson's name; there is one for each pair.
    """

    people: Sequence[Student]
    lessons: Sequence[Lesson]
    grades: Mapping[tuple[str, str], Grade]

    def of(self, person: Student) -> Iterator[tuple[Lesson, Grade]]:
        """Yield a student's grade in each lesson."""
        for lesson in self.lessons:
            yield lesson, self.grades[person.id, lesson.name]


def canvas_table(grades: ClassGrades) -> Table:
    """Return the CSV that Canvas's gradebook imports.

    The columns before the assignments, their order, and the row `Points Possible` are those of its
    own export (Canvas Instructor Guide, "How do I import grades in the Gradebook?"; as
    `lib/gradebook_importer.rb` of instructure/canvas-lms reads them). Canvas finds a student by
    `ID`, its own number; else by `SIS User ID`; else by `SIS Login ID`, which is our id. An
    assignment of the same name is filled in, and Canvas offers to make one that it does not have.
    """
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    header += [lesson.name for lesson in grades.lessons]
    worth: list[Cell] = ["    Points Possible", None, None, None, None]
    worth += [lesson.maximum for lesson in grades.lessons]
    rows = [worth]
    for person in grades.people:
        name = ", ".join(filter(None, (person.last_name, person.first_name))) or person.id
        theirs = person.lms_user_id
        ids = (theirs, "") if theirs.isdecimal() else ("", theirs)
        scores = [grade.score for _, grade in grades.of(person)]
        rows.append([name, *ids, person.id, None, *scores])
    return header, rows


def moodle_table(grades: ClassGrades) -> Table:
    """Return a CSV for Moodle's grade import (docs.moodle.org, "Grade import").

    In its preview, the person who imports maps `Username`, `ID number` or `Email address` to the
    user, each lesson and its feedback to a grade item, and leaves the other columns on "Ignore".
    Grade and feedback go together, since feedback alone takes a grade away. `-` is how Moodle
    exports "no grade"; it would take an empty cell for a 0 where it makes a new grade item.
    """
    header = ["Username", "ID number", "Email address", "First name", "Last name"]
    for lesson in grades.lessons:
        header += [lesson.name, f"{lesson.name} feedback", f"{lesson.name} status"]
    rows: list[list[Cell]] = []
    for person in grades.people:
        row: list[Cell] = [person.id, person.lms_user_id, person.email]
        row += [person.first_name, person.last_name]
        for _, grade in grades.of(person):
            score = grade.score
            row += [_NO_GRADE if score is None else score, grade.told, grade.words]
        rows.append(row)
    return header, rows


def nbgrader_table(grades: ClassGrades) -> Table:
    """Return the columns of `nbgrader export` 0.9.6, one row a student and lesson, and two more.

    `score` is empty while there is no grade; nbgrader itself writes 0 for who handed in nothing.
    """
    header = ["assignment", "duedate", "timestamp", "student_id", "last_name", "first_name"]
    header += ["email", "raw_score", "late_submission_penalty", "score", "max_score"]
    header += ["status", "problem"]
    rows: list[list[Cell]] = []
    for lesson in grades.lessons:
        for person in grades.people:
            grade = grades.grades[person.id, lesson.name]
            row: list[Cell] = [lesson.name, _date(lesson.due), _date(grade.handed_in), person.id]
            row += [person.last_name, person.first_name, person.email, grade.earned]
            row += [None if grade.earned is None else grade.penalty, grade.score, lesson.maximum]
            rows.append([*row, _IN_WORDS[grade.status], grade.why])
    return header, rows


FORMATS: Mapping[str, Callable[[ClassGrades], Table]] = {
    "canvas": canvas_table,
    "moodle": moodle_table,
    "nbgrader": nbgrader_table,
}
"""How grades can be exported, by name."""


def _date(moment: datetime | None) -> str:
    return str(moment) if moment else ""
