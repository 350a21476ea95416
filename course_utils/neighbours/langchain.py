"""What is used of LangChain that it does not promise.

Seen in langchain 1.5.2, langchain-core 1.8.3.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from langchain_core.tools.base import _is_injected_arg_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langchain.agents.middleware.human_in_the_loop import ActionRequest

# As in langchain.agents.middleware.human_in_the_loop, which takes most of a second to import.
DecisionType = Literal["approve", "edit", "reject", "respond"]
DECISION_TYPES: tuple[DecisionType, ...] = ("approve", "edit", "reject", "respond")
"""The kinds of decision, in LangChain's order."""

_EDITED_CALLS = "hitl_edited_tool_calls"
_OF_MIDDLEWARE = re.compile(r"(\w+)\.(?:before|after)_(?:model|agent)")
_ONE_TEXT = "__arg1"
_REJECTED = re.compile(
    r"User rejected the tool call for `[^`]*` with (?:reason: (?P<reason>.*)|id .*)", re.S
)


def edited_calls(values: Any) -> Mapping[str, Any]:
    """Return the calls which a person has edited in HumanInTheLoopMiddleware, by their ids.

    Args:
        values: the state of an agent.
    """
    edited = values.get(_EDITED_CALLS) if isinstance(values, dict) else None
    return edited if isinstance(edited, dict) else {}


def named_node(name: str) -> str:
    """Name a node for a person: of a middleware's node, the middleware."""
    of_middleware = _OF_MIDDLEWARE.fullmatch(name)
    return f"the middleware {of_middleware[1]}" if of_middleware else name


def own_words(asked: ActionRequest) -> str:
    """Return what is said of a call, without the arguments that LangChain repeats in it."""
    repeated = f"Tool: {asked['name']}\nArgs: {asked['args']}"
    return asked.get("description", "").removesuffix(repeated).strip()


def reason_told(words: str) -> str | None:
    """Return the reason that the middleware passes on in the place of a rejected call's result.

    Args:
        words: of a tool message.

    Returns:
        "" where the person gave no reason, None where the words are not the middleware's.
    """
    found = _REJECTED.fullmatch(words)
    return None if found is None else found["reason"] or ""


def schema_of_one_text() -> dict[str, Any]:
    """Return the schema of LangChain's oldest tools, which take one text."""
    text = {"type": "string", "title": "Input"}
    return {"type": "object", "properties": {_ONE_TEXT: text}, "required": [_ONE_TEXT]}


def decisions_per_call(schema: Mapping[str, Any]) -> list[str]:
    """Return the kinds of decision that HumanInTheLoopMiddleware takes on a call asked by itself.

    Args:
        schema: the question's `response_schema`, perhaps empty.
    """
    return list(_part(schema, "discriminator", "mapping")) or ["approve", "reject"]


def arguments_per_call(schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the JSON schema of such a call's arguments, None where the question carries none.

    Args:
        schema: the question's `response_schema`, perhaps empty.
    """
    arguments = _part(schema, "$defs", "EditedAction", "properties", "args")
    return {**arguments, "$defs": _part(schema, "$defs")} if arguments else None


def _part(schema: Any, *path: str) -> dict[str, Any]:
    """Return a part of what a stranger wrote, or an empty one where it is something else."""
    for step in path:
        schema = schema.get(step) if isinstance(schema, dict) else None
    return schema if isinstance(schema, dict) else {}


def is_injected(annotation: Any) -> bool:
    """Tell whether an argument of this type comes from the run, and not from a tool's caller."""
    return _is_injected_arg_type(annotation)
