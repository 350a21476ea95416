"""The tool calls a conversation still owes an answer, and the node that would run them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langgraph.prebuilt import ToolNode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from langchain_core.messages import ToolCall
    from langgraph.pregel import Pregel


def conversation(values: Mapping[str, Any]) -> tuple[str, list[BaseMessage]]:
    """Find the list of messages in a state, `messages` first, and the key it stands under.

    Args:
        values: the values of a state snapshot.

    Returns:
        The key and the messages; `("messages", [])` for a state that holds none.
    """
    keys = sorted(values, key=lambda key: key != "messages")
    for key in keys:
        held = values[key]
        if isinstance(held, list) and held and all(isinstance(m, BaseMessage) for m in held):
            return key, held
    return "messages", []


def unanswered_calls(messages: Sequence[BaseMessage]) -> list[ToolCall]:
    """List the calls of the last AI message that no ToolMessage has answered, in their order.

    Calls that a person talked past, with a message after them, are abandoned and wait no more.
    """
    answered: set[str] = set()
    for message in reversed(messages):
        if isinstance(message, AIMessage):
            return [call for call in message.tool_calls if call["id"] not in answered]
        if not isinstance(message, ToolMessage):
            break
        answered.add(message.tool_call_id)
    return []


def executing_node(
    graph: Pregel[Any, Any, Any, Any], paused_before: str, calls: Sequence[ToolCall]
) -> str | None:
    """Name the node that would run these calls once the thread goes on.

    That is the paused node where it is a ToolNode, else the one ToolNode of the graph that knows
    every tool called. A function that runs tools cannot be recognised: the caller must name it.

    Args:
        graph: a compiled graph.
        paused_before: the node the thread is paused before.
        calls: the pending calls.

    Returns:
        The node's name, or None where it is not known.
    """
    tool_nodes = {
        name: node.bound for name, node in graph.nodes.items() if isinstance(node.bound, ToolNode)
    }
    if paused_before in tool_nodes:
        return paused_before
    called = {call["name"] for call in calls}
    able = [name for name, node in tool_nodes.items() if called <= node.tools_by_name.keys()]
    return able[0] if len(able) == 1 else None
