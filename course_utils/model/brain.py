"""The reply to a conversation: tool calls where something is asked, words everywhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from course_utils.model import replies
from course_utils.model.arguments import read_arguments
from course_utils.model.choice import choose, forced
from course_utils.model.clauses import clauses_of
from course_utils.model.request import clause
from course_utils.model.wording import word_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.messages import BaseMessage

    from course_utils.model.tools import Tool

_PRONOUN = re.compile(r"\b(?:it|them|him|her|that|there|this)\b", re.IGNORECASE)
_GREETING = re.compile(
    r"\W*(?:hi|hello|hey|good (?:morning|afternoon|evening)|thanks|thank you|how are you)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Call:
    """A tool call the model wants to make."""

    name: str
    args: dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """What the model answers: words, calls, or both."""

    text: str = ""
    calls: list[Call] = field(default_factory=list)


def reply_to(messages: Sequence[BaseMessage], tools: Sequence[Tool], choice: str = "auto") -> Reply:
    """Answer a conversation.

    Args:
        messages: the whole conversation; its last message decides what kind of reply is due.
        tools: the tools bound to the model.
        choice: `auto`, `none`, `any`, or the name of the tool to call.
    """
    last = messages[-1]
    if isinstance(last, ToolMessage):
        return Reply(_report(messages))
    if isinstance(last, AIMessage) and last.tool_calls:
        return Reply(replies.still_waiting(last.tool_calls))
    if not isinstance(last, HumanMessage):
        return Reply(replies.greeting(tools, understood=True))
    offered = [tool for tool in tools if choice in {"auto", "any", tool.name}]
    request = _request(messages)
    if choice not in {"auto", "none"}:
        return Reply(calls=_forced_calls(request, offered))
    return _answer(request, offered)


def _request(messages: Sequence[BaseMessage]) -> str:
    """The last words of the person, and the request before when they complete it."""
    said = messages[-1].text
    before = messages[-3:-1]
    if (
        len(before) == 2
        and isinstance(before[1], AIMessage)
        and before[1].text.startswith(replies.ASKING)
    ):
        return f"{before[0].text.rstrip(' .!?')}, {said}"
    return said


def _answer(request: str, tools: Sequence[Tool]) -> Reply:
    clauses = clauses_of(request, tools)
    calls: list[Call] = []
    questions: list[str] = []
    told = ""
    for asked in clauses:
        tool = choose(asked, tools)
        if tool is None:
            told = "" if asked.refused else f"{told}{asked.text}, "
            continue
        for args in _arguments(tool, asked.text, told):
            _refer_back(tool, args, asked.text, calls, tools)
            missing = word_missing(tool, args)
            if missing:
                questions.append(replies.ask_for(tool, missing))
            else:
                calls.append(Call(tool.name, _in_order(tool, args)))
        told = ""
    if calls or questions:
        return Reply(" ".join(dict.fromkeys(questions)), calls)
    if any(asked.refused for asked in clauses):
        return Reply(replies.refused())
    return Reply(replies.greeting(tools, understood=_greets(request)))


def _arguments(tool: Tool, text: str, told: str) -> list[dict[str, Any]]:
    """Read the arguments; where some are wanting, with what was told before.

    "We are out of eggs, add them to the list" is one request.
    """
    found = read_arguments(tool, text)
    wanting = any(p.required and p.name not in args for p in tool.parameters for args in found)
    return read_arguments(tool, f", {told}{text}") if told and wanting else found


def _refer_back(
    tool: Tool, args: dict[str, Any], text: str, calls: Sequence[Call], tools: Sequence[Tool]
) -> None:
    """Take "it", "them" or "there" to be what an earlier call in this request was about."""
    if not calls or not _PRONOUN.search(text):
        return
    before = next(tool for tool in tools if tool.name == calls[-1].name)
    given = {p.kind: calls[-1].args[p.name] for p in before.parameters if p.name in calls[-1].args}
    for parameter in tool.parameters:
        if parameter.required and parameter.name not in args and parameter.kind in given:
            args[parameter.name] = given[parameter.kind]


def _forced_calls(request: str, tools: Sequence[Tool]) -> list[Call]:
    calls = _answer(request, tools).calls
    if calls:
        return calls
    asked = clause(request)
    tool = forced(asked, tools)
    args = read_arguments(tool, asked.text)[0]
    for parameter in word_missing(tool, args):
        if parameter.takes_words:
            args[parameter.name] = request
    return [Call(tool.name, _in_order(tool, args))]


def _in_order(tool: Tool, args: dict[str, Any]) -> dict[str, Any]:
    return {p.name: args[p.name] for p in tool.parameters if p.name in args}


def _greets(request: str) -> bool:
    return bool(_GREETING.match(request))


def _report(messages: Sequence[BaseMessage]) -> str:
    """Sum up the results that stand at the end of a conversation."""
    results: list[ToolMessage] = []
    for message in reversed(messages):
        if not isinstance(message, ToolMessage):
            break
        results.insert(0, message)
    asked = messages[-len(results) - 1] if len(messages) > len(results) else None
    calls = {call["id"]: call for call in getattr(asked, "tool_calls", [])}
    text = replies.after_tools([(calls.get(r.tool_call_id), r) for r in results])
    answered = {r.tool_call_id for r in results}
    waiting = [call for call in calls.values() if call["id"] not in answered]
    return f"{text} {replies.still_waiting(waiting)}" if waiting else text
