"""Race for a pause: two processes that decide it at once, on plain LangGraph and with decide().

PYTHONPATH=. python benchmarks/races.py
"""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import mean, median
from typing import TYPE_CHECKING, NamedTuple

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.support.postgres import running_postgresql
from tests.support.racing import CHECKS, LOST, PAUSES, race

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.postgres import Server
    from tests.support.racing import Round

HEADINGS = ("rounds", "effects a round", "two effects", "losers told who", "ms a round", "ratio")


class Run(NamedTuple):
    """One round, and how many seconds it took from the agent's start to both decisions' end."""

    went: Round
    seconds: float


def main(sqlite: int = 1000, postgresql: int = 200) -> None:
    """Race on both databases, so many rounds for each kind of pause, and print the table."""
    console = Console(width=120)
    table = Table(title="Two processes decide one pause; the tool waits until both have tried")
    for heading in ("database", "pause", "way"):
        table.add_column(heading)
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    with running_postgresql() as server:
        for database, rounds in {"SQLite": sqlite, "PostgreSQL": postgresql}.items():
            for pause in PAUSES:
                runs = _side_by_side(pause, rounds, server if database == "PostgreSQL" else None)
                for how in CHECKS:
                    table.add_row(database, pause, how, *_cells(runs, how))
    console.print(table)


def _side_by_side(pause: str, rounds: int, server: Server | None) -> dict[str, list[Run]]:
    """Run a round of each way in turn, and check that each went as its way must."""
    runs: dict[str, list[Run]] = {how: [] for how in CHECKS}
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        races = {}
        for how in CHECKS:
            folder = Path(name) / how
            folder.mkdir()
            place = server.new_database() if server else str(folder / "checkpoints.sqlite")
            races[how] = race(how, pause, place, folder, rounds)
            stack.callback(races[how].close)
        for number in track(range(rounds), f"{pause}, {rounds:,} rounds", transient=True):
            for how, check in CHECKS.items():
                runs[how].append(_timed(races[how]))
                check(number, runs[how][-1].went)
    return runs


def _timed(rounds: Iterator[Round]) -> Run:
    start = time.perf_counter()
    went = next(rounds)
    return Run(went, time.perf_counter() - start)


def _cells(runs: dict[str, list[Run]], how: str) -> list[str]:
    went = [run.went for run in runs[how]]
    losers = [(one, said) for one in went for said in one.tried if said.startswith(LOST)]
    told = sum(one.effects[0].split()[1] in said for one, said in losers)
    milliseconds = {way: median(run.seconds for run in of) * 1000 for way, of in runs.items()}
    return [
        f"{len(went):,}",
        f"{mean(len(one.effects) for one in went):.2f}",
        f"{sum(len(one.effects) > 1 for one in went):,}",
        f"{told:,} of {len(losers):,}" if losers else "-",
        f"{milliseconds[how]:.1f}",
        f"{milliseconds[how] / milliseconds['plain']:.2f}",
    ]


if __name__ == "__main__":
    typer.run(main)
