"""What a `Send` carries to a node: tool calls, a state with calls in it, or any other job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from course_utils.neighbours import langgraph
from course_utils.review.reading.conversations import conversation, conversations, last_calls

if TYPE_CHECKING:
    from langchain.agents.middleware.human_in_the_loop import ActionRequest
    from langchain_core.messages import ToolCall
    from langgraph.prebuilt import ToolNode


def calls_sent(sent: Any, runner: ToolNode | None) -> list[ToolCall]:
    """Return the tool calls in what a node was sent; none where it is another job.

    Args:
        sent: what the `Send` carries.
        runner: the node, where it is a ToolNode.
    """
    alone = langgraph.call_in(sent)
    if alone:
        return [alone]
    if isinstance(sent, list) and sent and all(map(_is_call, sent)):
        return sent
    if _is_call(sent):
        return [sent]
    if runner is not None:
        key = None if isinstance(sent, list) else langgraph.messages_key(runner)
        return list(last_calls(conversation(sent, key))[0])
    calls = []
    for one in conversations(sent):
        called, answered = last_calls(one.messages)
        calls += [call for call in called if call["id"] not in answered]
    return calls


def job_sent(node: str, sent: Any) -> ActionRequest:
    """Return what a node was sent as something that a person can be shown.

    Args:
        node: the node's name.
        sent: what the `Send` carries.
    """
    if isinstance(sent, dict):
        return {"name": node, "args": {str(name): value for name, value in sent.items()}}
    if isinstance(sent, BaseModel) or hasattr(sent, "__dataclass_fields__"):
        return {"name": node, "args": dict(vars(sent))}
    return {"name": node, "args": {"sent": sent}}


def _is_call(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") == "tool_call"
