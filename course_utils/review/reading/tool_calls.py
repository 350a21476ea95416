"""The tool calls that the waiting nodes would run, and the node that would run them.

A ToolNode runs every call of the latest AI message, wherever it stands and whether or not it has
been answered, or what a `Send` gives it; a person has to see exactly that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from course_utils.neighbours import langchain, langgraph
from course_utils.review.reading.graphs import tool_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.messages import ToolCall
    from langgraph.pregel import Pregel
    from langgraph.types import Send

    from course_utils.review.reading.places import Place


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
    ahead, edited = _calls_written(place), langchain.edited_calls(place.snapshot.values)
    calls = tuple(cast("ToolCall", {**c, **edited.get(str(c["id"]), {})}) for c in ahead.calls)
    revised = frozenset(str(call["id"]) for call in calls if call["id"] in edited)
    return replace(ahead, calls=calls, revised=revised)


def _calls_written(place: Place) -> CallsAhead:
    values, names = place.snapshot.values, {task.name for task in place.tasks}
    waiting = [node for name, node in tool_nodes(place.graph).items() if name in names]
    own_key = langgraph.messages_key(waiting[0]) if waiting else None
    root = isinstance(values, list)
    key = own_key if own_key and not root else conversation_key(values)
    calls, answered = last_calls(messages_in(values, key))
    numbers = [langgraph.number_of_the_send(task) for task in place.tasks]
    sent_numbers = [number for number in numbers if number is not None]
    if sent_numbers:
        sent = _sent_calls(sent_numbers, place.sends())
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


def _sent_calls(numbers: Sequence[int], sends: Sequence[Send]) -> list[ToolCall] | None:
    """Read the calls out of the Sends that still wait; None where one is something else."""
    calls: list[ToolCall] = []
    for number in numbers:
        sent = sends[number].arg if 0 <= number < len(sends) else None
        alone = langgraph.call_in(sent)
        if alone:
            calls.append(alone)
        elif isinstance(sent, list) and sent and all(map(_is_call, sent)):
            calls += sent
        else:
            return None
    return calls


def _is_call(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") == "tool_call"
