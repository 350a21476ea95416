"""`hitl feedback`: the pages that students get back, in a folder each or in one zip."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from course_utils.cli.course import CourseFolder, from_here, opened_course
from course_utils.printable import printable


def feedback(
    lesson: Annotated[str, typer.Argument(help="The lesson, as 01_interrupt_before.")],
    student: Annotated[
        str, typer.Option(metavar="PATTERN", help="Only these students, as 'a*'.")
    ] = "*",
    archive: Annotated[
        str, typer.Option("--zip", metavar="FILE", help="Put all pages into one zip.")
    ] = "",
    folder: CourseFolder = None,
) -> None:
    """Make the feedback page of every student who has a grade. The others are listed."""
    # Imported here: nbgrader takes most of a second that `hitl --help` need not wait.
    from course_utils.grading.nbgrader.course import configuration_here  # noqa: PLC0415
    from course_utils.grading.nbgrader.exporting import class_grades  # noqa: PLC0415
    from course_utils.grading.nbgrader.feedback_files import (  # noqa: PLC0415
        make_feedback,
        write_zip,
    )

    with opened_course(folder) as (course, gradebook):
        grades = class_grades(course, gradebook, [lesson])
        pages, why_not = make_feedback(course, configuration_here(), grades, student)
        place = str(from_here(course.format_path(course.feedback_directory, ".", ".")))
        if archive and pages:
            write_zip(Path(archive), pages)
            place = archive
    for name, why in why_not.items():
        typer.echo(f"No page for {printable(name)}: {printable(why)}")
    typer.echo(f"Pages: {len(pages)}, in {place}" if pages else "There is no page to give back.")
