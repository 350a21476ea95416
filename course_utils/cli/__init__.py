"""Storey cli: the `hitl` command, thin, one screen."""

from __future__ import annotations

import typer

from course_utils.cli.check import check
from course_utils.cli.distribution import has_the_lab, run_with_the_lab
from course_utils.cli.doctor import doctor
from course_utils.cli.due import due
from course_utils.cli.export import export
from course_utils.cli.feedback import feedback
from course_utils.cli.grade import grade
from course_utils.cli.journal import journal
from course_utils.cli.lab import lab
from course_utils.cli.outputs import outputs
from course_utils.cli.progress import progress
from course_utils.cli.regrade import regrade
from course_utils.cli.report import report
from course_utils.cli.reset import reset
from course_utils.cli.roster import roster
from course_utils.cli.solution import solution
from course_utils.cli.update import update

app = typer.Typer(
    help="A course on putting a human in the loop of a LangGraph agent.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _have_what_it_needs(context: typer.Context) -> None:
    if context.invoked_subcommand != "journal" and not has_the_lab():
        typer.echo(run_with_the_lab(), err=True)
        raise typer.Exit(1)


app.command()(lab)
app.command()(progress)
app.command()(check)
app.command()(solution)
app.command()(doctor)
app.command()(reset)
app.command()(update)
app.command()(journal)
app.command()(outputs)
app.command()(grade)
app.add_typer(roster, name="roster")
app.command()(due)
app.command()(export)
app.command()(feedback)
app.command()(report)
app.command()(regrade)
