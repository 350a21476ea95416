"""What the model words by itself, and what it would rather ask for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course_utils.model.tools import Parameter, Tool

# What nobody minds being worded for them. Addresses, amounts and the like are asked for instead.
_WORDED = {"subject", "body", "reason"}
_NEUTRAL = {"normal", "medium", "default", "standard"}


def word_missing(tool: Tool, args: dict[str, Any]) -> list[Parameter]:
    """Word what may be worded, and list what must be asked for."""
    missing = [p for p in tool.parameters if p.required and p.name not in args]
    for parameter in missing:
        worded = _wording(parameter, tool, args)
        if worded is not None:
            args[parameter.name] = worded
    return [parameter for parameter in missing if parameter.name not in args]


def _wording(parameter: Parameter, tool: Tool, args: dict[str, Any]) -> Any:
    if parameter.kind == "enum":
        return next((o for o in parameter.options if str(o).casefold() in _NEUTRAL), None)
    if parameter.kind not in _WORDED or (parameter.kind == "body" and not _can_be_worded(tool)):
        return None
    given = {p.kind: args[p.name] for p in tool.parameters if p.name in args}
    if parameter.kind == "reason":
        return "No reason given"
    if parameter.kind == "subject":
        return _heading(str(given["body"])) if "body" in given else "Hello"
    return (
        str(given["subject"])
        if given.get("subject") not in {None, "Hello"}
        else "Hello, this is a short message."
    )


def _can_be_worded(tool: Tool) -> bool:
    return any(p.kind in {"email", "subject"} for p in tool.parameters)


def _heading(text: str) -> str:
    first = re.split(r"[.!?\n]", text)[0].split()
    heading = " ".join(first[:6])
    return heading[:1].upper() + heading[1:]
