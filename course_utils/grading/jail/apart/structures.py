"""What of LangChain and LangGraph is data: messages, and what a state and an answer are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core import messages
from langgraph.checkpoint.base import CheckpointTuple
from langgraph.types import (
    Command,
    Interrupt,
    Overwrite,
    PregelTask,
    Send,
    StateSnapshot,
    StateUpdate,
)

if TYPE_CHECKING:
    from collections.abc import Callable

MESSAGES: dict[str, type[messages.BaseMessage]] = {
    kind.__name__: kind
    for kind in (
        messages.AIMessage,
        messages.AIMessageChunk,
        messages.ChatMessage,
        messages.FunctionMessage,
        messages.HumanMessage,
        messages.HumanMessageChunk,
        messages.RemoveMessage,
        messages.SystemMessage,
        messages.ToolMessage,
        messages.ToolMessageChunk,
    )
}
"""By name, the messages that are data."""

_PARTS: dict[type, tuple[str, ...]] = {
    Command: ("graph", "update", "resume", "goto"),
    Interrupt: ("value", "id", "response_schema"),
    Overwrite: ("value",),
    Send: ("node", "arg"),
    CheckpointTuple: CheckpointTuple._fields,
    PregelTask: PregelTask._fields,
    StateSnapshot: StateSnapshot._fields,
    StateUpdate: StateUpdate._fields,
}

RECORDS = {kind.__name__: kind for kind in _PARTS}
"""By name, the other classes whose values are data."""


def parts_of(record: object) -> list[Any]:
    """Return the parts of a value of one of `RECORDS`, as `made_of` takes them."""
    return [getattr(record, name) for name in _PARTS[type(record)]]


def made_of(name: str, parts: list[Any]) -> Any:
    """Make a value of one of `RECORDS`.

    Raises:
        KeyError, TypeError, ValueError: the parts make none.
    """
    kind: Callable[..., Any] = RECORDS[name]
    return kind(**dict(zip(_PARTS[RECORDS[name]], parts, strict=True)))


def fields_of(message: Any) -> dict[str, Any]:
    """Return the fields of a message that were given."""
    known = type(message).model_fields.keys() - {"type"}
    return {name: getattr(message, name) for name in sorted(known & message.model_fields_set)}
