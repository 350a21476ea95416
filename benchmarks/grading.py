"""Grade a class of lesson 01 with stock nbgrader, with otter-grader, and with `hitl grade`.

PYTHONPATH=. python benchmarks/grading.py run
PYTHONPATH=. python benchmarks/grading.py breakdown
PYTHONPATH=. python benchmarks/grading.py sizes
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from graders import otter, ours, python_with_otter, stock
from rich.console import Console
from rich.progress import track
from rich.table import Table
from spent import CELLS, EMPTY, measure

if TYPE_CHECKING:
    from collections.abc import Callable

    from graders import Graded

app = typer.Typer(add_completion=False)
CACHE = Path.home() / ".cache" / "hitl-benchmarks" / "otter"
MIB = 1 << 20


@app.command()
def run(
    count: Annotated[int, typer.Option(min=4, help="How many submissions.")] = 100,
    peers: Annotated[int, typer.Option(help="How many of them for the peers; 0: all.")] = 0,
    otter_python: Annotated[
        Path | None, typer.Option("--otter", help="A Python with otter-grader and the course.")
    ] = None,
) -> None:
    """Grade a class in each way, check that the marks are the same, and print the table."""
    fewer = peers or count
    python = otter_python or python_with_otter(CACHE)
    graders: dict[str, Callable[[Path], Graded]] = {
        "nbgrader autograde, one process": lambda folder: stock(folder, fewer, 1),
        "nbgrader autograde, two processes": lambda folder: stock(folder, fewer, 2),
        "otter-grader, no container": lambda folder: otter(folder, fewer, python),
        "hitl grade --jobs 1": lambda folder: ours(folder, count, 1),
        "hitl grade --jobs 2": lambda folder: ours(folder, count, 2),
    }
    graded = {}
    for name, grader in track(graders.items(), "Grading"):
        with tempfile.TemporaryDirectory() as folder:
            graded[name] = grader(Path(folder, "course"))
    _check(graded)
    title = "Lesson 01, in one run; all gave each exercise of a student the same points"
    headings = ("submissions", "a minute", "s each", "CPU-s each", "times stock")
    table = _table(title, "grader", headings)
    first = _each(next(iter(graded.values())))
    for name, one in graded.items():
        each, cpu = _each(one), one.cpu_seconds / one.count
        row = (f"{60 / each:.1f}", f"{each:.2f}", f"{cpu:.2f}", f"{first / each:.1f}")
        table.add_row(name, str(one.count), *row)
    _print(table)


@app.command()
def breakdown(count: Annotated[int, typer.Option(min=4)] = 20) -> None:
    """Print what our seconds are made of, beside the notebook's cells alone."""
    spent = measure(count)
    headings = ("times each", "CPU-ms a time", "s each", "CPU-s each", "times the cells")
    table = _table(f"hitl grade --jobs 1, {count} submissions of lesson 01", "part", headings)
    cells = spent[CELLS].cpu_seconds
    for name, part in spent.items():
        times = "" if name == EMPTY else f"{part.times / count:.2f}"
        each = (part.seconds, part.cpu_seconds) if name != EMPTY else ()
        row = [times, f"{1000 * part.cpu_seconds / part.times:.0f}"]
        row += [f"{seconds / count:.3f}" for seconds in each] or ["", ""]
        table.add_row(name, *row, f"{part.cpu_seconds / cells:.2f}" if each else "")
    _print(table)


@app.command()
def sizes(
    counts: Annotated[list[int], typer.Argument()] = [10, 100, 1000],  # noqa: B006 - typer's way
    jobs: int = 2,
) -> None:
    """Grade classes of several sizes; neither time nor memory may grow with the class."""
    headings = ("s each", "CPU-s each", "MiB at the most")
    table = _table(f"hitl grade --jobs {jobs}, lesson 01", "submissions", headings)
    for count in track(counts, "Grading"):
        with tempfile.TemporaryDirectory() as folder:
            one = ours(Path(folder, "course"), count, jobs, looks=True)
        row = (f"{_each(one):.2f}", f"{one.cpu_seconds / count:.2f}", f"{one.memory / MIB:.0f}")
        table.add_row(str(count), *row)
    _print(table)


def _table(title: str, first: str, headings: tuple[str, ...]) -> Table:
    table = Table(first, title=title)
    for heading in headings:
        table.add_column(heading, justify="right")
    return table


def _print(table: Table) -> None:
    Console(width=120).print(table)


def _each(graded: Graded) -> float:
    return graded.seconds / graded.count


def _check(graded: dict[str, Graded]) -> None:
    """End the benchmark where two graders gave one student different marks, or somebody none.

    The points of questions are left out: the peers do not know them, and only run their cells.
    """
    first, expected = next(iter(graded.items()))
    for name, one in graded.items():
        if len(one.marks) != one.count:
            raise SystemExit(f"{name} graded {len(one.marks)} of {one.count}.")
        for student in expected.marks.keys() & one.marks.keys():
            theirs, mine = expected.marks[student], one.marks[student]
            if theirs != mine:
                raise SystemExit(f"{student}: {first} gave {theirs}, {name} gave {mine}.")


if __name__ == "__main__":
    app()
