"""A SQLite file of many threads, of which a tenth wait for a person.

A few threads of each kind are really run; the others are copies of their rows under new thread ids
and new checkpoint ids, whose ages are spread evenly. What is inside a checkpoint stays as it was,
since LangGraph derives the ids of its pending tasks from it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import Command, interrupt

if TYPE_CHECKING:
    from pathlib import Path

    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

Spread = Literal["mixed", "newest"]

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
SPACING = timedelta(minutes=1)
_GREGORIAN = datetime(1582, 10, 15, tzinfo=UTC)
_EVERY = 10
_REPORT = "The order of the customer was delayed by the carrier and arrives a day late. " * 8


@tool
def look_up(order: str) -> str:
    """Look up an order."""
    return f"{order}: {_REPORT}"


@tool
def send_email(to: str, subject: str, body: str) -> str:
    """Send an email."""
    return f"sent to {to}: {subject}, {len(body)} characters"


def _agent(state: MessagesState) -> dict[str, Any]:
    """Look up an order, then mail or pay as the person asked, then say that it is done."""
    messages = state["messages"]
    answers = sum(isinstance(message, ToolMessage) for message in messages)
    order = str(messages[0].content)
    mail = {"to": f"{order}@example.com", "subject": "Your order", "body": _REPORT}
    wanted = (
        ("refund", {"order": order, "amount": 12.5}) if "pay" in order else ("send_email", mail)
    )
    steps = [("look_up", {"order": order}), wanted]
    if answers == len(steps):
        return {"messages": [AIMessage(f"It is done. {_REPORT}")]}
    name, arguments = steps[answers]
    call = {"name": name, "args": arguments, "id": f"call-{answers}", "type": "tool_call"}
    return {"messages": [AIMessage(_REPORT, tool_calls=[call])]}


def _ask(state: MessagesState) -> dict[str, Any]:
    """Ask a person before money moves."""
    call = state["messages"][-1].tool_calls[0]  # type: ignore[union-attr]
    answer = interrupt({"question": "Refund?", **call["args"]})
    return {"messages": [ToolMessage(str(answer), name=call["name"], tool_call_id=call["id"])]}


def _after_agent(state: MessagesState) -> str:
    calls = state["messages"][-1].tool_calls  # type: ignore[union-attr]
    if not calls:
        return END
    return {"look_up": "look", "send_email": "tools", "refund": "ask"}[calls[0]["name"]]


def agent(connection: sqlite3.Connection) -> CompiledStateGraph[Any, Any, Any, Any]:
    """Compile the agent whose threads the database holds; mails wait at a breakpoint."""
    return agent_on(SqliteSaver(connection))


def agent_on(saver: BaseCheckpointSaver[str]) -> CompiledStateGraph[Any, Any, Any, Any]:
    """Compile the agent with a checkpointer of any kind."""
    builder = StateGraph(MessagesState)
    builder.add_node("agent", _agent)
    builder.add_node("look", ToolNode([look_up]))
    builder.add_node("tools", ToolNode([send_email]))
    builder.add_node("ask", _ask)
    builder.add_edge(START, "agent")
    builder.add_conditional_edges("agent", _after_agent, ["look", "tools", "ask", END])
    for node in ("look", "tools", "ask"):
        builder.add_edge(node, "agent")
    return builder.compile(checkpointer=saver, interrupt_before=["tools"])


def make(file: Path, threads: int, spread: Spread) -> None:
    """Make the file.

    Args:
        file: where; it must not exist.
        threads: how many threads.
        spread: whether every tenth thread waits, or the newest tenth.
    """
    kinds = _really_run()
    with closing(sqlite3.connect(file)) as target:
        SqliteSaver(target).setup()
        for number in range(threads):
            kind = kinds[_kind(number, threads, spread)]
            kind.copy(target, f"thread-{number:05}", FIRST + number * SPACING)
        target.commit()


def _kind(number: int, threads: int, spread: Spread) -> str:
    waits = number % _EVERY == 0 if spread == "mixed" else number >= threads - threads // _EVERY
    if not waits:
        return "mailed" if number % 2 else "paid"
    at = number // _EVERY if spread == "mixed" else number
    return "at a breakpoint" if at % 2 else "at a question"


def _really_run() -> dict[str, _Thread]:
    orders = {
        "mailed": "order-1",
        "paid": "pay-2",
        "at a breakpoint": "order-3",
        "at a question": "pay-4",
    }
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as connection:
        graph = agent(connection)
        for kind, order in orders.items():
            graph.invoke({"messages": [HumanMessage(order)]}, _config(kind))
        graph.invoke(None, _config("mailed"))
        graph.invoke(Command(resume="yes"), _config("paid"))
        return {kind: _Thread(connection, kind) for kind in orders}


def _config(thread_id: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread_id}}


class _Thread:
    """The rows of a thread that was really run."""

    def __init__(self, connection: sqlite3.Connection, thread_id: str) -> None:
        self._checkpoints = connection.execute(_CHECKPOINTS, (thread_id,)).fetchall()
        self._writes = connection.execute(_WRITES, (thread_id,)).fetchall()

    def copy(self, target: sqlite3.Connection, thread_id: str, newest: datetime) -> None:
        """Write the rows again as another thread, whose newest checkpoint has this age."""
        last = len(self._checkpoints) - 1
        ids = {
            old: _id(newest - timedelta(seconds=last - place), thread_id)
            for place, (old, *_) in enumerate(self._checkpoints)
        }
        target.executemany(
            "INSERT INTO checkpoints VALUES (?, '', ?, ?, ?, ?, ?)",
            [
                (thread_id, ids[old], ids.get(parent), *rest)
                for old, parent, *rest in self._checkpoints
            ],
        )
        target.executemany(
            "INSERT INTO writes VALUES (?, '', ?, ?, ?, ?, ?, ?, ?)",
            [(thread_id, ids[old], *rest) for old, *rest in self._writes],
        )


_CHECKPOINTS = """
SELECT checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata
FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = '' ORDER BY checkpoint_id
"""
_WRITES = """
SELECT checkpoint_id, task_id, task_path, idx, channel, type, value
FROM writes WHERE thread_id = ? AND checkpoint_ns = ''
"""


def _id(moment: datetime, thread_id: str) -> str:
    """Make a UUID of version 6 (RFC 9562, section 5.6) with the thread's number for its node."""
    ticks = (moment - _GREGORIAN) // timedelta(microseconds=1) * 10
    number = int(thread_id.rpartition("-")[2])
    return str(UUID(int=ticks >> 12 << 80 | 6 << 76 | (ticks & 0xFFF) << 64 | 1 << 63 | number))
