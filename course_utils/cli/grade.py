"""`hitl grade`: a lesson graded, with the rate, the time left and whom to look at."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from course_utils.cli.course import CourseFolder, from_here, use_course
from course_utils.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from rich.progress import Task

    from course_utils.grading.engine.cluster import ClusterExecutor
    from course_utils.grading.engine.job import Executor
    from course_utils.grading.nbgrader.lesson_run import LessonRun
    from course_utils.grading.reports.problems import Standing

_SHORT = 300


def grade(
    lesson: Annotated[str, typer.Argument(help="The lesson, as 01_interrupt_before.")],
    jobs: Annotated[
        int | None, typer.Option(min=1, help="How many at a time, else one a processor.")
    ] = None,
    student: Annotated[str, typer.Option(metavar="PATTERN", help="Only these students.")] = "*",
    force: Annotated[bool, typer.Option("--force", help="Grade what is finished too.")] = False,
    no_sandbox: Annotated[
        bool, typer.Option("--no-sandbox", help="Run students' code unprotected, as yourself.")
    ] = False,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Mark on a Dask cluster, as tcp://host:8786."),
    ] = None,
    folder: CourseFolder = None,
) -> None:
    """Grade a lesson: all that is new, changed or not finished. For instructors."""
    if scheduler is not None and jobs is not None:
        typer.echo(
            "--jobs is for this machine. A cluster does as many as its workers do.", err=True
        )
        raise typer.Exit(1)
    use_course(folder)
    with _executor(scheduler, jobs, sandbox=not no_sandbox) as executor:
        # Imported here: `hitl --help` need not wait for nbgrader, nor has the jail to.
        from course_utils.grading.nbgrader.autograde import REFUSALS, run_of  # noqa: PLC0415
        from course_utils.grading.nbgrader.course import CourseError, autograde_here  # noqa: PLC0415

        try:
            converter = autograde_here(lesson)
            converter.force, converter.coursedir.student_id = force, student
            with run_of(converter, sandbox=not no_sandbox, executor=executor) as run:
                interrupted = grade_all(run)
        except (CourseError, *REFUSALS) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None
    _sum_up(run)
    if interrupted:
        typer.echo(f"Stopped. What is graded is kept; go on with: {' '.join(_command())}")
        raise typer.Exit(130)
    if run.unsaved or not run.standings:
        raise typer.Exit(1)


def _executor(
    scheduler: str | None, jobs: int | None, *, sandbox: bool
) -> AbstractContextManager[Callable[[], AbstractContextManager[Executor]]]:
    """Return what connects to where submissions are marked."""
    from course_utils.grading.engine.local import (  # noqa: PLC0415 - slow
        LocalExecutor,
        is_jailed,
        made_meanwhile,
    )

    if scheduler is None:
        return made_meanwhile(lambda: LocalExecutor(jobs, sandbox=is_jailed(sandbox)))

    def cluster() -> ClusterExecutor:
        # Imported here: Dask may not be installed, and looks at all of the course's files.
        from course_utils.grading.engine.cluster import ClusterExecutor  # noqa: PLC0415

        tell = partial(typer.echo, err=True)
        return ClusterExecutor(scheduler, sandbox=is_jailed(sandbox), tell=tell)

    return nullcontext(cluster)


def _command() -> list[str]:
    import shlex  # noqa: PLC0415 - only who stops needs it

    return ["hitl", *(shlex.quote(word) for word in sys.argv[1:])]


def grade_all(run: LessonRun) -> bool:
    """Grade what is not finished; say whether it was stopped."""
    console = Console()
    try:
        if not run.todo:
            typer.echo(f"Grading {run.lesson}: nothing is new or changed.")
        elif console.is_terminal:
            _with_a_bar(run, console)
        else:
            _in_lines(run)
    except KeyboardInterrupt:
        return True
    return False


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        """Show how many submissions were graded in a minute, since the run began."""
        rate = 60 * task.completed / task.elapsed if task.elapsed else 0
        return Text(f"{rate:.0f} a minute,")


def _with_a_bar(run: LessonRun, console: Console) -> None:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        TextColumn("left, {task.fields[problems]} to look at"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(f"Grading {run.lesson}", total=run.todo, problems=0)
        problems = 0
        for _, standing in run:
            problems += standing.status == "waits"
            progress.update(task, advance=1, problems=problems)


def _in_lines(run: LessonRun) -> None:
    typer.echo(f"Grading {run.lesson}: {run.todo} to do.")
    for number, (student, standing) in enumerate(run, start=1):
        typer.echo(f"{number} of {run.todo}: {printable(student)} {standing.words}")


def _sum_up(run: LessonRun) -> None:
    console, standings = Console(), run.standings
    for stray in run.strays:
        typer.echo(printable(stray))
    if not standings:
        typer.echo(run.nobody, err=True)
        return
    counts: dict[str, int] = {"graded": 0, "waits for a person": 0, "handed in nothing": 0}
    for standing in standings.values():
        counts[standing.words] = counts.get(standing.words, 0) + 1
    table = Table(box=None, show_header=False)
    for words, count in counts.items():
        table.add_row(words, Text(str(count), justify="right"))
    table.add_row("students", Text(str(len(standings)), justify="right"), style="bold")
    console.print(table)
    _name_them(console, standings)
    if not run.options.sandbox:
        typer.echo("Students' code ran without the jail: it could reach what you can reach.")
    if run.problems.exists():
        typer.echo(f"Whom to look at: {from_here(run.problems)}")
    typer.echo(f"More about the lesson: hitl report {run.lesson}")


def _name_them(console: Console, standings: dict[str, Standing]) -> None:
    waiting = {name: one for name, one in standings.items() if one.status == "waits"}
    if not waiting:
        return
    rows = [(printable(name), _short(standing.problem)) for name, standing in waiting.items()]
    if not console.is_terminal:
        for name, why in rows:
            typer.echo(f"{name}: {why}")
        return
    typer.echo()
    table = Table("waits for a person", "why", box=None, header_style="bold")
    for row in rows:
        table.add_row(*(Text(cell, overflow="fold") for cell in row))
    console.print(table)
    typer.echo()


def _short(reason: str) -> str:
    words = " ".join(printable(reason).split())
    return words if len(words) <= _SHORT else f"{words[: _SHORT - 3]}..."
