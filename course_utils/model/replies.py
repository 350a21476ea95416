"""What the model says when it does not call a tool."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.messages import ToolCall, ToolMessage

    from course_utils.model.tools import Parameter, Tool

ASKING = "Before I can use "
_GREETING = re.compile(
    r"(?i)\W*(?:hi|hello|hey|good (?:morning|afternoon|evening)|thanks|thank you|how are you)\b"
)
_REFUSED = re.compile(
    r"(?i)(?:the |this |an? )?(?:(?:tool|action|call|request|user|human|person|reviewer|operator"
    r"|it|was|has|been|by|you|not) )*"
    r"(?:rejected|declined|denied|refused|disapproved|not approved|not run|cancell?ed|vetoed)"
)
_STOCK_REASON = re.compile(r"(?:user )?rejected the tool call for .* with id \S+$", re.I | re.S)


def after_tools(results: Sequence[tuple[ToolCall | None, ToolMessage]]) -> str:
    """Say what came of the calls, one sentence each; what was not done is never called done."""
    done = [_sentence(_content(message)) for _, message in results if not _was_stopped(message)]
    stopped = [_not_done(call, message) for call, message in results if _was_stopped(message)]
    return " ".join(["Done:", *done, *stopped] if done else stopped)


def still_waiting(calls: Sequence[ToolCall]) -> str:
    """Say that some calls have no result yet."""
    return "No result yet for " + ", ".join(call["name"] for call in calls) + "."


def greeting(tools: Sequence[Tool], said: str) -> str:
    """Say what the bound tools can do, to a person who greets or says what is not understood."""
    known = _GREETING.match(said)
    opening = "Hello." if known else "I did not understand that as something I can do."
    if not tools:
        return f"{opening} I am the offline model of this course, and I have no tools to use here."
    abouts = {tool.name: re.split(r"\n|\. ", tool.about.strip())[0].strip(" .") for tool in tools}
    skills = "; ".join(f"{name} ({about})" if about else name for name, about in abouts.items())
    return f"{opening} I can use these tools: {skills}. Tell me which, with the details it needs."


def ask_for(tool: Tool, missing: Sequence[Parameter]) -> str:
    """Ask for what the request left out and nobody should invent."""
    wanted = []
    for parameter in missing:
        name, more = " ".join(parameter.words), ", ".join(map(str, parameter.options))
        if parameter.role == "email":
            name, more = "e-mail address", parameter.name
        wanted.append(f"the {name} ({more})" if more else f"the {name}")
    last = " and ".join(filter(None, [", ".join(wanted[:-1]), wanted[-1]]))
    return f"{ASKING}{tool.name} I need {last}. Please tell me."


def _was_stopped(message: ToolMessage) -> bool:
    return message.status == "error" or bool(_REFUSED.match(_content(message)))


def _not_done(call: ToolCall | None, message: ToolMessage) -> str:
    # The first argument, where it is one short text, tells two calls of a tool apart.
    first = next(iter(call["args"].values()), "") if call else ""
    to = f" for {first}" if first and isinstance(first, str) and len(first) <= 40 else ""
    named = f"Not done: {call['name'] if call else message.name or 'the tool'}{to}"
    reason = _content(message)
    if _STOCK_REASON.match(reason) or not reason:
        return f"{named} was rejected."
    return f"{named}. {_sentence(reason)}"


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
