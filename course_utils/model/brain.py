"""The reply to a conversation: tool calls where something is asked, words everywhere else."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from course_utils.model import replies
from course_utils.model.arguments import read_arguments
from course_utils.model.requests import clause, clauses_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.messages import BaseMessage

    from course_utils.model.tools import Parameter, Tool

_PRONOUN = re.compile(r"\b(?:it|them|him|her|that|there|this)\b", re.IGNORECASE)


class Call(NamedTuple):
    """A tool call the model wants to make."""

    name: str
    args: dict[str, Any]


class Reply(NamedTuple):
    """What the model answers: words, calls, or both."""

    text: str
    calls: Sequence[Call] = ()


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
        return Reply(replies.greeting(tools, "hello"))
    request = str(last.text)
    if len(messages) > 2 and messages[-2].text.startswith(replies.ASKING):
        # An answer completes the request before it.
        request = f"{messages[-3].text.rstrip(' .!?')}, {request}"
    offered = [tool for tool in tools if choice in {"auto", "any", tool.name}]
    reply = _answer(request, offered)
    forced = choice not in {"auto", "none"} and not reply.calls
    return Reply("", [_forced_call(request, offered[0])]) if forced else reply


def _answer(request: str, tools: Sequence[Tool]) -> Reply:
    calls: list[Call] = []
    questions: list[str] = []
    clauses = clauses_of(request, tools)
    for asked, tool in ((asked, tool) for asked, tool in clauses if tool):
        for args in read_arguments(tool, asked.text):
            if _PRONOUN.search(asked.text):
                _refer_back(tool, args, calls, tools)
            missing = _word_missing(tool, args)
            if missing:
                questions.append(replies.ask_for(tool, missing))
            else:
                calls.append(_call(tool, args))
    if calls or questions:
        return Reply(" ".join(dict.fromkeys(questions)), calls)
    if any(asked.refused for asked, _ in clauses):
        return Reply("All right, I will not do that.")
    return Reply(replies.greeting(tools, request))


def _call(tool: Tool, args: dict[str, Any]) -> Call:
    return Call(tool.name, {p.name: args[p.name] for p in tool.parameters if p.name in args})


def _refer_back(tool: Tool, args: dict[str, Any], made: list[Call], tools: Sequence[Tool]) -> None:
    """Take "it", "them" or "there" to be what the call before in this request was about."""
    before = [p for call in made[-1:] for t in tools if t.name == call.name for p in t.parameters]
    given = {p.role: made[-1].args[p.name] for p in before if p.name in made[-1].args}
    for parameter in tool.parameters:
        if parameter.required and parameter.role in given:
            args.setdefault(parameter.name, given[parameter.role])


def _word_missing(tool: Tool, args: dict[str, Any]) -> list[Parameter]:
    """Word what nobody minds being worded for them, and list what must be asked for."""
    given = {p.role: str(args[p.name]) for p in tool.parameters if p.name in args}
    heading = " ".join(re.split(r"[.!?\n]", given.get("body", ""))[0].split()[:6])
    worded = {"reason": "No reason given", "subject": heading[:1].upper() + heading[1:] or "Hello"}
    if any(p.role == "subject" for p in tool.parameters):
        worded["body"] = given.get("subject", "Hello, this is a short message.")
    missing = [p for p in tool.parameters if p.required and p.name not in args]
    args |= {p.name: worded[p.role] for p in missing if p.role in worded}
    return [p for p in missing if p.name not in args]


def _forced_call(request: str, tool: Tool) -> Call:
    args = read_arguments(tool, clause(request).text)[0]
    args |= {p.name: request for p in _word_missing(tool, args) if p.takes_words}
    return _call(tool, args)


def _report(messages: Sequence[BaseMessage]) -> str:
    """Sum up the results that stand at the end of a conversation."""
    last = takewhile(lambda message: isinstance(message, ToolMessage), reversed(messages))
    results = [message for message in last if isinstance(message, ToolMessage)][::-1]
    asked = messages[-len(results) - 1 :][0]
    calls = {call["id"]: call for call in getattr(asked, "tool_calls", [])}
    text = replies.after_tools([(calls.pop(r.tool_call_id, None), r) for r in results])
    return f"{text} {replies.still_waiting([*calls.values()])}" if calls else text
