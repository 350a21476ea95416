"""`hitl update`: the newest version of each lesson, with the learner's work in it."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it when it runs

import typer

from course_utils.cli import commands
from course_utils.cli.commands import WORKSPACE
from course_utils.cli.learners_options import Workspace  # noqa: TC001 - typer reads it
from course_utils.cli.servers import running_on


def update(
    workspace: Workspace = WORKSPACE,
) -> None:
    """Bring your lessons to the newest version. Your work is carried over, and a copy is kept."""
    # Imported here: nbgrader takes most of a second that `hitl --help` need not wait.
    from course_utils.workspace.account import ACCOUNT, as_lines  # noqa: PLC0415
    from course_utils.workspace.changes import finish  # noqa: PLC0415
    from course_utils.workspace.errors import WorkspaceError, in_words  # noqa: PLC0415
    from course_utils.workspace.updating import update  # noqa: PLC0415

    workspace = workspace.resolve()
    try:
        _refuse_while_open(workspace)
        if finish(workspace):
            typer.echo(f"A change that was cut off is finished. See {workspace / ACCOUNT}.")
        told = update(workspace)
    except (WorkspaceError, ValueError, OSError) as error:
        typer.echo(in_words(error, workspace), err=True)
        raise typer.Exit(1) from None
    if not told:
        typer.echo("All lessons are up to date.")
        return
    for line in as_lines(told):
        typer.echo(line)
    typer.echo(f"All of this is in {workspace / ACCOUNT} too.")


def _refuse_while_open(workspace: Path) -> None:
    # A notebook that is open would be saved over its new version.
    from course_utils.workspace.errors import WorkspaceError  # noqa: PLC0415

    if running_on(workspace):
        raise WorkspaceError(
            "JupyterLab is open on these lessons. Save them, stop it with Ctrl-C, and run "
            f"`{commands.hitl('update', *commands.on(workspace))}` again."
        )
