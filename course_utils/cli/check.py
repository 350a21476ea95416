"""`hitl check`: a learner's own work, marked as an instructor would, with the page of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from course_utils.cli.browser import show_page
from course_utils.cli.commands import WORKSPACE
from course_utils.cli.course import from_here
from course_utils.cli.learners_options import Workspace  # noqa: TC001 - typer reads it
from course_utils.places import notebooks, source_of
from course_utils.printable import printable
from course_utils.settings import SettingsError, settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from course_utils.grading.own_work.checking import Checked
    from course_utils.grading.own_work.told import Row

_STEPS = 3
_STYLES = {"passed": "green", "right": "green", "not passed": "red", "wrong": "red"}


def check(
    lesson: Annotated[
        str, typer.Argument(help="Its name, number or a part of it; else all that you began.")
    ] = "",
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Open no page in a browser.")
    ] = False,
    workspace: Workspace = WORKSPACE,
) -> None:
    """Check your own work: each exercise, each question, and the page an instructor would send."""
    # Imported here: `hitl --help` need not wait for what reads a submission.
    from course_utils.grading.jail.task import JailError  # noqa: PLC0415
    from course_utils.grading.own_work.errors import CheckError  # noqa: PLC0415
    from course_utils.quiz.bank import BankError  # noqa: PLC0415

    console, workspace = Console(), workspace.resolve()
    try:
        names = _asked_for(lesson, workspace)
        done = list(_checked(names, workspace, console, only_begun=not lesson))
    except (BankError, CheckError, JailError, SettingsError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo("Stopped. Your work is as it was.", err=True)
        raise typer.Exit(130) from None
    if not done:
        typer.echo("There is nothing to check yet: answer a question or an exercise first.")
    for one in done:
        _tell(one, console)
    for why in dict.fromkeys(one.unjailed for one in done if one.unjailed):
        typer.echo(why)
    pages = [one.page for one in done if one.page]
    if lesson and pages and not no_browser:
        show_page(pages[0])
    if len(pages) < len(done):
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Done:
    """A checked lesson; `page` is None where it could not be written, and `problem` says why."""

    checked: Checked
    page: Path | None
    problem: str
    unjailed: str


def _asked_for(lesson: str, workspace: Path) -> list[str]:
    from course_utils.grading.own_work.errors import CheckError  # noqa: PLC0415
    from course_utils.grading.own_work.lessons import lesson_called, lessons_in  # noqa: PLC0415

    known = lessons_in(notebooks())
    if not lesson:
        return [name for name in known if (workspace / name).is_dir()]
    name = lesson_called(lesson, known)
    if not (workspace / name).is_dir():
        raise CheckError(f"There is no {name} in {workspace}. `hitl lab` puts a copy there.")
    return [name]


def _checked(
    names: list[str], workspace: Path, console: Console, *, only_begun: bool
) -> Iterator[_Done]:
    """Check lessons, and show how far it is."""
    from course_utils.grading.own_work.checking import Checking, read_own  # noqa: PLC0415

    quizzes, sandbox = settings().quizzes, settings().sandbox == "required"
    columns = (TextColumn("{task.description}"), BarColumn())
    with (
        Progress(
            *columns, console=console, transient=True, disable=not console.is_terminal
        ) as progress,
        Checking(sandbox=sandbox) as checking,
    ):
        task = progress.add_task("Reading", total=_STEPS * len(names))
        step = partial(progress.advance, task)
        lessons = []
        for name in names:
            own = read_own(workspace / name, source_of(name), quizzes)
            step()
            if own.begun or not only_begun:
                lessons.append(own)
        total = _STEPS * len(lessons)
        progress.update(task, description="Checking", total=total, completed=len(lessons))
        for checked in checking.check_all(lessons):
            step()
            page, problem = _write(workspace / checked.own.lesson.name, checked)
            step()
            yield _Done(checked, page, problem, checking.unjailed)


def _write(folder: Path, checked: Checked) -> tuple[Path | None, str]:
    from course_utils.grading.own_work.page import page_of, write_page  # noqa: PLC0415

    try:
        return write_page(folder, page_of(checked)), ""
    except OSError as error:
        why = error.strerror or type(error).__name__
        return None, f"The page could not be written to {folder}: {why}."


def _tell(done: _Done, console: Console) -> None:
    from course_utils.grading.own_work.told import (  # noqa: PLC0415
        exercises,
        points,
        questions,
        sentences,
        totals,
    )

    rows = [*exercises(done.checked), *questions(done.checked)]
    earned, possible = totals(rows)
    table = Table(box=None, show_header=False, title_justify="left", title_style="bold")
    table.title = Text(done.checked.own.lesson.name)
    table.add_column(overflow="fold")
    table.add_column()
    table.add_column(justify="right")
    for row in rows:
        table.add_row(Text(printable(row.name)), _state(row), points(row.points, row.maximum))
    table.add_row("Total", "", points(earned, possible), style="bold")
    console.print(table)
    for sentence in sentences(done.checked):
        typer.echo(printable(sentence))
    typer.echo(f"The page: {from_here(done.page)}" if done.page else done.problem)


def _state(row: Row) -> Text:
    return Text(row.state, style=_STYLES.get(row.state, "yellow"))
