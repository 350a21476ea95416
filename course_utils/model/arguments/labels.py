"""Arguments that words announce: "subject: Lunch", 'titled "Spring"', "saying see you there"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from course_utils.model.arguments.convert import fit
from course_utils.model.arguments.phrases import cut, listed, words_for
from course_utils.model.arguments.reading import sentence, tidy
from course_utils.model.words import stem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from course_utils.model.arguments.reading import Reading
    from course_utils.model.tools import Parameter

# Besides its own name, what announces a parameter of a kind.
_LABELS = {
    "subject": "subject|title|headline|titled|called|named|entitled|about|regarding|concerning|re",
    "body": "body|message|text|content|note|description|details|saying|says",
    "reason": "reason|because|due to|since",
    "name": "named|called|name",
    "task": "called|named|titled",
    "text": "called|named",
    "query": "about|for",
}
# What announces free words that need neither a colon nor quotes.
_INTRODUCERS = {
    "subject": "about|regarding|re|concerning|titled|called|named|entitled|on the subject of",
    "reason": "because of|because|due to|since|on the grounds that",
    "name": "named|called",
    "task": "titled|called|named|to|that|about",
    "query": "about|for",
    "body": "to the effect that|that",
    "text": "called|named",
}
_SPOKEN = re.compile(
    r"\b(?:saying|that says|which says|that reads|reading|asking|to say|and say"
    r"|(?:telling|to tell|to inform|and tell|asking) (?:him|her|them)"
    r"|with the (?:words|message|text)|(?:body|message)\s*[:=])\s*(?:that\s+)?[:,]?\s*",
    re.IGNORECASE,
)
_THAT = re.compile(r"\bthat\s+(?!says|reads)", re.IGNORECASE)
_LET = re.compile(r"let\b", re.IGNORECASE)
_KNOW = re.compile(r"\bknow\s+(?:that\s+)?", re.IGNORECASE)
_LINK = re.compile(r"\s*(?:[:=]|\b(?:is|of|as|to be|to|number|no\.?|called|named)\b)?\s*")


def spoken(reading: Reading) -> None:
    """Take what someone is to be told, to the end or to the next label."""
    parameters = reading.open()
    told = next((p for p in parameters if p.kind == "body"), None)
    if told is None:
        return
    match = (_KNOW if _LET.match(reading.text) else _SPOKEN).search(reading.text)
    if not match and any(p.kind in {"email", "name", "channel"} for p in parameters):
        match = _THAT.search(reading.text)
    if match and not reading.in_quote(match.start()):
        end = _next_label(reading, match.end(), told)
        words = sentence(reading.text[match.end() : end])
        reading.give(told, fit(told, words), match.start(), end)


def labelled(reading: Reading) -> None:
    """Take what stands after a parameter's own name, or a word that means it."""
    for parameter in reading.open():
        for label in re.finditer(rf"\b(?:{_label(parameter)})\b", reading.text, re.IGNORECASE):
            if parameter.name not in reading.args and reading.is_open(*label.span()):
                _take_labelled(reading, parameter, label)


def introduced(reading: Reading) -> None:
    """Take the words after "about", "titled" or "because", up to what other arguments have used."""
    for parameter in reading.open():
        introducer = _INTRODUCERS.get(parameter.kind)
        if introducer is None or (parameter.kind == "name" and not parameter.required):
            continue
        match = re.search(rf"\b(?:{introducer})\s+", reading.text, re.IGNORECASE)
        if match and reading.is_open(*match.span()):
            limit = _next_label(reading, match.end(), parameter, within_sentence=True)
            end = reading.free_until(match.end(), limit)
            words = words_for(parameter, reading, match.end(), end)
            if words:
                reading.give(parameter, fit(parameter, words), match.start(), end)


def _take_labelled(reading: Reading, parameter: Parameter, label: re.Match[str]) -> None:
    link = _LINK.match(reading.text, label.end())
    start = link.end() if link else label.end()
    mark = link.group().strip().casefold() if link else ""
    value = next((v for v in reading.free_values() if v.start == start), None)
    if parameter.kind == "array" and parameter.item:
        end = cut(reading.text, start, reading.free_until(start))[0][1]
        items = [fit(parameter.item, part) for part in listed(tidy(reading.text[start:end]))]
        if items:
            reading.give(parameter, items, label.start(), end)
    elif parameter.kind == "enum":
        return
    elif value and (value.kind == "quote" or value.kind in parameter.forms):
        reading.give(parameter, fit(parameter, value.text), label.start(), value.end)
    elif mark in {":", "=", "is"} and parameter.forms:
        end = _next_label(reading, start, parameter, within_sentence=parameter.kind != "body")
        words = sentence(reading.text[start:end])
        reading.give(parameter, fit(parameter, words), label.start(), end)


def _label(parameter: Parameter) -> str:
    if parameter.kind == "array":
        return rf"(?:with (?:the )?)?{_forms_of(parameter.words[-1])}"
    last = re.escape(parameter.words[-1]) if len(parameter.words) > 1 else ""
    return "|".join(filter(None, (_own_name(parameter), _LABELS.get(parameter.kind), last)))


def _own_name(parameter: Parameter) -> str:
    return r"[\s_-]".join(map(re.escape, parameter.words))


def _forms_of(word: str) -> str:
    return rf"{re.escape(stem(word))}\w*"


def _next_label(reading: Reading, start: int, own: Parameter, within_sentence: bool = False) -> int:
    """Find where the next labelled argument begins, or the sentence ends when asked."""
    others = [p for p in reading.open() if p is not own]
    patterns = [*_label_patterns(others), *([r"[.;](?=\s|$)|\n"] if within_sentence else [])]
    found = [re.search(pattern, reading.text[start:], re.IGNORECASE) for pattern in patterns]
    return min([start + match.start() for match in found if match], default=len(reading.text))


def _label_patterns(parameters: Iterable[Parameter]) -> Iterable[str]:
    for parameter in parameters:
        if parameter.kind == "array":
            yield rf",?\s*\b(?:with )?{_forms_of(parameter.words[-1])}\s"
        names = "|".join(filter(None, (_own_name(parameter), _LABELS.get(parameter.kind))))
        yield (
            rf"[,.;]?\s*\b(?:with |and )?(?:the |a )?(?:{names})"
            r"\s*(?:[:=]|(?=[\"\u201c\u2018'])|\bis\b)"
        )
