"""What a reviewer does on one day, on graphs of their own: cards, code, the inbox, the journal.

It runs as a program in an environment that has nothing but the library, so it needs neither pytest
nor anything else of `tests/`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

from ipywidgets import Button
from langchain_core.messages import AIMessage, AnyMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.prebuilt import ToolNode
from langgraph.types import interrupt

from course_utils import (
    ApprovalCard,
    Inbox,
    decide,
    journal,
    read_thread,
    show_graph,
    show_history,
    watched,
)
from course_utils.checkpoints import checkpoints

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 30
ANN, BOB = "ann@example.com", "bob@example.com"
OUTBOX: list[str] = []
PAY = {
    "action_requests": [{"name": "pay", "args": {"amount": 5}, "description": "Pay five."}],
    "review_configs": [{"action_name": "pay", "allowed_decisions": ["approve", "reject"]}],
}


class Talk(TypedDict):
    """The state of a graph whose tool sends mail."""

    messages: Annotated[list[AnyMessage], add_messages]


class Paid(TypedDict):
    """The state of a graph that asks by itself."""

    decided: str


@tool
def send_email(to: str) -> str:
    """Send a mail."""
    OUTBOX.append(to)
    return f"Sent to {to}."


def agent(state: Talk) -> dict[str, Any]:
    if isinstance(state["messages"][-1], ToolMessage):
        return {"messages": [AIMessage("Done.")]}
    call = {"name": "send_email", "args": {"to": ANN}, "id": "call", "type": "tool_call"}
    return {"messages": [AIMessage("", tool_calls=[call])]}


def mailing(saver: Any) -> Any:
    builder = StateGraph(Talk)
    builder.add_node("agent", agent)
    builder.add_node("tools", ToolNode([send_email]))
    builder.add_edge(START, "agent")
    builder.add_conditional_edges(
        "agent", lambda state: "tools" if state["messages"][-1].tool_calls else END
    )
    builder.add_edge("tools", "agent")
    return builder.compile(checkpointer=saver, interrupt_before=["tools"])


def paying(saver: Any) -> Any:
    builder = StateGraph(Paid)
    builder.add_node("pay", lambda _: {"decided": interrupt(PAY)["decisions"][0]["type"]})
    builder.add_edge(START, "pay")
    return builder.compile(checkpointer=saver)


def at(thread: str) -> dict[str, Any]:
    return {"configurable": {"thread_id": thread}}


def buttons(widget: Any) -> Iterator[Button]:
    if isinstance(widget, Button):
        yield widget
    for child in getattr(widget, "children", ()):
        yield from buttons(child)


def press_approve(graph: Any, thread: str) -> None:
    card = ApprovalCard(graph, at(thread), reviewer="alice")
    next(each for each in buttons(card) if each.description == "Approve").click()
    until = time.monotonic() + SECONDS
    while graph.get_state(at(thread)).next and time.monotonic() < until:
        time.sleep(0.05)


def decided(graph: Any, thread: str, decision: dict[str, Any]) -> Any:
    decide(graph, at(thread), read_thread(graph, at(thread)).pause, decision, reviewer="bob")
    return graph.get_state(at(thread))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, checkpoints(Path(folder, "it.sqlite")) as saver:
        graph = mailing(saver)
        for thread in ("pressed", "rejected", "edited", "waiting"):
            with watched(graph):
                graph.invoke({"messages": [("user", "Write to Ann.")]}, at(thread))
        press_approve(graph, "pressed")
        assert OUTBOX == [ANN], f"after Approve: {OUTBOX}"
        state = decided(graph, "rejected", {"type": "reject", "message": "Not today."})
        assert (state.next, OUTBOX) == ((), [ANN]), f"after a rejection: {state.next}, {OUTBOX}"
        to_bob = {"name": "send_email", "args": {"to": BOB}}
        decided(graph, "edited", {"type": "edit", "edited_action": to_bob})
        assert OUTBOX == [ANN, BOB], f"after an edit: {OUTBOX}"
        shown = str(Inbox(graph, reviewer="alice")._repr_mimebundle_())
        assert "waiting" in shown, f"the inbox: {shown}"
        assert "rejected" not in shown, f"the inbox: {shown}"
        show_graph(graph, at("waiting"))
        show_history(graph, at("pressed"))
        journal(saver)
    question = paying(InMemorySaver())
    question.invoke({"decided": ""}, at("question"))
    answered = decided(question, "question", {"type": "approve"}).values
    assert answered == {"decided": "approve"}, f"after an approval: {answered}"
    print("All of it works.")


if __name__ == "__main__":
    sys.exit(main())
