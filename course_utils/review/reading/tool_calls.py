"""The tool calls that the waiting nodes would run, and the node that would run them.

A ToolNode runs every call of the latest AI message, wherever it stands and whether or not it has
been answered, or what a `Send` gives it; a person has to see exactly that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langgraph.prebuilt import ToolNode
from langgraph.pregel import Pregel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.messages import ToolCall
    from langgraph.types import PregelTask, Send

    from course_utils.review.reading.places import Place

# How a task that stems from a Send is marked; the next part of its path is the Send's number.
_FROM_A_SEND = "__pregel_push"
# Where LangChain's HumanInTheLoopMiddleware keeps the calls that a person has edited.
_EDITED_CALLS = "hitl_edited_tool_calls"


@dataclass(frozen=True)
class CallsAhead:
    """What the waiting nodes would run.

    Attributes:
        calls: the tool calls, in their order.
        answered: the ids of those that have an answer already.
        revised: the ids of those that LangChain's middleware runs as a person has edited them, and
            not as the message has them.
        messages_key: where the state keeps the conversation; None where it is the whole state.
        readable: False where a waiting node was sent something that is not a tool call.
    """

    calls: tuple[ToolCall, ...] = ()
    answered: frozenset[str] = frozenset()
    revised: frozenset[str] = frozenset()
    messages_key: str | None = "messages"
    readable: bool = True


def tool_nodes(graph: Pregel[Any, Any, Any, Any]) -> dict[str, ToolNode]:
    """Return the nodes of a graph that are ToolNodes, by their names."""
    return {n: node.bound for n, node in graph.nodes.items() if isinstance(node.bound, ToolNode)}


def subgraphs(graph: Pregel[Any, Any, Any, Any]) -> dict[str, Pregel[Any, Any, Any, Any]]:
    """Return the graphs that LangGraph knows to run inside a graph's nodes, by the nodes' names."""
    return {name: inner for name, inner in graph.get_subgraphs() if isinstance(inner, Pregel)}


def node_names(graph: Pregel[Any, Any, Any, Any]) -> list[str]:
    """Return the names of a graph's nodes and of those in its subgraphs."""
    inner = (name for sub in subgraphs(graph).values() for name in node_names(sub))
    return [*graph.nodes, *inner]


def messages_in(values: Any, key: str | None) -> list[BaseMessage]:
    """Return the messages that a state keeps under a key, or those it is made of for None."""
    held = values if key is None else values.get(key) if isinstance(values, dict) else None
    if not isinstance(held, list):
        return []
    return [message for message in held if isinstance(message, BaseMessage)]


def conversation_key(values: Any) -> str | None:
    """Find where a state keeps its messages, `messages` first; None for a state that is a list."""
    if isinstance(values, list):
        return None
    keys = sorted(values, key=lambda key: key != "messages") if isinstance(values, dict) else []
    return next((key for key in keys if messages_in(values, key)), "messages")


def last_calls(messages: Sequence[BaseMessage]) -> tuple[list[ToolCall], frozenset[str]]:
    """Return the calls of the latest AI message, and the ids of those answered since."""
    answered: set[str] = set()
    for message in reversed(messages):
        if isinstance(message, AIMessage):
            return message.tool_calls, frozenset(answered)
        if isinstance(message, ToolMessage):
            answered.add(message.tool_call_id)
    return [], frozenset()


def calls_ahead(place: Place) -> CallsAhead:
    """Work out which tool calls run when the nodes that wait at a place go on."""
    ahead, values = _calls_written(place), place.snapshot.values
    edited = values.get(_EDITED_CALLS) if isinstance(values, dict) else None
    if not isinstance(edited, dict):
        return ahead
    calls = tuple(cast("ToolCall", {**c, **edited.get(c["id"], {})}) for c in ahead.calls)
    revised = frozenset(str(call["id"]) for call in calls if call["id"] in edited)
    return replace(ahead, calls=calls, revised=revised)


def _calls_written(place: Place) -> CallsAhead:
    values, names = place.snapshot.values, {task.name for task in place.tasks}
    waiting = [node for name, node in tool_nodes(place.graph).items() if name in names]
    own_key = waiting[0]._messages_key if waiting else None
    root = isinstance(values, list)
    key = own_key if own_key and not root else conversation_key(values)
    calls, answered = last_calls(messages_in(values, key))
    sent_tasks = [task for task in place.tasks if task.path and task.path[0] == _FROM_A_SEND]
    if sent_tasks:
        sent = _sent_calls(sent_tasks, place.sends())
        readable = sent is not None
        return CallsAhead(tuple(sent or ()), answered, messages_key=key, readable=readable)
    if not waiting:
        calls = [call for call in calls if call["id"] not in answered]
    own = answered & {str(call["id"]) for call in calls}
    return CallsAhead(tuple(calls), own, messages_key=key)


def executing_node(
    graph: Pregel[Any, Any, Any, Any], paused_before: str, calls: Sequence[ToolCall]
) -> str | None:
    """Name the node that would run these calls once the thread goes on.

    That is the paused node where it is a ToolNode, else the one ToolNode of the graph that knows
    every tool called. A function that runs tools cannot be recognised: the caller must name it.

    Args:
        graph: a compiled graph.
        paused_before: the node the thread is paused before.
        calls: the calls that would run.

    Returns:
        The node's name, or None where it is not known.
    """
    nodes = tool_nodes(graph)
    if paused_before in nodes:
        return paused_before
    called = {call["name"] for call in calls}
    able = [name for name, node in nodes.items() if called <= node.tools_by_name.keys()]
    return able[0] if len(able) == 1 else None


def _sent_calls(tasks: Sequence[PregelTask], sends: Sequence[Send]) -> list[ToolCall] | None:
    """Read the calls out of the Sends that still wait; None where one is something else."""
    calls: list[ToolCall] = []
    for task in tasks:
        number = task.path[1]
        sent = sends[number] if isinstance(number, int) and number < len(sends) else None
        match getattr(sent, "arg", None):
            case {"__type": "tool_call_with_context", "tool_call": call}:
                calls.append(call)
            case [*several] if several and all(_is_call(call) for call in several):
                calls += several
            case _:
                return None
    return calls


def _is_call(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") == "tool_call"
