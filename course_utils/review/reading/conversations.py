"""The lists of messages that a state keeps, each as LangChain's messages, however it keeps them.

A list may hold messages of LangChain, or plain dicts as OpenAI's chat and Responses and Anthropic's
interfaces write them, or LangChain's `messages_to_dict`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from typing import TYPE_CHECKING, Any

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
    messages_from_dict,
)
from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.messages import ToolCall

_DEPTH = 4  # of values inside a state that are looked into
_AI, _HUMAN = {"assistant", "ai"}, {"user", "human"}
_SYSTEM = {"system", "developer"}


@dataclass(frozen=True)
class Conversation:
    """One list of messages in a state.

    Attributes:
        key: the state's key under which it stands; None where it is the whole state.
        messages: what it holds, as LangChain's messages.
        style: the form that an answer to a call has in it: LangChain's `messages`; `openai`,
            `anthropic` or `responses` for plain dicts; empty where nothing can be added to it.
    """

    key: str | None
    messages: tuple[BaseMessage, ...]
    style: str = "messages"


def conversations(values: Any) -> list[Conversation]:
    """Find every list of messages in a state, the one named `messages` first.

    Args:
        values: the state, a dict of its keys or one list.
    """
    if isinstance(values, list):
        return [Conversation(None, tuple(_messages(values)), _style(values))]
    state = _parts(values)
    found = [one for key in state for one in _under(key, state[key])]
    return sorted(found, key=lambda one: one.key != "messages")


def conversation(values: Any, key: str | None) -> tuple[BaseMessage, ...]:
    """Return the messages that a state keeps under a key, or those it consists of for None."""
    held = values if key is None else _parts(values).get(key)
    return tuple(_messages(held)) if isinstance(held, list) else ()


def last_calls(messages: Sequence[BaseMessage]) -> tuple[list[ToolCall], frozenset[str]]:
    """Return the calls of the latest AI message, and the ids of those answered since."""
    answered: set[str] = set()
    for message in reversed(messages):
        if isinstance(message, AIMessage):
            return message.tool_calls, frozenset(answered)
        if isinstance(message, ToolMessage):
            answered.add(message.tool_call_id)
    return [], frozenset()


def _under(key: str, held: Any) -> Iterator[Conversation]:
    if isinstance(held, list):
        messages = tuple(_messages(held))
        if messages:
            yield Conversation(key, messages, _style(held))
            return
    for inner in _within(held, _DEPTH):
        yield Conversation(key, inner, "")


def _within(held: Any, depth: int) -> Iterator[tuple[BaseMessage, ...]]:
    """Yield what stands deeper in a value: a message by itself, or lists of messages."""
    if isinstance(held, BaseMessage):
        yield (held,)
        return
    found = tuple(_messages(held)) if isinstance(held, (list, tuple)) else ()
    if found:
        yield found
    elif depth:
        parts = held if isinstance(held, (list, tuple)) else _parts(held).values()
        for part in parts:
            yield from _within(part, depth - 1)


def _parts(value: Any) -> Mapping[str, Any]:
    """Return what a dict, a dataclass or a model of pydantic holds; nothing for another value."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, BaseModel) or (is_dataclass(value) and not isinstance(value, type)):
        return vars(value)
    return {}


def _messages(held: Any) -> Iterator[BaseMessage]:
    calls: list[ToolCall] = []
    for one in held:
        if isinstance(one, Mapping) and one.get("type") == "function_call":
            # The calls of one answer stand beside each other there, each by itself.
            calls.append(_call(one))
            continue
        if calls:
            yield AIMessage("", tool_calls=calls)
            calls = []
        yield from [one] if isinstance(one, BaseMessage) else _read(one)
    if calls:
        yield AIMessage("", tool_calls=calls)


def _style(held: list[Any]) -> str:
    """Tell how the newest call in a list is written, which its answer has to match."""
    for one in reversed(held):
        if isinstance(one, AIMessage):
            break
        if isinstance(one, Mapping) and one.get("type") == "function_call":
            return "responses"
        if isinstance(one, Mapping) and one.get("role") in _AI:
            if one.get("tool_calls"):
                return "openai"
            return "anthropic" if _blocks(one, "tool_use") else ""
        if isinstance(one, Mapping) and "data" in one:
            return ""
    return "messages"


def _read(held: Any) -> Iterator[BaseMessage]:
    """Read one plain dict; nothing where it is no message."""
    if not isinstance(held, Mapping):
        return
    if held.get("type") == "function_call_output":
        yield ToolMessage(str(held.get("output")), tool_call_id=str(held.get("call_id")))
    elif isinstance(held.get("data"), Mapping) and isinstance(held.get("type"), str):
        try:
            yield from messages_from_dict([dict(held)])
        except Exception:  # it only looks like a message
            return
    elif "content" in held or "tool_calls" in held:
        yield from _of_role(held.get("role") or held.get("type"), held)


def _of_role(role: Any, held: Mapping[str, Any]) -> Iterator[BaseMessage]:
    content = _content(held)
    if role in _AI:
        yield AIMessage(content, tool_calls=list(_calls(held)))
    elif role == "tool":
        yield ToolMessage(
            content, name=held.get("name"), tool_call_id=str(held.get("tool_call_id"))
        )
    elif role in _HUMAN:
        results = _blocks(held, "tool_result")
        for one in results:
            yield ToolMessage(_content(one), tool_call_id=str(one.get("tool_use_id")))
        if not results:
            yield HumanMessage(content)
    elif role in _SYSTEM:
        yield SystemMessage(content)


def _content(held: Mapping[str, Any]) -> Any:
    """Return a content as LangChain takes it, without the blocks that are calls or answers."""
    content = held.get("content")
    if isinstance(content, list):
        words = (one for one in content if isinstance(one, (str, dict)))
        kept = (one for one in words if isinstance(one, str) or one.get("type") != "tool_use")
        return list(kept)
    return content if isinstance(content, str) else "" if content is None else str(content)


def _blocks(held: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    content = held.get("content")
    blocks = content if isinstance(content, list) else []
    return [one for one in blocks if isinstance(one, Mapping) and one.get("type") == kind]


def _calls(held: Mapping[str, Any]) -> Iterator[ToolCall]:
    for one in held.get("tool_calls") or ():
        if isinstance(one, Mapping):
            yield _call(one)
    if isinstance(held.get("function_call"), Mapping):
        yield _call(held["function_call"])
    for one in _blocks(held, "tool_use"):
        yield _call(one)


def _call(written: Mapping[str, Any]) -> ToolCall:
    """Read one call, whichever of the forms in use it is written in."""
    inner = written.get("function")
    named = inner if isinstance(inner, Mapping) else written
    given: Any = next((named[key] for key in ("args", "arguments", "input") if key in named), {})
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            given = {"arguments": given}
    id_ = written.get("call_id") or written.get("id")
    return {
        "name": str(named.get("name")),
        "args": given if isinstance(given, dict) else {"arguments": given},
        "id": None if id_ is None else str(id_),
        "type": "tool_call",
    }
