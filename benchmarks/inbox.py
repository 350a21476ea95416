"""Find the threads that wait: our queue against a loop of `get_state` over every thread.

python benchmarks/inbox.py run
python benchmarks/inbox.py day    # a thousand that wait, listed, searched and sorted
"""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import tracemalloc
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import typer
from crowd import agent, agent_on, make
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
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


def oldest(state: Any) -> Any:
    """What the list is sorted by at first."""
    return state.config["configurable"]["checkpoint_id"]


def asked_of(state: Any) -> dict[str, Any]:
    """What a thread asks, as one reads it without this course."""
    if state.interrupts:
        return dict(state.interrupts[0].value)
    return dict(state.values["messages"][-1].tool_calls[0]["args"])


def by_hand(graph: Graph, threads: list[str], keep: Any, key: Any) -> list[str]:
    """The first page of what one writes without this course."""
    states = [graph.get_state({"configurable": {"thread_id": name}}) for name in threads]
    waiting = [state for state in states if state.next and keep(state)]
    return [state.config["configurable"]["thread_id"] for state in sorted(waiting, key=key)[:PAGE]]


def _mentions(state: Any) -> bool:
    return "77@" in str(asked_of(state))


def _recipient(state: Any) -> Any:
    given = asked_of(state)
    return ("to" not in given, [int(part) for part in re.findall("[0-9]+", given.get("to", ""))])


# What a person does, and the same by hand: what is kept, and how it is sorted.
DAY: dict[str, tuple[Callable[[Inbox], None], Any, Any]] = {
    "first page": (lambda _: None, lambda _: True, oldest),
    "first filter": (lambda inbox: inbox.filter("to: 77@"), _mentions, oldest),
    "first sort": (lambda inbox: inbox.sort("to"), lambda _: True, _recipient),
}


@app.command()
def measure_day(kind: str, threads: int, rounds: int) -> None:
    """Measure a day's work on threads that all wait, in this process; print seconds as JSON."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        file = str(Path(folder) / "day.sqlite")
        saver: Any = InMemorySaver()
        if kind == "SQLite":
            saver = stack.enter_context(SqliteSaver.from_conn_string(file))
        graph = agent_on(saver)
        names = [f"thread-{number:05}" for number in range(threads)]
        for number, name in enumerate(names):
            words = f"{'pay' if number % 2 else 'order'}-{number}"
            config = {"configurable": {"thread_id": name}}
            graph.invoke({"messages": [HumanMessage(words)]}, config)
        print(json.dumps({way: _both(graph, names, way, rounds) for way in DAY}))


def _both(graph: Graph, names: list[str], way: str, rounds: int) -> list[float]:
    """Return median seconds, taken in turns: the inbox, of them on the processor, the peer."""
    act, keep, key = DAY[way]
    mine, worked, peer = [], [], []
    for _ in range(rounds):
        # Anew each time, with nothing remembered. The list itself is measured as the first page.
        inbox = Inbox(graph, page_size=PAGE) if way != "first page" else None
        start, began = time.perf_counter(), time.process_time()
        inbox = inbox or Inbox(graph, page_size=PAGE)
        act(inbox)
        between = time.perf_counter()
        worked.append(time.process_time() - began)
        expected = by_hand(graph, names, keep, key)
        mine.append(between - start)
        peer.append(time.perf_counter() - between)
        found = [waiting.thread_id for waiting in inbox.threads]
        inbox.close()
        if found != expected:
            raise SystemExit(f"{way}: the inbox found {found}, by hand {expected}")
    return [median(mine), median(worked), median(peer)]


@app.command()
def day(threads: int = 1_000, rounds: int = 5) -> None:
    """List, search and sort threads that all wait, and print the table."""
    table = Table(title=f"{threads:,} threads wait, the oldest {PAGE} are shown")
    headings = (
        "kept in",
        "what",
        "time",
        "on the processor",
        "times as fast as get_state over all",
    )
    for heading in headings:
        table.add_column(heading)
    for kind in ("memory", "SQLite"):
        command = [sys.executable, "-W", "ignore", __file__, "measure-day", kind]
        printed = subprocess.run(
            [*command, str(threads), str(rounds)], check=True, capture_output=True, text=True
        ).stdout
        for way, (mine, worked, peer) in json.loads(printed).items():
            times = (f"{seconds * 1000:,.0f} ms" for seconds in (mine, worked))
            table.add_row(kind, way, *times, f"{peer / mine:,.1f}")
    Console(width=110).print(table)


if __name__ == "__main__":
    app()
