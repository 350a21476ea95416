"""From the gradebook and the folders to the grades of a class, and from there to a CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.plugins import ExportPlugin
from pydantic import ValidationError

from course_utils.grading.intake.class_list import Entry, find_students
from course_utils.grading.intake.student import Student
from course_utils.grading.marking.record import RECORD_FILE, Record
from course_utils.grading.nbgrader.course import CourseError
from course_utils.grading.nbgrader.due_dates import apply_late_rule
from course_utils.grading.nbgrader.roster import roster
from course_utils.grading.reports.csv_files import write_rows
from course_utils.grading.reports.exports import (
    ClassGrades,
    Grade,
    Lesson,
    nbgrader_table,
)
from course_utils.neighbours.nbgrader import course_of_the_step
from course_utils.plain_files import PlainFileError, read_plain
from course_utils.printable import listed

if TYPE_CHECKING:
    from collections.abc import Collection

    from nbgrader.api import Gradebook, SubmittedAssignment
    from nbgrader.coursedir import CourseDirectory

    from course_utils.grading.marking.record import Status

DEFAULT_FILE = "grades.csv"
_MAX_RECORD_BYTES = 5_000_000


def class_grades(
    course: CourseDirectory,
    gradebook: Gradebook,
    lessons: Collection[str] = (),
    students: Collection[str] = (),
) -> ClassGrades:
    """Return the grade of each student in each lesson; being late is counted as the rule is now.

    Args:
        course: the course.
        gradebook: its gradebook.
        lessons: the only lessons to look at; all that were released by default.
        students: the only students to look at; all by default.

    Raises:
        CourseError: if a lesson was never released, or there is no such student.
    """
    released = {one.name: one for one in gradebook.assignments if one.notebooks}
    if unknown := [name for name in lessons if name not in released]:
        raise CourseError(f"{unknown[0]} was never released. Released: {listed(released) or '-'}.")
    chosen = [name for name in sorted(released) if not lessons or name in lessons]
    submitted = Path(course.format_path(course.submitted_directory, ".", "."))
    known = [one.id for one in roster(gradebook)]
    entries = {
        name: {entry.shown: entry for entry in find_students(submitted, name, known)}
        for name in chosen
    }
    people = _people(gradebook, {student for found in entries.values() for student in found})
    if missing := [name for name in students if name not in people]:
        raise CourseError(f"There is no student {missing[0]!r}. `hitl roster` lists them.")
    wanted = [person for name, person in people.items() if not students or name in students]
    grades: dict[tuple[str, str], Grade] = {}
    for name in chosen:
        apply_late_rule(gradebook, name)
        rows = {row.student_id: row for row in released[name].submissions}
        for who in (person.id for person in wanted):
            entry = entries[name].get(who, Entry(who))
            grades[who, name] = _grade(course, name, entry, rows.get(who))
    told = [Lesson(name, released[name].max_score, released[name].duedate) for name in chosen]
    return ClassGrades(wanted, told, grades)


class CsvExport(ExportPlugin):
    """`nbgrader export` with our list of students and our writer: `ExportApp.plugin_class`."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the grades.

        Raises:
            CourseError: if a lesson or a student that was asked for is not there.
        """
        lessons, students = map(str, self.assignment), map(str, self.student)
        course = course_of_the_step(self)
        grades = class_grades(course, gradebook, list(lessons), list(students))
        path = Path(self.to or DEFAULT_FILE)
        self.log.info("Exporting grades to %s", path)
        write_rows(path, *nbgrader_table(grades))


def _people(gradebook: Gradebook, found: Collection[str]) -> dict[str, Student]:
    known = {one.id: one for one in roster(gradebook)}
    everyone = {**{name: Student(name) for name in found}, **known}
    return dict(
        sorted(everyone.items(), key=lambda item: (item[1].last_name, item[1].first_name, item[0]))
    )


def _grade(
    course: CourseDirectory, lesson: str, entry: Entry, row: SubmittedAssignment | None
) -> Grade:
    if entry.refused:
        return Grade("waits", entry.refused)
    if row is None and entry.status == "nothing":
        return Grade("nothing", " ".join(entry.notes))
    if row is None:
        return Grade("waits", " ".join(["Not graded yet.", *entry.notes]))
    graded = Path(course.format_path(course.autograded_directory, entry.student, lesson))
    if not (graded / f"{lesson}.ipynb").exists():
        return Grade("waits", "Grading did not finish.")
    # Of whom nothing waits, 300 students' grades need not be read one by one.
    open_notebooks = row.notebooks if row.needs_manual_grade else ()
    waiting = [
        grade.name for one in open_notebooks for grade in one.grades if grade.needs_manual_grade
    ]
    why = _why(_record(graded), waiting) if waiting else ""
    status: Status = "waits" if waiting else "graded"
    return Grade(status, why, row.score, row.late_submission_penalty or 0.0, row.timestamp)


def _why(record: Record | None, waiting: list[str]) -> str:
    flags = record.flags if record else ()
    reasons = [flag.why for flag in flags if not flag.cell or flag.cell in waiting]
    return " ".join(dict.fromkeys(reasons)) or f"To be graded by hand: {listed(waiting)}."


def _record(graded: Path) -> Record | None:
    try:
        return Record.model_validate_json(read_plain(graded / RECORD_FILE, _MAX_RECORD_BYTES))
    except (FileNotFoundError, PlainFileError, ValidationError):
        return None
