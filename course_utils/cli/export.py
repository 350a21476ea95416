"""`hitl export`: the grades of the class as Canvas, Moodle or nbgrader has them."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from course_utils.cli.course import CourseFolder, opened_course

if TYPE_CHECKING:
    from course_utils.grading.reports.exports import ClassGrades


class Format(StrEnum):
    """Whose columns a file has."""

    CANVAS = "canvas"
    MOODLE = "moodle"
    NBGRADER = "nbgrader"


_FILES = {
    Format.CANVAS: "grades-canvas.csv",
    Format.MOODLE: "grades-moodle.csv",
    Format.NBGRADER: "grades.csv",
}


def export(
    layout: Annotated[Format, typer.Argument(metavar="canvas|moodle|nbgrader")],
    lesson: Annotated[
        list[str] | None,
        typer.Option(help="Only this lesson; may be said again. All that are released by default."),
    ] = None,
    output: Annotated[str, typer.Option(metavar="FILE", help="The file to write.")] = "",
    folder: CourseFolder = None,
) -> None:
    """Write the grades of the class to a CSV file. Only finished grades have a score."""
    # Imported here: nbgrader takes most of a second that `hitl --help` need not wait.
    from course_utils.grading.nbgrader.exporting import class_grades  # noqa: PLC0415
    from course_utils.grading.reports.csv_files import write_rows  # noqa: PLC0415
    from course_utils.grading.reports.exports import FORMATS  # noqa: PLC0415

    path = Path(output or _FILES[layout])
    with opened_course(folder) as (course, gradebook):
        grades = class_grades(course, gradebook, lesson or ())
        write_rows(path, *FORMATS[layout](grades))
    _tell(path, grades)


def _tell(path: Path, grades: ClassGrades) -> None:
    found = Counter(grade.status for grade in grades.grades.values())
    typer.echo(
        f"{path} has students: {len(grades.people)}, lessons: {len(grades.lessons)}. "
        f"Graded: {found['graded']}. Waits for a person: {found['waits']}. "
        f"Handed in nothing: {found['nothing']}."
    )
