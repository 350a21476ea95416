"""What a request asks of which tool: it is split, and each part goes to the tool that fits best."""

from __future__ import annotations

import re
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from course_utils.model.values import find_values, without_values
from course_utils.model.words import KNOWN_VERBS, STOP, nearest, stem, stems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from course_utils.model.tools import Tool

# What may stand before the thing asked.
_POLITE = re.compile(
    r"(?i)(?:[\s,;:.!]|(?:hi|hello|hey|ok(?:ay)?|so|now|then|also|and|plus|but|instead|please"
    r"|kindly|just|first|next|finally|after that|great|thanks|thank you|let's|go ahead and"
    r"|make sure|good (?:morning|afternoon|evening)|(?:can|could|would|will) (?:you|we|i)"
    r"|(?:i'd like|we'd like|(?:i|we) (?:need|want|would like|have))(?: you)?(?: to)?"
    r"|(?:remember|(?:don't|do not) forget|help me|try) to|(?:tell|give) me)(?=[\s,;:.!]|$))+"
)
_REFUSAL = re.compile(
    r"(?i)(?:no,? )?(?:do not|don't|dont|never|no need to|(?:i|we) (?:do not|don't) want|(?:you )?"
    r"(?:should|must|can)(?: ?not|n't)|stop|avoid|forget (?:it|that)|cancel that|skip|not)\b"
)
_QUESTION = re.compile(r"(?i)(?:what|which|who|how|when|where|why|is|are|was|will|does|do|did)\b")
_REMARK = re.compile(
    r"(?i)(?:i|i'm|i've|we|he|she|they|it|you|my|our|why|how (?:do|can) \w+|\w+ (?:forgot|lost))\b"
)
# The first word that tells, which is not "get" or "make".
_OPENING = re.compile(r"(?:(?:get|set|make|do|give|take|put) (?:(?:the|an?|my|me) )?)?(\w+)", re.I)
_LINK = r"(?:and then|and also|then|and|also|but)"
_BREAK = re.compile(rf"{STOP}\s*|\n+|,?\s+{_LINK}\s+|,\s+", re.IGNORECASE)
# From here on the words are for somebody else, and say nothing about the tool.
_FOR_OTHERS = re.compile(r"\b(?:saying|that|subject|body|titled|because)\b.*|\w\s*:.*", re.I | re.S)
# What a word is worth in a tool's name, description and parameters; and what else counts.
_WORTH = (3.0, 1.0, 0.7)
_FORM, _VERB, _EXCLUDED, _ENOUGH = 0.8, 2.0, -6.0, 2.0
_LOOKING = frozenset(stems("show check find fetch read view search look list"))


class Clause(NamedTuple):
    """One thing asked, or refused, without the polite words that make it a wish ("please").

    The opening is the stem of the first word that tells something.
    """

    text: str
    opening: str
    refused: bool
    wish: bool
    question: bool


def clause(text: str) -> Clause:
    """Read one clause, without the link at its end."""
    text = re.sub(rf"(?:[\s,;]|\b{_LINK})+$", "", text, flags=re.IGNORECASE)
    polite = _POLITE.match(text)
    wish = bool(polite and re.search(r"\w", polite[0]))
    bare = text[polite.end() :].strip() if polite else text
    first = _OPENING.match(bare)
    refused, question = (bool(kind.match(bare)) for kind in (_REFUSAL, _QUESTION))
    return Clause(bare, stem(first[1]) if first else "", refused, wish, question)


def clauses_of(request: str, tools: Sequence[Tool]) -> list[tuple[Clause, Tool | None]]:
    """Split a request into the things asked, each with the tool that is meant, in order."""
    kept = find_values(request)
    breaks = [
        match.end()
        for match in _BREAK.finditer(request)
        if not any(v.start < match.end() and match.start() < v.end for v in kept)
    ]
    starts = [0]
    for start, end in pairwise([*breaks, len(request)]):
        if _opens(clause(request[start:end]), request[starts[-1] : start], tools):
            starts.append(start)
    found = [clause(request[start:end]) for start, end in pairwise([*starts, len(request)])]
    chosen = [(asked, _choose(asked, tools)) for asked in found]
    return [(part, tool) for asked, tool in chosen for part in _parts(asked, tool)]


def _choose(asked: Clause, tools: Sequence[Tool]) -> Tool | None:
    if not tools or asked.refused or (_REMARK.match(asked.text) and not asked.wish):
        return None
    score, best = max(((_score(asked, one, tools), one) for one in tools), key=itemgetter(0))
    return best if score >= _ENOUGH else None


def _opens(asked: Clause, before: str, tools: Sequence[Tool]) -> bool:
    """Tell whether a clause asks for something new; "subject: Lunch" belongs to what came before.

    What somebody is to be told may hold a wish, a question or another verb.
    """
    tool = _choose(asked, tools)
    if asked.refused or tool is None:
        return asked.refused
    told = _FOR_OTHERS.search(without_values(before))
    if told and not told[0].startswith("because"):
        return asked.opening in tool.stems[0]
    return asked.wish or asked.question or _opens_with(asked, tool) > 0


def _parts(asked: Clause, tool: Tool | None) -> list[Clause]:
    """Give back what a second half left out: "pay Jo 5 euros and Al 6 euros" is two payments."""
    halves = re.split(r",?\s+and\s+", asked.text)
    kinds = [sorted(value.kind for value in find_values(half)) for half in halves]
    both = tool and len(halves) == 2 and all(without_values(half).strip() for half in halves)
    if not both or kinds[0] != kinds[1] or not set(kinds[0]) - {"quote", "email"}:
        return [asked]
    return [clause(halves[0]), clause(f"{asked.text.split()[0]} {halves[1]}")]


def _score(asked: Clause, tool: Tool, tools: Sequence[Tool]) -> float:
    """Score how well a clause fits a tool: its words, its values, its verb."""
    if _excludes(asked, tool):
        return _EXCLUDED
    said = stems(_FOR_OTHERS.sub("", without_values(asked.text)) or asked.text)
    forms = {value.kind for value in find_values(asked.text)} - {"quote", "number"}
    by_form = _FORM * sum(p.required and bool(forms & {*p.forms[:1]}) for p in tool.parameters)
    by_word = sum(_word_score(word, tool, tools) for word in dict.fromkeys(said))
    return by_word + by_form + _VERB * _opens_with(asked, tool)


def _word_score(word: str, tool: Tool, tools: Sequence[Tool]) -> float:
    """Score how near a word is to what tells of a tool, less when it is as near to other tools."""
    scores = []
    for place, worth in enumerate(_WORTH):
        near = nearest(word, tool.stems[place])
        sharing = sum(nearest(word, other.stems[place]) >= near for other in tools)
        scores.append(worth * near / sharing)
    return max(scores)


def _opens_with(asked: Clause, tool: Tool) -> float:
    """Score how far the first word of a clause says what a tool does."""
    name, about, _ = tool.stems
    return nearest(asked.opening, [*name, *about[:1]])


def _excludes(asked: Clause, tool: Tool) -> bool:
    """Tell whether a clause asks for something else than the tool does, or asks to know."""
    name, about, _ = tool.stems
    if asked.question or asked.opening in _LOOKING - {*name}:
        return bool(set(name[:1]) & (KNOWN_VERBS - _LOOKING))
    return asked.opening in KNOWN_VERBS and not nearest(asked.opening, [*name, *about])
