"""`hitl reset`: an exercise or a lesson of the learner's, as it was released."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from course_utils.cli.commands import WORKSPACE
from course_utils.cli.learners_options import LessonName, WithoutAsking, Workspace  # noqa: TC001 - typer reads it

if TYPE_CHECKING:
    from course_utils.workspace.resetting import Chosen


def reset(
    lesson: LessonName,
    exercise: Annotated[
        str, typer.Option(metavar="ID", help="Only this exercise: its number, as 2, or its id.")
    ] = "",
    yes: WithoutAsking = False,
    workspace: Workspace = WORKSPACE,
) -> None:
    """Put an exercise or a whole lesson back to how it was released. A copy of yours is kept."""
    # Imported here: nbgrader takes most of a second that `hitl --help` need not wait.
    from course_utils.workspace.errors import WorkspaceError, in_words  # noqa: PLC0415
    from course_utils.workspace.resetting import chosen, reset  # noqa: PLC0415

    try:
        what = chosen(lesson, exercise)
        if not yes:
            _ask(what)
        done = reset(workspace.resolve(), what)
    except (WorkspaceError, ValueError, OSError) as error:
        typer.echo(in_words(error, workspace.resolve()), err=True)
        raise typer.Exit(1) from None
    for line in done.lines:
        typer.echo(line)
    if done.kept:
        typer.echo(f"What was there before is in {done.kept}.")
    typer.echo(
        "If the notebook is open, choose File > Reload Notebook from Disk and restart its kernel."
    )


def _ask(what: Chosen) -> None:
    name = what.release.name
    if what.exercise:
        task = f"{what.exercise.number} ({', '.join(what.exercise.solutions)})"
        words = f"Reset exercise {task} of {name}?"
    else:
        words = f"Reset all of {name}, its exercises and answers to questions?"
    if not sys.stdin.isatty():
        raise ValueError(f"{words} Nobody can be asked here, so nothing was changed. Add --yes.")
    if not typer.confirm(f"{words} A copy is kept."):
        typer.echo("Nothing was changed.")
        raise typer.Exit
