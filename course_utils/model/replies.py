"""What the model says when it does not call a tool."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.messages import ToolCall, ToolMessage

    from course_utils.model.tools import Parameter, Tool

ASKING = "Before I can use "
_REFUSED = re.compile(
    r"^(?:the |this |an? )?(?:(?:tool|action|call|request|user|human|person|reviewer|operator"
    r"|it|was|has|been|by|you|not) )*"
    r"(?:rejected|declined|denied|refused|disapproved|not approved|not run|cancell?ed|vetoed)",
    re.IGNORECASE,
)
_STOCK_REASON = re.compile(
    r"^(?:user )?rejected the tool call for .* with id \S+$", re.IGNORECASE | re.DOTALL
)


def after_tools(results: Sequence[tuple[ToolCall | None, ToolMessage]]) -> str:
    """Say what came of the calls, one sentence each; what was not done is never called done."""
    done = [_content(message) for _, message in results if not _was_stopped(message)]
    sentences = ["Done: " + " ".join(map(_sentence, done))] if done else []
    sentences += [_not_done(call, message) for call, message in results if _was_stopped(message)]
    return " ".join(sentences)


def still_waiting(calls: Sequence[ToolCall]) -> str:
    """Say that some calls have no result yet."""
    return "No result yet for " + ", ".join(call["name"] for call in calls) + "."


def greeting(tools: Sequence[Tool], understood: bool) -> str:
    """Say what the bound tools can do."""
    opening = "Hello." if understood else "I did not understand that as something I can do."
    if not tools:
        return f"{opening} I am the offline model of this course, and I have no tools to use here."
    skills = "; ".join(_skill(tool) for tool in tools)
    return f"{opening} I can use these tools: {skills}. Tell me which, with the details it needs."


def refused() -> str:
    """Say that nothing will be done."""
    return "All right, I will not do that."


def ask_for(tool: Tool, missing: Sequence[Parameter]) -> str:
    """Ask for what the request left out and nobody should invent."""
    wanted = [_wanted(parameter) for parameter in missing]
    last = " and ".join(filter(None, [", ".join(wanted[:-1]), wanted[-1]]))
    return f"{ASKING}{tool.name} I need {last}. Please tell me."


def _wanted(parameter: Parameter) -> str:
    if parameter.kind == "email":
        return f"the e-mail address ({parameter.name})"
    name = "the " + " ".join(parameter.words)
    options = ", ".join(map(str, parameter.options))
    return f"{name} ({options})" if options else name


def _skill(tool: Tool) -> str:
    about = tool.about.strip().split("\n")[0].split(". ")[0].strip(" .")
    return f"{tool.name} ({about})" if about else tool.name


def _was_stopped(message: ToolMessage) -> bool:
    return message.status == "error" or bool(_REFUSED.match(_content(message)))


def _not_done(call: ToolCall | None, message: ToolMessage) -> str:
    name = call["name"] if call else message.name or "the tool"
    to = f" for {_whom(call)}" if call and _whom(call) else ""
    reason = _content(message)
    if _STOCK_REASON.match(reason) or not reason:
        return f"Not done: {name}{to} was rejected."
    return f"Not done: {name}{to}. {_sentence(reason)}"


def _whom(call: ToolCall) -> str:
    """The first argument that is one short text, to tell two calls of a tool apart."""
    first: Any = next(iter(call["args"].values()), "")
    return first if isinstance(first, str) and len(first) <= 40 else ""


def _content(message: ToolMessage) -> str:
    text = message.text.strip()
    try:
        held = json.loads(text)
    except ValueError:
        return text
    if isinstance(held, dict):
        return ", ".join(f"{key} {value}" for key, value in held.items())
    return ", ".join(map(str, held)) if isinstance(held, list) else str(held)


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."
