"""The tool calls that the waiting nodes would run, and the node that would run them.

A ToolNode runs every call of the latest AI message, wherever it stands and whether or not it has
been answered, or what a `Send` gives it; a person has to see exactly that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.prebuilt import ToolNode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.messages import ToolCall
    from langgraph.pregel import Pregel
    from langgraph.types import StateSnapshot

# Where a checkpoint keeps the Sends of the next step, and how a task that stems from one is marked.
_SENDS_CHANNEL, _FROM_A_SEND = "__pregel_tasks", "__pregel_push"


@dataclass(frozen=True)
class CallsAhead:
    """What the waiting nodes would run.

    Attributes:
        calls: the tool calls, in their order.
        answered: the ids of those that have an answer already.
        messages_key: where the state keeps the conversation; None where it is the whole state.
        readable: False where a waiting node was sent something that is not a tool call.
    """

    calls: tuple[ToolCall, ...] = ()
    answered: frozenset[str] = frozenset()
    messages_key: str | None = "messages"
    readable: bool = True


def tool_nodes(graph: Pregel[Any, Any, Any, Any]) -> dict[str, ToolNode]:
    """Return the nodes of a graph that are ToolNodes, by their names."""
    return {n: node.bound for n, node in graph.nodes.items() if isinstance(node.bound, ToolNode)}


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


def calls_ahead(graph: Pregel[Any, Any, Any, Any], snapshot: StateSnapshot) -> CallsAhead:
    """Work out which tool calls run when the thread goes on.

    Args:
        graph: the compiled graph.
        snapshot: the newest state of a paused thread.
    """
    waiting = [node for name, node in tool_nodes(graph).items() if name in snapshot.next]
    own_key = waiting[0]._messages_key if waiting else None
    root = isinstance(snapshot.values, list)
    key = own_key if own_key and not root else conversation_key(snapshot.values)
    calls, answered = last_calls(messages_in(snapshot.values, key))
    if any(task.path and task.path[0] == _FROM_A_SEND for task in snapshot.tasks):
        sent = _sent_calls(graph, snapshot)
        return CallsAhead(tuple(sent or ()), answered, key, readable=sent is not None)
    if not waiting:
        calls = [call for call in calls if call["id"] not in answered]
    return CallsAhead(tuple(calls), answered & {str(call["id"]) for call in calls}, key)


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


def _sent_calls(
    graph: Pregel[Any, Any, Any, Any], snapshot: StateSnapshot
) -> list[ToolCall] | None:
    """Read the calls out of the Sends that wait; None where one is something else."""
    saved = (
        graph.checkpointer.get_tuple(snapshot.config)
        if isinstance(graph.checkpointer, BaseCheckpointSaver)
        else None
    )
    calls: list[ToolCall] = []
    for send in saved.checkpoint["channel_values"].get(_SENDS_CHANNEL, []) if saved else [None]:
        match getattr(send, "arg", None):
            case {"__type": "tool_call_with_context", "tool_call": call}:
                calls.append(call)
            case [*sent] if sent and all(_is_call(call) for call in sent):
                calls += sent
            case _:
                return None
    return calls


def _is_call(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") == "tool_call"
