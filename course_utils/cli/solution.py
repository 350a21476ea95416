"""`hitl solution`: the worked solution of an exercise, and how the learner's own differs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from course_utils import places
from course_utils.cli.commands import WORKSPACE
from course_utils.cli.learners_options import LessonName, WithoutAsking, Workspace  # noqa: TC001 - typer reads it

if TYPE_CHECKING:
    from pathlib import Path

    from course_utils.workspace.comparison import Block
    from course_utils.workspace.solutions import Asked, Part

_WIDE = 250


def solution(
    lesson: LessonName,
    exercise: Annotated[str, typer.Argument(help="Its number, as 2, or its id.")],
    yes: WithoutAsking = False,
    workspace: Workspace = WORKSPACE,
) -> None:
    """Show the worked solution of an exercise beside yours, which counts as it was last saved."""
    # Imported here: `hitl --help` need not wait for it.
    from course_utils.workspace.errors import WorkspaceError  # noqa: PLC0415

    try:
        asked = _asked_for(workspace.resolve(), lesson, exercise)
        if asked.question and not yes:
            _ask(asked)
        shown = asked.show()
    except WorkspaceError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    # In a pipe a line stays a line, however long it is.
    console = Console(soft_wrap=True, width=None if sys.stdout.isatty() else _WIDE)
    console.print(Text(f"Exercise {asked.exercise.number}: {shown.title}", style="bold"))
    for part in shown.parts:
        _print(console, part)
    for problem in shown.problems:
        console.print(Text(problem, style="yellow"))


def _asked_for(workspace: Path, lesson: str, exercise: str) -> Asked:
    from course_utils.exercises.solution_button import why_withheld  # noqa: PLC0415
    from course_utils.workspace.errors import WorkspaceError  # noqa: PLC0415
    from course_utils.workspace.naming import lesson_named  # noqa: PLC0415
    from course_utils.workspace.released import sources  # noqa: PLC0415
    from course_utils.workspace.solutions import asked_for  # noqa: PLC0415

    notebooks = places.notebooks()
    if not notebooks.is_dir():
        raise WorkspaceError(why_withheld(workspace, notebooks))
    name = lesson_named(lesson, sources(notebooks))
    if not (workspace / name).is_dir():
        raise WorkspaceError(f"There is no {name} in {workspace}. `hitl lab` puts a copy there.")
    return asked_for(workspace / name, exercise, notebooks=notebooks)


def _ask(asked: Asked) -> None:
    if not sys.stdin.isatty():
        from course_utils.workspace.errors import WorkspaceError  # noqa: PLC0415

        raise WorkspaceError(
            f"{asked.question} Nobody can be asked here, so nothing was shown. Add --yes."
        )
    if not typer.confirm(f"{asked.question} See it"):
        typer.echo("Nothing was shown.")
        raise typer.Exit


def _print(console: Console, part: Part) -> None:
    console.print()
    if part.explanation:
        console.print(Text(part.explanation))
        console.print()
    if part.note:
        console.print(part.note)
    alone = not any(block.yours for block in part.blocks)
    if not alone and any(not block.is_same for block in part.blocks):
        console.print(Text.assemble(("-", "red"), " only in yours"))
        console.print(Text.assemble(("+", "green"), " only in the worked solution"))
    console.print()
    for block in part.blocks:
        _print_block(console, block, signed=not alone)


def _print_block(console: Console, block: Block, *, signed: bool) -> None:
    if block.is_same or not signed:
        lines = [Text(f"  {line}".rstrip()) for line in block.worked]
    else:
        lines = [Text(f"- {line}".rstrip(), style="red") for line in block.yours]
        lines += [Text(f"+ {line}".rstrip(), style="green") for line in block.worked]
    for line in lines:
        console.print(line)
