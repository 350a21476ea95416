"""`hitl due`: until when a lesson may be handed in, and what being late costs."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from course_utils.cli.course import CourseFolder, opened_course
from course_utils.printable import printable

if TYPE_CHECKING:
    from datetime import datetime

    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory

NO_DATE = "none"
_FORMAT = "%Y-%m-%d %H:%M %Z"


def due(
    lesson: Annotated[str, typer.Argument(help="The lesson; without one, all are listed.")] = "",
    when: Annotated[
        str, typer.Argument(help="As '2026-12-24 18:00', or none to take a date away.")
    ] = "",
    student: Annotated[
        str, typer.Option(metavar="ID", help="An extension for this student alone.")
    ] = "",
    late: Annotated[
        str,
        typer.Option(
            metavar="RULE",
            help="What being late costs: none, zero, or '10% a day, at most 50%, grace 9 minutes'.",
        ),
    ] = "",
    timezone: Annotated[
        str, typer.Option(metavar="ZONE", help="As Europe/Berlin; this machine's by default.")
    ] = "",
    folder: CourseFolder = None,
) -> None:
    """List or set due dates, extensions and what being late costs."""
    # Imported here: nbgrader takes most of a second that `hitl --help` need not wait.
    from course_utils.grading.marking.late_rule import LateRuleError, read_late_rule  # noqa: PLC0415
    from course_utils.grading.nbgrader import due_dates as dates  # noqa: PLC0415
    from course_utils.grading.nbgrader.course import check_lesson  # noqa: PLC0415

    with opened_course(folder, dates.DueDateError, LateRuleError) as (course, gradebook):
        if lesson:
            check_lesson(course, gradebook, lesson)
        if student and not when:
            raise dates.DueDateError("Say until when, as '2026-12-24 18:00', or none.")
        # All is read before any of it is written.
        moment = None if when in {"", NO_DATE} else dates.read_moment(when, timezone or None)
        rule = read_late_rule(late) if late else None
        if student:
            dates.set_extension(gradebook, lesson, student, moment)
        elif when:
            dates.set_due_date(gradebook, lesson, moment)
        if rule:
            dates.set_late_rule(gradebook, lesson, rule)
        _list(course, gradebook, lesson, timezone)
        if when or late:
            _apply(gradebook, lesson)


def _apply(gradebook: Gradebook, lesson: str) -> None:
    from course_utils.grading.nbgrader import due_dates as dates  # noqa: PLC0415 - as above

    changed = dates.apply_late_rule(gradebook, lesson)
    for one in changed:
        typer.echo(f"{printable(one.student)}: {one.before:g} points before, {one.after:g} now.")
    typer.echo(f"The points of {_submissions(len(changed))} changed.")
    unknown = len(dates.without_a_time(gradebook, lesson))
    if unknown:
        has, counts = ("has", "counts") if unknown == 1 else ("have", "count")
        typer.echo(f"{_submissions(unknown)} {has} no timestamp.txt, and {counts} as in time.")


def _submissions(number: int) -> str:
    return f"{number} submission" if number == 1 else f"{number} submissions"


def _list(course: CourseDirectory, gradebook: Gradebook, lesson: str, timezone: str) -> None:
    from course_utils.grading.nbgrader import due_dates as dates  # noqa: PLC0415 - as above
    from course_utils.grading.nbgrader.course import lessons_of  # noqa: PLC0415 - as above

    zone = dates.time_zone(timezone) if timezone else None

    def written(moment: datetime | None) -> str:
        if moment is None:
            return "no due date"
        return moment.replace(tzinfo=UTC).astimezone(zone).strftime(_FORMAT)

    table = Table("lesson", "student", "due", "late", box=None, header_style="bold")
    for name in [lesson] if lesson else lessons_of(course):
        known = dates.due_dates(gradebook, name)
        table.add_row(name, "all", written(known.due), str(known.rule or NO_DATE))
        for student, until in known.extensions.items():
            table.add_row("", Text(printable(student)), written(until), "")
    Console().print(table)
