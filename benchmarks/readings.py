"""What a decision and a look cost: readings of the state, queries and connections of the journal.

PYTHONPATH=. python benchmarks/readings.py
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer
from langgraph.pregel import Pregel
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, Pool, event

from course_utils.checkpoints import checkpoints
from course_utils.review.deciding.resuming import decide
from course_utils.review.deciding.shown import read_thread
from course_utils.review.inbox.waiting_threads import WaitingThreads
from tests.support.agents import ONE_MAIL, MailAgent, thread
from tests.support.foreign_graphs import sent_in_parallel

if TYPE_CHECKING:
    from collections.abc import Iterator

EDITED = {"to": "eve@example.com", "subject": "Lunch", "body": "At noon?"}
FIRST = "approve, the first of a new journal"
DECISIONS: dict[str, Any] = {
    FIRST: {"type": "approve"},
    "approve": {"type": "approve"},
    "reject": {"type": "reject", "message": "no"},
    "edit": {"type": "edit", "edited_action": {"name": "send_email", "args": EDITED}},
}
REQUEST: Any = {"messages": [("user", ONE_MAIL)]}
QUESTIONS, PAGE, PAST = 50, 20, 20


class Cost(NamedTuple):
    """How often something was asked for."""

    states: int
    queries: int
    connections: int


@contextmanager
def counted(costs: dict[str, Cost], name: str) -> Iterator[None]:
    """Count what is asked of LangGraph and of the journal's file."""
    states, queries, connections = 0, 0, 0
    get_state = Pregel.get_state

    def read(*arguments: Any, **named: Any) -> Any:
        nonlocal states
        states += 1
        return get_state(*arguments, **named)

    def connected(*_: Any) -> None:
        nonlocal connections
        connections += 1

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal queries
        queries += statement.startswith("SELECT") and "hitl_decisions" in statement

    Pregel.get_state = read  # type: ignore[method-assign]
    event.listen(Pool, "connect", connected)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        event.remove(Pool, "connect", connected)
        Pregel.get_state = get_state  # type: ignore[method-assign]
    costs[name] = Cost(states, queries, connections)


def measure(saver: Any) -> tuple[dict[str, Cost], dict[str, Cost]]:
    """Count for our code and for its peer, plain LangGraph, in one place."""
    ours: dict[str, Cost] = {}
    peer: dict[str, Cost] = {}
    graph = MailAgent().compile(checkpointer=saver, interrupt_before=["tools"])
    for name, decision in DECISIONS.items():
        graph.invoke(REQUEST, thread(name))
        pause = read_thread(graph, thread(name)).pause
        with counted(ours, f"decide: {name}"):
            decide(graph, thread(name), pause, decision)
        graph.invoke(REQUEST, thread(f"bare {name}"))
        with counted(peer, f"decide: {name}"):
            graph.invoke(None, thread(f"bare {name}"))
    _measure_readings(ours, peer, saver, graph)
    return ours, peer


def _measure_readings(ours: dict[str, Cost], peer: dict[str, Cost], saver: Any, graph: Any) -> None:
    several = sent_in_parallel([], saver, *(f"{n}@example.com" for n in range(QUESTIONS)))
    several.invoke({"log": []}, thread("questions"))
    _beside(ours, peer, f"read: {QUESTIONS} questions", several, "questions")
    graph.invoke(REQUEST, thread("long past"))
    for _ in range(PAST):
        pause = read_thread(graph, thread("long past")).pause
        decide(graph, thread("long past"), pause, DECISIONS["approve"])
        graph.invoke(REQUEST, thread("long past"))
    _beside(ours, peer, f"read: after {PAST} decisions", graph, "long past")
    for number in range(PAGE):
        graph.invoke(REQUEST, thread(f"page {number}"))
    with counted(ours, f"inbox: a page of {PAGE}"):
        WaitingThreads(graph).page(1, PAGE)
    with counted(peer, f"inbox: a page of {PAGE}"):
        for number in range(PAGE):
            graph.get_state(thread(f"page {number}"))


def _beside(ours: dict[str, Cost], peer: dict[str, Cost], name: str, graph: Any, on: str) -> None:
    with counted(ours, name):
        read_thread(graph, thread(on))
    with counted(peer, name):
        graph.get_state(thread(on))


def main() -> None:
    """Count, and print what our code asks for beside plain LangGraph."""
    with tempfile.TemporaryDirectory() as folder, checkpoints(Path(folder) / "c.sqlite") as saver:
        ours, peer = measure(saver)
    table = Table("what", "states read", "plain LangGraph", "journal: queries", "connections made")
    for name, cost in ours.items():
        bare = peer[name]
        table.add_row(name, *map(str, (cost.states, bare.states, cost.queries, cost.connections)))
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
