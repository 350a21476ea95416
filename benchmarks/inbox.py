"""Find the threads that wait: our queue against a loop of `get_state` over every thread.

python benchmarks/inbox.py run
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tempfile
import time
import tracemalloc
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import typer
from crowd import agent, make
from rich.console import Console
from rich.progress import track
from rich.table import Table

from course_utils import Inbox
from course_utils.review.inbox.waiting_threads import WaitingThreads

if TYPE_CHECKING:
    from collections.abc import Callable

    from crowd import Spread
    from langgraph.pregel import Pregel

    Graph = Pregel[Any, Any, Any, Any]

PAGE = 20
SIZES = (1_000, 10_000)
NAIVE = "get_state over all"

app = typer.Typer(add_completion=False)


class Cost(NamedTuple):
    """What one way took: the median time, and the most that Python held at once, in bytes."""

    seconds: float
    peak: int


def first_page(graph: Graph) -> Callable[[], Any]:
    """The oldest 20, with nothing remembered."""
    return lambda: [waiting.thread_id for waiting in WaitingThreads(graph).page(1, PAGE)]


def inbox_drawn(graph: Graph) -> Callable[[], Any]:
    """The whole widget: the oldest 20, the count and the buttons."""
    return lambda: [waiting.thread_id for waiting in Inbox(graph, page_size=PAGE).threads]


def refresh(graph: Graph) -> Callable[[], Any]:
    """The oldest 20 once more, after a look at all of them."""
    queue = WaitingThreads(graph)
    queue.count()

    def again() -> list[str]:
        queue.refresh()
        return [waiting.thread_id for waiting in queue.page(1, PAGE)]

    return again


def count(graph: Graph) -> Callable[[], Any]:
    """How many wait, with nothing remembered."""
    return lambda: WaitingThreads(graph).count()


def naive(graph: Graph) -> Callable[[], Any]:
    """What one writes without this course: it counts and finds the oldest 20 in one go."""
    connection = graph.checkpointer.conn  # type: ignore[union-attr]

    def loop() -> dict[str, Any]:
        waiting = []
        for (thread_id,) in connection.execute(
            "SELECT DISTINCT thread_id FROM checkpoints"
        ).fetchall():
            state = graph.get_state({"configurable": {"thread_id": thread_id}})
            if state.next:
                waiting.append((state.config["configurable"]["checkpoint_id"], thread_id))
        return {"count": len(waiting), "page": [thread for _, thread in sorted(waiting)[:PAGE]]}

    return loop


WAYS = {
    "first page, cold": first_page,
    "inbox drawn, cold": inbox_drawn,
    "refresh": refresh,
    "count, cold": count,
    NAIVE: naive,
}


@app.command()
def measure(way: str, file: Path, memory: bool = False) -> None:
    """Measure one way in this process and print its seconds, or its peak in bytes, as JSON."""
    with closing(sqlite3.connect(file, check_same_thread=False)) as connection:
        work = WAYS[way](agent(connection))
        if memory:
            tracemalloc.start()
        start = time.perf_counter()
        result = work()
        taken = tracemalloc.get_traced_memory()[1] if memory else time.perf_counter() - start
        print(json.dumps({"taken": taken, "result": result}))


@app.command()
def run(rounds: int = 3) -> None:
    """Make the files, measure every way in fresh processes, and print the tables."""
    console = Console(width=110)
    with tempfile.TemporaryDirectory() as folder:
        for spread in ("mixed", "newest"):
            table = _table(f"A tenth waits, {spread}")
            costs = {size: _measured(Path(folder), size, spread, rounds) for size in SIZES}
            for way in WAYS:
                table.add_row(*_row(way, costs))
            console.print(table)


def _measured(folder: Path, size: int, spread: Spread, rounds: int) -> dict[str, Cost]:
    file = folder / f"{spread}-{size}.sqlite"
    make(file, size, spread)
    taken: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
    for _ in track(range(rounds), f"{size:,} threads, {spread}", transient=True):
        for way, runs in taken.items():
            runs.append(_in_a_fresh_process(way, file))
    _check(taken)
    return {
        way: Cost(
            median(run["taken"] for run in runs),
            _in_a_fresh_process(way, file, "--memory")["taken"],
        )
        for way, runs in taken.items()
    }


def _in_a_fresh_process(way: str, file: Path, *options: str) -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", __file__, "measure", way, file, *options]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(printed))


def _check(taken: dict[str, list[dict[str, Any]]]) -> None:
    """Every way must have found the same threads, or the comparison says nothing."""
    expected = taken[NAIVE][0]["result"]
    for way, runs in taken.items():
        for one in runs:
            result = one["result"]
            right = {int: expected["count"], list: expected["page"], dict: expected}[type(result)]
            if result != right:
                raise SystemExit(f"{way} found {result}, {NAIVE} found {right}")


def _table(title: str) -> Table:
    table = Table(title=title)
    table.add_column("way")
    for size in SIZES:
        for heading in (f"{size:,}: time", "times as fast", "memory"):
            table.add_column(heading, justify="right")
    table.add_column("growth", justify="right")
    return table


def _row(way: str, costs: dict[int, dict[str, Cost]]) -> list[str]:
    cells = [way]
    for measured in costs.values():
        mine, peer = measured[way], measured[NAIVE]
        cells += [
            f"{mine.seconds * 1000:,.0f} ms",
            f"{peer.seconds / mine.seconds:,.1f}",
            f"{mine.peak / 2**20:,.1f} MiB",
        ]
    small, large = (costs[size][way].seconds for size in SIZES)
    return [*cells, f"x {large / small:.1f}"]


if __name__ == "__main__":
    app()
