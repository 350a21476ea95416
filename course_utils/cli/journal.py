"""`hitl journal`: who decided what, printed, exported, or erased for one person."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from course_utils.printable import printable
from course_utils.settings import SettingsError, is_address, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from course_utils.review.record.entries import JournalEntry
    from course_utils.review.record.journal import Journal


def journal(
    checkpoints: Annotated[
        str | None,
        typer.Option(help="A SQLite file or a PostgreSQL address, else HITL_CHECKPOINTS."),
    ] = None,
    thread: Annotated[str | None, typer.Option(help="Only the decisions on this thread.")] = None,
    reviewer: Annotated[str | None, typer.Option(help="Only this person's decisions.")] = None,
    export: Annotated[
        str | None, typer.Option("--csv", metavar="FILE|-", help="Export, whole, as CSV.")
    ] = None,
    erase: Annotated[
        str | None, typer.Option(metavar="REVIEWER", help="Erase this person's decisions.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Erase without asking.")] = False,
) -> None:
    """Say who decided what on the threads that are kept in a database."""
    # Imported here: `hitl --help` need not wait for it.
    from course_utils.checkpoints import CheckpointsError  # noqa: PLC0415
    from course_utils.review.record.entries import JournalError  # noqa: PLC0415

    try:
        with _journal(checkpoints) as kept:
            if erase is not None:
                _erase(kept, erase, sure=yes)
                return
            entries, running = kept.entries(thread, reviewer), kept.running()
            if export is not None:
                _export(entries, running, export)
            else:
                _print(entries, running)
    except (CheckpointsError, JournalError, SettingsError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@contextmanager
def _journal(place: str | None) -> Iterator[Journal]:
    from course_utils.checkpoints import checkpoints  # noqa: PLC0415 - as above
    from course_utils.review.record.opening import journal_of  # noqa: PLC0415 - as above

    where = place or settings().checkpoints
    # Opening would make it.
    if not (is_address(where) or Path(where).exists()):
        raise FileNotFoundError(
            f"{where} is not there: no checkpoints, no journal. Name them with --checkpoints."
        )
    with checkpoints(where) as saver:
        yield journal_of(saver)


def _print(entries: list[JournalEntry], running: set[str]) -> None:
    from course_utils.review.record.words import HEADINGS, row_of  # noqa: PLC0415 - as above

    if not entries:
        typer.echo("Nothing was decided.")
        return
    table = Table(*HEADINGS, box=None, header_style="bold")
    for entry in entries:
        table.add_row(*(Text(printable(cell), overflow="fold") for cell in row_of(entry, running)))
    Console().print(table)


def _export(entries: list[JournalEntry], running: set[str], name: str) -> None:
    from course_utils.grading.reports.csv_files import csv_text, write_rows  # noqa: PLC0415
    from course_utils.review.record.words import RECORD, record_of  # noqa: PLC0415 - as above

    records = (record_of(entry, running) for entry in entries)
    rows = [[record[heading] for heading in RECORD] for record in records]
    if name == "-":
        sys.stdout.write(csv_text(RECORD, rows))
        return
    write_rows(Path(name), RECORD, rows)
    typer.echo(f"{len(entries)} entries are in {name}.")


def _erase(kept: Journal, reviewer: str, *, sure: bool) -> None:
    found = len(kept.entries(reviewer=reviewer))
    typer.echo(f"{found} entries of {reviewer!r}.")
    if not found:
        return
    if not sure and not sys.stdin.isatty():
        typer.echo("Say --yes to erase them.", err=True)
        raise typer.Exit(1)
    if sure or typer.confirm("Erase them? They cannot be brought back."):
        typer.echo(f"{kept.erase(reviewer)} erased.")
