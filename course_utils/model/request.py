"""A request, taken apart: the clauses in which a person asks for one thing each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from course_utils.model.values import find_values
from course_utils.model.words import plain, stem, words

if TYPE_CHECKING:
    from collections.abc import Callable

# What may stand before the thing asked.
_POLITE = re.compile(
    r"^(?:[\s,;:.!]|(?:hi|hello|hey|ok(?:ay)?|so|well|now|then|also|and|plus|but|instead|actually"
    r"|please|kindly|just|first|next|finally|after that|afterwards|great|thanks|thank you"
    r"|good (?:morning|afternoon|evening)|(?:can|could|would|will) (?:you|we|i)|would you mind"
    r"|(?:i|we) (?:need|want|would like|have)(?: you)? to|(?:i'd|we'd) like(?: you)? to"
    r"|i (?:need|want|would like)|i'd like|let's|let us|go ahead and|make sure (?:to|you)"
    r"|be sure to|remember to|don't forget to|do not forget to|help me(?: to)?|try to"
    r"|use the tool to|i was wondering if you could|(?:is it possible|i am trying|i'm trying) to)"
    r"(?=[\s,;:.!]|$))+",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"^(?:do not|don't|dont|never|(?:there is )?no need to|(?:i|we) (?:do not|don't) want"
    r"|(?:you )?(?:should|must|can) ?(?:not|n't)|stop|avoid|forget (?:it|that|about)"
    r"|cancel that|scrap that|skip|hold off|not)\b",
    re.IGNORECASE,
)
_KEEPS = re.compile(
    r"^(?:do not|don't|dont|never) (?:forget|hesitate|let me forget)", re.IGNORECASE
)
_LINK = r"(?:and then|and also|as well as|then|and|also|plus|but)"
_BREAK = re.compile(
    r"(?<!\bMr)(?<!\bDr)(?<!\bMs)(?<!\bSt)(?<!\bMrs)[.!?;](?=\s|$)\s*|\n+"
    rf"|,?\s+{_LINK}\s+|,\s+",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"\b(?:saying|that says|which says|telling (?:him|her|them)|to (?:say|tell)"
    r"|let(?:ting)? \w+ know|(?:body|message|content|text|note|description)\s*[:=])",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"^(?:what|which|who|whom|whose|how|when|where|why|is|are|was|were|will|does|do|did|has|have"
    r"|had|should|am)\b|\?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Clause:
    """One thing asked, or said.

    Attributes:
        text: the words, without the polite ones before them.
        refused: whether they say not to do it.
        question: whether they ask for an answer.
        wish: whether polite or wishing words came first ("please", "I need").
    """

    text: str
    refused: bool = False
    question: bool = False
    wish: bool = False

    @property
    def opening(self) -> str:
        """The stem of its first word."""
        first = words(plain(self.text))[:1]
        return stem(first[0]) if first else ""


def clause(text: str) -> Clause:
    """Read one clause: what is asked, and whether it is refused."""
    text = text.strip()
    polite = _POLITE.match(text)
    if polite and "forget to" in polite.group().casefold():
        rest = text[polite.end() :].strip(" ,")
        return Clause(rest, wish=True)
    bare = text[polite.end() :].strip(" ,") if polite else text
    keeps = _KEEPS.match(bare)
    refused = bool(_NEGATION.match(bare) and not keeps)
    wish = bool(polite and re.search(r"[a-z]", polite.group(), re.IGNORECASE))
    return Clause(bare, refused, bool(_QUESTION.search(bare)), wish)


def split(text: str, opens: Callable[[Clause, str], bool]) -> list[Clause]:
    """Split a request where a new thing is asked.

    Args:
        text: the person's words.
        opens: told a clause and the words before it, says whether the clause asks for something
            new. One that does not ("Subject: Lunch") belongs to what came before.

    Returns:
        The clauses, in order; at least one when there are words at all.
    """
    pieces = _pieces(text)
    starts = [0]
    for start, end in pieces[1:]:
        candidate = clause(text[start:end])
        if candidate.refused or opens(candidate, text[starts[-1] : start]):
            starts.append(start)
    ends = [*starts[1:], len(text)]
    parts = [_trim(text[start:end]) for start, end in zip(starts, ends, strict=True)]
    return [clause(part) for part in parts if part]


def in_spoken_words(before: str) -> bool:
    """Tell whether the words before a break begin what someone says, which may hold an "and"."""
    return bool(_SPOKEN.search(before))


def _pieces(text: str) -> list[tuple[int, int]]:
    """Cut at every mark and word that could end a clause, outside quotes and values."""
    kept = find_values(text)
    ends = [
        match.end()
        for match in _BREAK.finditer(text)
        if not any(v.start < match.end() and match.start() < v.end for v in kept)
    ]
    return [(start, end) for start, end in pairwise([0, *ends, len(text)]) if start < end]


def _trim(text: str) -> str:
    return re.sub(rf"(?:[\s,;]|\b{_LINK})+$", "", text, flags=re.IGNORECASE).strip()
