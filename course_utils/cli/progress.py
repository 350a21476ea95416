"""`hitl progress`: where you are with the course, from the files of your workspace."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from course_utils.cli.commands import WORKSPACE
from course_utils.cli.learners_options import Workspace  # noqa: TC001 - typer reads it
from course_utils.printable import printable

if TYPE_CHECKING:
    from course_utils.learning.course import CourseProgress

_WIDE = 250
_STYLES = {"done": "green", "in progress": "yellow", "next": "bold"}


def progress(
    workspace: Workspace = WORKSPACE,
    as_json: Annotated[bool, typer.Option("--json", help="Print numbers for a script.")] = False,
) -> None:
    """Say which lessons are done, what comes next, and what to look at again."""
    # Imported here: `hitl --help` need not wait for it.
    from course_utils.cli.reading import progress_in  # noqa: PLC0415
    from course_utils.learning.as_json import as_numbers  # noqa: PLC0415

    course = progress_in(workspace.resolve())
    if not course.lessons:
        typer.echo(f"{workspace}: there is no lesson here. `hitl lab` makes your copy.", err=True)
        raise typer.Exit(1)
    if as_json:
        typer.echo(json.dumps(as_numbers(course), ensure_ascii=False, indent=1))
    else:
        _print(course)


def _print(course: CourseProgress) -> None:
    from course_utils.learning.words import (  # noqa: PLC0415 - as above
        ALL_DONE,
        lesson_facts,
        lost_in_words,
        number_of,
        totals,
    )

    # In a pipe a line stays a line, however long it is.
    console = Console(soft_wrap=True, width=None if sys.stdout.isatty() else _WIDE)
    lessons = Table(box=None, show_header=False, pad_edge=False)
    for lesson in course.lessons:
        state = course.state_of(lesson)
        title = f"{number_of(lesson)} {_plain(lesson.start.heading)}"
        lessons.add_row(
            Text("" if state == "later" else state, style=_STYLES.get(state, "")),
            Text(title),
            Text(", ".join(lesson_facts(lesson)), style="dim"),
        )
    console.print(lessons)
    console.print()
    for name, words in totals(course):
        console.print(Text.assemble((f"{name}: ", "bold"), words))
    if course.weak:
        console.print(Text("Look again at:", style="bold"))
    for lesson, section in course.weak:
        where = f"{number_of(lesson)} {_plain(section.place.heading)}"
        console.print(Text(f"- {where}: {lost_in_words(section)}"))
    current, place = course.current, course.place
    if current and place:
        heading = f": {_plain(place.heading)}" if place.cell else ""
        where = f"{number_of(current)} {_plain(current.start.heading)}{heading}"
        console.print(Text.assemble(("Continue with: ", "bold"), where))
    else:
        console.print(ALL_DONE)
    for problem in course.problems:
        console.print(Text(f"Not counted: {printable(problem)}", style="yellow"))


def _plain(heading: str) -> str:
    return printable(heading.replace("`", ""))
