"""Arguments that nothing announces: what is left once the other words are used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from course_utils.model.arguments.phrases import cut, only_names_tool, take_words
from course_utils.model.lexicon import PHRASES, PREPOSITIONS, STOP_WORDS, each
from course_utils.model.words import alike, stem, stems, words

if TYPE_CHECKING:
    from course_utils.model.arguments.reading import Reading
    from course_utils.model.tools import Tool

_TAKES_THE_REST = {"author", "place", "path", "unit", "channel", "duration"}
_WHOLE = {"query", "task", "body", "subject"}
_OPENERS = {
    *PREPOSITIONS,
    *each("a an the me us my our to for that please put off on line quick short note"),
}
_TOKEN = re.compile(r"[^\s,;:.!?\"\u201c\u201d]+(?:[.:][^\s,;:.!?]+)*")

Tokens = list[re.Match[str]]


def left_over(reading: Reading) -> None:
    """Give what is left to the parameters a call cannot do without, free words first."""
    for parameter in sorted(reading.open(), key=lambda p: p.kind not in {"query", "task"}):
        kind = parameter.item.kind if parameter.item else parameter.kind
        if parameter.required and (parameter.takes_words or kind in _TAKES_THE_REST):
            span = _rest(reading, whole=kind in _WHOLE)
            if span and not (kind in _WHOLE and _says_nothing(reading, *span)):
                take_words(reading, parameter, *span)


def _says_nothing(reading: Reading, start: int, end: int) -> bool:
    words_left = reading.text[start:end]
    return bool(stems(words_left)) and only_names_tool(words_left, reading.tool)


def _rest(reading: Reading, whole: bool) -> tuple[int, int] | None:
    """Find what is left: the longest free stretch of whole words, or the first name there is."""
    free: list[tuple[int, int]] = []
    place = 0
    for start, end in [*sorted(reading.taken), (len(reading.text), len(reading.text))]:
        free += [(place, start)] if whole else cut(reading.text, place, start)
        place = max(place, end)
    trim = _trim_sentence if whole else _trim_name
    spans = [
        (tokens[0].start(), tokens[-1].end())
        for start, end in free
        if (tokens := trim(reading, start, end))
    ]
    if whole:
        return max(spans, key=lambda span: span[1] - span[0], default=None)
    return spans[0] if spans else None


def _trim_sentence(reading: Reading, start: int, end: int) -> Tokens:
    """Drop an opening that names the tool, and a last phrase that does ("on my calendar")."""
    if start == 0:
        openings = [re.match(rf"(?:{p})\b", reading.text, re.IGNORECASE) for p in PHRASES]
        start = max((match.end() for match in openings if match), default=0)
    tokens = _trim_front(list(_TOKEN.finditer(reading.text, start, end)), reading.tool, _OPENERS)
    for place in range(len(tokens) - 1, 0, -1):
        if tokens[place].group().casefold() in PREPOSITIONS:
            tail = reading.text[tokens[place].end() : tokens[-1].end()]
            return tokens[:place] if only_names_tool(tail, reading.tool) else tokens
    return tokens


def _trim_name(reading: Reading, start: int, end: int) -> Tokens:
    """Drop the verb, and the words at both ends that name the tool or carry no meaning."""
    idle = {*STOP_WORDS, *_OPENERS}
    tokens = list(_TOKEN.finditer(reading.text, start, end))
    # A request opens with its verb, known or not; unless that is all there is.
    if start == 0 and any(not _is_idle(t.group(), reading.tool, idle) for t in tokens[1:]):
        tokens = tokens[1:]
    tokens = _trim_front(tokens, reading.tool, idle)
    while tokens and _is_idle(tokens[-1].group(), reading.tool, idle):
        if len(tokens) > 1 and all(t.group()[0].isupper() for t in tokens[-2:]):
            break
        tokens.pop()
    return tokens


def _trim_front(tokens: Tokens, tool: Tool, idle: set[str]) -> Tokens:
    while tokens and _is_idle(tokens[0].group(), tool, idle) and not _opens_title(tokens):
        tokens = tokens[1:]
    return tokens


def _opens_title(tokens: Tokens) -> bool:
    """Tell whether an article belongs to a name: The Hobbit, in the middle of a sentence."""
    first, *rest = tokens
    article = first.start() > 0 and first.group() in {"The", "A", "An"}
    return bool(article and rest and rest[0].group()[0].isupper())


def _is_idle(token: str, tool: Tool, idle: set[str]) -> bool:
    vocabulary = [*tool.name_stems, *stems(tool.about), *tool.parameter_stems]
    return all(
        re.sub(r"'\w+$", "", word) in idle or any(alike(stem(word), own) for own in vocabulary)
        for word in words(token)
    )
