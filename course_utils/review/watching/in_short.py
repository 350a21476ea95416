"""Any value in a few words, without what differs from run to run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, BaseMessage
from langgraph.types import Command, Interrupt
from pydantic import BaseModel

from course_utils.neighbours import langgraph
from course_utils.neighbours.langchain import DECISION_TYPES
from course_utils.printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 34
_LONGEST_INPUT = 60
_SHOWN = 4  # parts of a value that has many
_DEPTH = 4  # of values in values
_READ = 400  # characters of a text, of which a line shows the first
_BETWEEN_LINES = re.compile(r"\s+")
_MEMORY_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_SPEAKERS = ("user", "human", "ai", "assistant", "system")
_ROLES = {"human": "user", "ai": "model"}


def in_short(value: Any, longest: int = LONGEST) -> str:
    """Tell a value in one short line: no ids of calls and messages, no more than `longest`.

    Args:
        value: what was sent, asked, answered, or given to a graph.
        longest: how many characters the line may have.
    """
    line = _BETWEEN_LINES.sub(" ", printable(_told(value, _DEPTH))).strip()
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def given_in_short(given: Any) -> str:
    """Tell what a graph was called with: an input, None, or an answer."""
    if isinstance(given, Command):
        return f"resume: {in_short(_answers(given.resume))}"
    return f"input: {in_short(given, _LONGEST_INPUT)}"


def error_in_short(error: BaseException | str) -> str:
    """Tell an error by its kind and its first words."""
    if isinstance(error, str):
        return in_short(error)
    return in_short(f"{type(error).__name__}: {error}")


def _answers(resume: Any) -> Any:
    """Return answers that were given by the ids of their questions without these ids."""
    by_id = isinstance(resume, dict) and resume and all(map(langgraph.is_an_interrupt_id, resume))
    if not by_id:
        return resume
    values = list(resume.values())
    return values[0] if len(values) == 1 else values


def _told(value: Any, depth: int) -> str:
    if depth == 0:
        return "…"
    if isinstance(value, str):
        return value[:_READ]
    if isinstance(value, dict) and value:
        return _mapping(value, depth)
    if isinstance(value, list | tuple) and value:
        return _sequence(value, depth)
    return _object(value, depth)


def _object(value: Any, depth: int) -> str:
    if isinstance(value, BaseMessage):
        return _message(value, depth)
    if isinstance(value, Interrupt):
        return _told(value.value, depth)
    if isinstance(value, BaseModel) or hasattr(value, "__dataclass_fields__"):
        return _parts(getattr(value, "__dict__", {}), depth) or type(value).__name__
    try:
        return _MEMORY_ADDRESS.sub("", repr(value)[:_READ])
    except Exception:  # a stranger's __repr__ may raise anything
        return type(value).__name__


def _sequence(value: list[Any] | tuple[Any, ...], depth: int) -> str:
    if _is_said(value):
        return f"{value[0]}: {_told(value[1], depth - 1)}"
    return _many([_told(one, depth - 1) for one in value[:_SHOWN]], len(value))


def _is_said(value: list[Any] | tuple[Any, ...]) -> bool:
    """Tell a message that is written as a pair, as `("user", "Hello")`."""
    return len(value) == 2 and isinstance(value[0], str) and value[0] in _SPEAKERS


def _message(message: BaseMessage, depth: int) -> str:
    calls = message.tool_calls if isinstance(message, AIMessage) else []
    if calls:
        return _many([_call(call, depth) for call in calls[:_SHOWN]], len(calls))
    return f"{_ROLES.get(message.type, message.type)}: {message.text}"


def _mapping(value: Mapping[Any, Any], depth: int) -> str:
    alone = langgraph.call_in(value) or value
    if isinstance(alone.get("args"), dict) and "name" in alone:
        return _call(alone, depth)
    for key in ("action_requests", "decisions"):
        if isinstance(value.get(key), list):
            return _told(value[key], depth)
    if value.get("type") in DECISION_TYPES:
        said = [value[key] for key in ("edited_action", "message") if value.get(key)]
        return ": ".join([value["type"], *(_told(one, depth - 1) for one in said)])
    if list(value) == ["messages"]:
        return _told(value["messages"], depth)
    return _parts(value, depth)


def _call(call: Mapping[str, Any], depth: int) -> str:
    return f"{call['name']}({_parts(call['args'], depth)})"


def _parts(value: Mapping[Any, Any], depth: int) -> str:
    told = [f"{name}: {_told(part, depth - 1)}" for name, part in list(value.items())[:_SHOWN]]
    return _many(told, len(value))


def _many(told: list[str], number: int) -> str:
    return ", ".join(told if number <= _SHOWN else [*told, "…"])
