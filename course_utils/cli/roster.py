"""`hitl roster`: the students of the course, listed or taken from a CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from course_utils.cli.course import CourseFolder, opened_course, use_course
from course_utils.printable import printable

roster = typer.Typer(help="List the students of the course, or take them from a CSV file.")
_HEADINGS = ("id", "last name", "first name", "email", "LMS user id")


@roster.callback(invoke_without_command=True)
def show(context: typer.Context, folder: CourseFolder = None) -> None:
    """List the students in the gradebook."""
    if context.invoked_subcommand:
        use_course(folder)
        return
    from course_utils.grading.nbgrader.roster import roster as students_of  # noqa: PLC0415

    with opened_course(folder) as (_, gradebook):
        students = students_of(gradebook)
    if not students:
        typer.echo("The gradebook has no students. Take them from a file: hitl roster import FILE.")
        return
    table = Table(*_HEADINGS, box=None, header_style="bold")
    for one in students:
        cells = (one.id, one.last_name, one.first_name, one.email, one.lms_user_id)
        table.add_row(*(Text(printable(cell), overflow="fold") for cell in cells))
    Console().print(table)
    typer.echo(f"Students: {len(students)}")


@roster.command("import")
def take(
    file: Annotated[str, typer.Argument(help="A CSV file with a column id or username.")],
    folder: CourseFolder = None,
) -> None:
    """Put the students of a CSV file into the gradebook. Nobody is taken away."""
    from course_utils.grading.nbgrader.roster import (  # noqa: PLC0415 - as in `opened_course`
        RosterError,
        read_roster,
        take_roster,
    )

    with opened_course(folder, RosterError) as (_, gradebook):
        taken = take_roster(gradebook, read_roster(Path(file)))
    typer.echo(f"New: {taken.added}. Changed: {taken.changed}. As before: {taken.same}.")
