"""An agent that pays twice, one payment after the other, in shapes that ask a person before each.

What it does it tells `mark`: "tool", "paid <amount>" and "told" in the tool, "reply" and "replied"
in the agent. Between them it takes a moment, so that there is something to cut off.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import Command, Send, interrupt

if TYPE_CHECKING:
    from collections.abc import Callable

    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

    Graph = CompiledStateGraph[Any, Any, Any, Any]
    Mark = Callable[[str], None]

MOMENT = 0.006
FIRST = (10, 20)
AGAIN = 1
"""What an edit adds to the amount."""

CONVERSATION = ("human", "ai", "tool", "ai", "tool", "ai")
"""The kinds of message on a thread that has ended."""
CONVERSATIONS = {"pair of questions": ("human", "tool", "tool", "ai")}
"""Those of the shapes where they are others."""


def call_of(amount: int) -> int:
    """Return which of the payments an amount belongs to, edited or not, counted from 0."""
    return FIRST.index(amount // 10 * 10)


def at_a_breakpoint(saver: BaseCheckpointSaver[Any], mark: Mark) -> Graph:
    """A breakpoint before the tools."""
    return _agent(mark, ToolNode([_pay(mark)])).compile(
        checkpointer=saver, interrupt_before=["tools"]
    )


def before_a_review(saver: BaseCheckpointSaver[Any], mark: Mark) -> Graph:
    """A breakpoint before a node that leads to the tools."""
    builder = _agent(mark, ToolNode([_pay(mark)]), lambda state: {})
    return builder.compile(checkpointer=saver, interrupt_before=["review"])


def in_a_subgraph(saver: BaseCheckpointSaver[Any], mark: Mark) -> Graph:
    """A breakpoint in a graph that is a node of another."""
    inner = _agent(mark, ToolNode([_pay(mark)])).compile(interrupt_before=["tools"])
    return _around(inner, saver)


def asked_by_a_node(saver: BaseCheckpointSaver[Any], mark: Mark) -> Graph:
    """A node that asks, and goes on to the tools or back to the agent."""
    return _agent(mark, ToolNode([_pay(mark)]), _review).compile(checkpointer=saver)


def asked_in_a_subgraph(saver: BaseCheckpointSaver[Any], mark: Mark) -> Graph:
    """The same as a node of another graph."""
    return _around(_agent(mark, ToolNode([_pay(mark)]), _review).compile(), saver)


def asked_by_the_tool(saver: BaseCheckpointSaver[Any], mark: Mark) -> Graph:
    """A tool that asks before it acts."""
    return _agent(mark, ToolNode([_asking(_pay(mark))])).compile(checkpointer=saver)


def asked_side_by_side(saver: BaseCheckpointSaver[Any], mark: Mark) -> Graph:
    """Both payments at once, each asked for by a task of its own."""
    ask_and_pay = _asking(_pay(mark))

    def send(state: MessagesState) -> list[Send]:
        return [Send("pay", amount) for amount in FIRST]

    def pay(amount: int) -> dict[str, Any]:
        call = {**_call(amount), "type": "tool_call"}
        return {"messages": [ask_and_pay.invoke(call)]}

    def reply(state: MessagesState) -> dict[str, Any]:
        _reply(mark)
        return {"messages": [AIMessage("Done.")]}

    builder = StateGraph(MessagesState)
    builder.add_node("pay", pay).add_node("reply", reply)
    builder.add_conditional_edges(START, send, ["pay"])
    builder.add_edge("pay", "reply").add_edge("reply", END)
    return builder.compile(checkpointer=saver)


SHAPES: dict[str, Callable[[BaseCheckpointSaver[Any], Mark], Graph]] = {
    "breakpoint": at_a_breakpoint,
    "breakpoint before a review": before_a_review,
    "breakpoint in a subgraph": in_a_subgraph,
    "question": asked_by_a_node,
    "question in a subgraph": asked_in_a_subgraph,
    "question of the tool": asked_by_the_tool,
    "pair of questions": asked_side_by_side,
}


def _agent(mark: Mark, tools: ToolNode, review: Any = None) -> StateGraph[Any, Any, Any, Any]:
    def agent(state: MessagesState) -> dict[str, Any]:
        done = sum(message.type == "tool" for message in state["messages"])
        if done:
            _reply(mark)
        if done == len(FIRST):
            return {"messages": [AIMessage("Done.")]}
        return {"messages": [AIMessage("", tool_calls=[_call(FIRST[done])])]}

    builder = StateGraph(MessagesState)
    builder.add_node("agent", agent).add_node("tools", tools)
    builder.add_edge(START, "agent").add_edge("tools", "agent")
    ahead = "tools"
    if review is not None:
        ahead = "review"
        builder.add_node("review", review, destinations=("tools", "agent"))
        if review is not _review:
            builder.add_edge("review", "tools")
    builder.add_conditional_edges("agent", tools_condition, {"tools": ahead, END: END})
    return builder


def _reply(mark: Mark) -> None:
    mark("reply")
    time.sleep(MOMENT)
    mark("replied")


def _around(inner: Graph, saver: BaseCheckpointSaver[Any]) -> Graph:
    builder = StateGraph(MessagesState)
    builder.add_node("desk", inner)
    builder.add_edge(START, "desk")
    return builder.compile(checkpointer=saver)


def _review(state: MessagesState) -> Command[str]:
    said = state["messages"][-1]
    (call,) = said.tool_calls  # type: ignore[union-attr]
    decision = _asked(call["args"]["amount"])
    match decision["type"]:
        case "approve":
            return Command(goto="tools")
        case "edit":
            edited = {**call, "args": decision["edited_action"]["args"]}
            message = said.model_copy(update={"tool_calls": [edited]})
            return Command(goto="tools", update={"messages": [message]})
    answer = ToolMessage(decision["message"], name=call["name"], tool_call_id=call["id"])
    return Command(goto="agent", update={"messages": [answer]})


def _asked(amount: int) -> dict[str, Any]:
    action = {"name": "pay", "args": {"amount": amount}}
    review = {"action_name": "pay", "allowed_decisions": ["approve", "edit", "reject", "respond"]}
    (decision,) = interrupt({"action_requests": [action], "review_configs": [review]})["decisions"]
    return dict(decision)


def _pay(mark: Mark) -> Any:
    @tool
    def pay(amount: int) -> str:
        """Pay."""
        mark("tool")
        time.sleep(MOMENT)
        mark(f"paid {amount}")
        time.sleep(MOMENT)
        mark("told")
        return f"paid {amount}"

    return pay


def _asking(pay: Any) -> Any:
    @tool("pay")
    def ask_and_pay(amount: int) -> str:
        """Pay, if a person agrees."""
        decision = _asked(amount)
        if decision["type"] == "edit":
            amount = decision["edited_action"]["args"]["amount"]
        if decision["type"] in {"approve", "edit"}:
            return str(pay.invoke({"amount": amount}))
        return str(decision["message"])

    return ask_and_pay


def _call(amount: int) -> dict[str, Any]:
    return {"name": "pay", "args": {"amount": amount}, "id": f"call-{amount}"}
