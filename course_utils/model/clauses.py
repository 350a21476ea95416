"""The clauses of a request, told apart by whether each asks for something of a tool."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from course_utils.model.choice import choose, names_tool, opens_with
from course_utils.model.request import Clause, clause, in_spoken_words, split
from course_utils.model.values import find_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from course_utils.model.tools import Tool


def clauses_of(request: str, tools: Sequence[Tool]) -> list[Clause]:
    """Split a request into the things asked of these tools, in order."""

    def opens(asked: Clause, before: str) -> bool:
        tool = choose(asked, tools)
        if tool is None:
            return False
        named = names_tool(asked, tools)
        if in_spoken_words(before):
            return named is not None and named is tool
        return named is tool or asked.wish or asked.question or _acts_first(asked, tool)

    clauses = split(request, opens)
    if len(clauses) > 1 and not any(choose(asked, tools) for asked in clauses):
        refused = [asked for asked in clauses if asked.refused]
        return refused or [clause(request)]
    return [part for asked in clauses for part in _in_full(asked, tools)]


def _in_full(asked: Clause, tools: Sequence[Tool]) -> list[Clause]:
    """Give back what a second half left out: "pay Jo 5 euros and Al 6 euros" is two payments."""
    halves = re.split(r",?\s+and\s+", asked.text)
    kinds = [sorted(value.kind for value in find_values(half)) for half in halves]
    alone = any(not re.search(r"[a-z]", _without_values(half), re.IGNORECASE) for half in halves)
    if (
        len(halves) != 2
        or alone
        or not kinds[0]
        or kinds[0] != kinds[1]
        or not choose(asked, tools)
    ):
        return [asked]
    if kinds[0] in (["quote"], ["email"]):
        return [asked]
    verb = asked.text.split()[0]
    return [replace(asked, text=halves[0]), replace(asked, text=f"{verb} {halves[1]}")]


def _without_values(text: str) -> str:
    for value in reversed(find_values(text)):
        text = text[: value.start] + text[value.end :]
    return text


def _acts_first(asked: Clause, tool: Tool) -> bool:
    return asked.text[:1].isalpha() and opens_with(asked, asked.opening, tool) > 0
