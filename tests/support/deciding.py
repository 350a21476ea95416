"""The words of the tests that decide: decisions, the pauses they are about, what came of them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from course_utils.review.deciding.shown import read_thread
from course_utils.review.record.opening import journal_of
from tests.support.agents import thread
from tests.support.foreign_graphs import MAIL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langgraph.pregel import Pregel

    from course_utils.review.reading.pauses import Pause
    from course_utils.review.record.journal import Journal

APPROVE = {"type": "approve"}
REJECT = {"type": "reject", "message": "wrong address"}
EDIT = {
    "type": "edit",
    "edited_action": {"name": "send_email", "args": MAIL | {"to": "eve@example.com"}},
}


def respond(answer: Any) -> dict[str, Any]:
    """Return the decision to answer."""
    return {"type": "respond", "message": answer}


def begin(graph: Pregel[Any, Any, Any, Any], given: Any = None, **how: Any) -> tuple[Pause, ...]:
    """Run a graph on the usual thread to its first stop, and return what waits there.

    Args:
        graph: the graph.
        given: what it is invoked with; a message where nothing is given.
        how: further arguments of `invoke`.
    """
    graph.invoke({"messages": [("user", "go")]} if given is None else given, thread(), **how)
    return waiting(graph)


def waiting(graph: Pregel[Any, Any, Any, Any]) -> tuple[Pause, ...]:
    """Return what waits on the usual thread now."""
    return read_thread(graph, thread()).pauses


def asked(pause: Pause) -> Any:
    """Return what the first action of a pause says: its arguments, or the bare question."""
    arguments = pause.request["action_requests"][0]["args"]
    return arguments.get("question", arguments)


def told(graph: Pregel[Any, Any, Any, Any]) -> list[str]:
    """Return the texts of the conversation on the usual thread, without the first."""
    return [m.text for m in graph.get_state(thread()).values["messages"]][1:]


def log(graph: Pregel[Any, Any, Any, Any]) -> list[Any]:
    """Return the lines that a graph without an agent has written."""
    lines: list[Any] = graph.get_state(thread()).values["log"]
    return lines


def outcomes(graph: Pregel[Any, Any, Any, Any]) -> list[str | None]:
    """Return how each attempt in the journal of a graph's checkpointer ended."""
    return [entry.outcome for entry in journal_of(graph.checkpointer).entries()]


@contextmanager
def statements(journal: Journal) -> Iterator[list[tuple[str, Any]]]:
    """Note each statement that a journal sends, with its parameters."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen.append((statement, parameters))

    engine = journal._store._engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)
