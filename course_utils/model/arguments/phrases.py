"""Arguments that a preposition leads: "from Paris", "in the kitchen", "to the archive folder"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from course_utils.model.arguments.convert import fit
from course_utils.model.arguments.reading import sentence, tidy
from course_utils.model.lexicon import PREPOSITIONS
from course_utils.model.words import GENERIC, alike, plain, stem, stems, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from course_utils.model.arguments.reading import Reading
    from course_utils.model.tools import Parameter, Tool

# The prepositions that lead to each kind, the likeliest first.
_LEADS = {
    "place": "in at near for from to around of on",
    "name": "for with to by from at under in",
    "unit": "to into in",
    "language": "into to in from",
    "currency": "to into in from",
    "channel": "in to on from",
    "path": "in into to from at",
    "text": "in to on from for into under at as of",
    "author": "by from of",
    "subject": "about on regarding",
    "reason": "for because",
    "id": "for",
}
_TOWARDS = {"to", "into", "until", "in", "for"}
# Kinds of which several, given for one, mean a call for each.
SCATTERED = {"ticker", "email", "path", "place", "id", "language", "url", "channel"}
_KIND_NOUNS = {"path": ("file", "folder", "directory"), "channel": ("channel",)}
_OWNERS = {"name", "place", "text"}
_SENTENCES = {"body", "subject", "query", "reason"}
_VERB = re.compile(
    r"\b(?:is|are|was|were|isn't|aren't|has|have|had|will|won't|can|can't|does|did)\b",
    re.IGNORECASE,
)
# Small words, then a name: "leaving Vienna".
_NAMED = re.compile(r"(?:[a-z]\w*\s+)+([A-Z][\w'.-]*(?:\s+[A-Z][\w'.-]*)*)")
_NOT_OF = "|".join(word for word in PREPOSITIONS if word != "of")
_CUT = re.compile(
    rf"(?<!\bMr)(?<!\bDr)(?<!\bMs)(?<!\bMrs)[,;:.!?](?=\s|$)|\b(?:{_NOT_OF})\b", re.IGNORECASE
)


def by_phrase(reading: Reading) -> None:
    """Give each parameter the prepositional phrase that suits it best."""
    pairs = [
        (suits, -place, -start, parameter, start, end)
        for place, parameter in enumerate(reading.open())
        for lead, start, end in reading.phrases()
        if (suits := _suits(reading.tool, parameter, lead, reading.text[start:end])) > 0
    ]
    for *_, parameter, start, end in sorted(pairs, key=lambda pair: pair[:3], reverse=True):
        if parameter.name not in reading.args and reading.is_free(start, end):
            take_words(reading, parameter, start, end)
            if parameter.kind in SCATTERED:
                _take_likewise(reading, parameter, end)


def side_score(parameter: Parameter, lead: str) -> float:
    """Score a preposition for a name that takes a side: from_account, target_currency."""
    if parameter.takes_side("to"):
        return 3.0 if lead in _TOWARDS else -2.5 if lead == "from" else 0.0
    if parameter.takes_side("from"):
        return 3.0 if lead == "from" else -2.5 if lead in _TOWARDS else 0.0
    return 2.0 if lead and lead in parameter.words else 0.0


def take_words(reading: Reading, parameter: Parameter, start: int, end: int) -> None:
    """Give a parameter the words of a stretch, as a list or a call for each where that is meant."""
    found = words_for(parameter, reading, start, end)
    parts = listed(found)
    if not parts:
        return
    if parameter.kind == "array" and parameter.item:
        reading.args[parameter.name] = [fit(parameter.item, part) for part in parts]
    else:
        several = parameter.kind in SCATTERED or _in_plural(reading)
        given = parts if several else [found]
        fitted = [fit(parameter, one) for one in given]
        if fitted[0] is None:
            return
        reading.give_several(parameter, fitted)
    reading.take(start, end)


def _in_plural(reading: Reading) -> bool:
    """Tell whether several of the tool's things are meant: "delete the users amy and ben"."""
    plurals = (word for word in words(reading.text) if word.endswith("s"))
    return any(stem(word) in reading.tool.name_stems for word in plurals)


def words_for(parameter: Parameter, reading: Reading, start: int, end: int) -> str:
    """Tidy a stretch of words for a parameter.

    A sentence keeps its article ("the build is green"); what somebody owns goes ("Dana's leave").
    """
    text = reading.text
    if parameter.kind in _SENTENCES and _VERB.search(text[start:end]):
        article = re.search(r"\b(?:the|an?|my|our)\s+$", text[:start], re.IGNORECASE)
        return sentence(text[article.start() if article else start : end])
    found = _without_own(parameter, tidy(text[start:end]), reading.tool)
    named = _NAMED.fullmatch(found) if parameter.kind in {"place", "name"} else None
    if named:
        return named.group(1)
    owner = re.fullmatch(r"(.+?)['\u2019]s(\s.+)?", found)
    following = re.match(r"\s+([^\W\d]+)", text[end:])
    owns = owner and (owner.group(2) or (following and following.group(1) not in PREPOSITIONS))
    return owner.group(1) if owner and owns and parameter.kind in _OWNERS else found


def listed(text: str) -> list[str]:
    """Split "Paris, Rome and Oslo"; "San Francisco, CA" is one, for no "and" makes it a list."""
    if not re.search(r"\s(?:and|&)\s", text):
        return [text] if text else []
    parts = re.split(r",(?!\s*[A-Z]{2}\b)\s*(?:and\s+)?|\s+(?:and|&)\s+", text)
    return [part for part in map(tidy, parts) if part]


def cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a stretch at marks and prepositions, which no name or place goes across."""
    cuts = [match.span() for match in _CUT.finditer(text, start, end)]
    starts = [start, *(stop for _, stop in cuts)]
    return list(zip(starts, [*(begin for begin, _ in cuts), end], strict=True))


def only_names_tool(text: str, tool: Tool) -> bool:
    """Tell whether words say nothing but which tool is meant: "on my calendar"."""
    names = {*tool.name_stems, *stems(tool.about)} - GENERIC
    return all(any(alike(said, name) for name in names) for said in stems(plain(text)))


def _suits(tool: Tool, parameter: Parameter, lead: str, text: str) -> float:
    kind = parameter.item.kind if parameter.item else parameter.kind
    if kind in {"query", "email"} or not _without_own(parameter, tidy(text), tool):
        return 0.0
    own = {stem(word) for word in parameter.words}
    if only_names_tool(text, tool) and not own & set(stems(text)):
        return 0.0
    leads = _LEADS.get(kind, "").split()
    suits = side_score(parameter, lead)
    suits += 2.0 - 0.15 * leads.index(lead) if lead in leads else 0.0
    suits += 2.5 if any(_is_own(word, parameter.words) for word in text.split()) else 0.0
    suits += 2.5 if lead == "by" and _acts(parameter, tool) else 0.0
    if suits and kind in {"place", "name"}:
        suits += 0.5 if re.search(r"(?:^|\s)[A-Z]", text) else -0.3
    return suits


def _acts(parameter: Parameter, tool: Tool) -> bool:
    """Tell whether a parameter is who does what the tool does: the adopter of adopt_pet."""
    return any(w.endswith(("er", "or")) and stem(w) in tool.name_stems for w in parameter.words)


def _take_likewise(reading: Reading, parameter: Parameter, end: int) -> None:
    """Take the phrases that go on in the same way: "in Rome and in Oslo"."""
    for _, start, stop in reading.phrases():
        linked = re.search(r"\band\s+\w+$", reading.text[:start].rstrip())
        if start > end and linked and linked.start() <= end + 5:
            one = fit(parameter, words_for(parameter, reading, start, stop))
            several = reading.several.setdefault(parameter.name, [reading.args[parameter.name]])
            several.append(one)
            reading.take(start, stop)
            end = stop


def _without_own(parameter: Parameter, text: str, tool: Tool) -> str:
    """Drop a parameter's own name from its value: "the archive folder" is a folder called archive.

    What is part of a name stays: Mexico City, the living room.
    """
    own = {*parameter.words, *_KIND_NOUNS.get(parameter.kind, ())}
    tail = set(own)
    if parameter.kind in {"text", "ticker"}:
        tail |= {*tool.name_stems, *(word for p in tool.parameters for word in p.words)}
    kept = text.split()
    while kept and _is_own(kept[-1], tail - {"room"}):
        kept.pop()
    while len(kept) > 1 and _is_own(kept[0], own):
        kept.pop(0)
    return tidy(" ".join(kept))


def _is_own(word: str, own: Iterable[str]) -> bool:
    """Tell whether a word is one of these, or short for one: repo, repository. A capital names."""
    return not word[0].isupper() and any(
        stem(word) == stem(other) or (len(other) > 2 and word.casefold().startswith(other))
        for other in own
    )
