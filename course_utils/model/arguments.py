"""The arguments of a call, read from the person's words by what each parameter wants.

The surest signs go first, and no words are used twice: what somebody is to be told, labels
("subject: Lunch"), options, values by their form, and then the words that are left.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from course_utils.model.reading import Reading, items, sentence
from course_utils.model.tools import SENTENCES
from course_utils.model.values import currency_in
from course_utils.model.words import PREPOSITIONS, STOP_WORDS, nearest, stem, stems, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from course_utils.model.tools import Parameter, Tool
    from course_utils.model.values import Value

# What leads words for somebody, or a reason, and the roles that take them, the likeliest first.
_SPOKEN = r"\b(?:saying|telling (?:him|her|them)|to say|know|that)(?:\s+that)?:?\s"
_TOLD = {
    r"\b(?:because of|because|since|due to)\s": ("reason", "body", "text"),
    _SPOKEN: ("body", "text", "query"),
    r":\s": ("body", "reason", "subject", "query", "text"),
}
_LABEL = (
    r"(?P<list>[,;:(.]\s*|\bwith\s+|\band\s+)?(?:\b(?:the|an?|with|and)\s+)*"
    r"\b(?:{})\b(?P<link>\s*[:=]|\s+(?:is|are|of|as|number)\b)?\s*"
)
_FROM = {"from", "source", "origin", "start", "sender", "old"}
_TO = {"to", "target", "destination", "end", "recipient", "new"}
_LEAD = re.compile(rf"\b({'|'.join(PREPOSITIONS)})(?:\s+(?:the|an?|my|our))?\s*$", re.IGNORECASE)
_LINKS = frozenset(PREPOSITIONS) | {"that", "up", "please", "me", "the", "a", "an", "my", "our"}
_TOKEN = re.compile(r"[^\s,;:.!?()\"\u201c\u201d]+(?:[.:][^\s,;:.!?]+)*")


def read_arguments(tool: Tool, text: str) -> list[dict[str, Any]]:
    """Read the arguments of a tool from a clause.

    Returns:
        One dictionary a call: several where a parameter takes one value and several were given.
    """
    reading = Reading(tool, text)
    for step in (_told, _labelled, _options, _by_form):
        step(reading)
    _whole(reading, {"query"})
    _by_words(reading)
    _whole(reading, {"body", "reason"})
    calls = range(max(map(len, reading.args.values()), default=1))
    return [{name: one[n % len(one)] for name, one in reading.args.items()} for n in calls]


def _told(reading: Reading) -> None:
    """Take what somebody is to be told, or why, to the end or to the next label."""
    for lead, roles in _TOLD.items():
        for match in re.finditer(lead, reading.text, re.IGNORECASE):
            start, end = match.span()
            wanted = [p for role in roles for p in reading.open if p.role == role]
            wanted.sort(key=lambda parameter: not parameter.required)
            values = [v for v in reading.values if v.start == end and v.kind in {"quote", "email"}]
            label = any(begin <= end <= stop for begin, stop, *_ in _labels(reading))
            if wanted and reading.is_free(start, end) and not label and not values:
                stop = _next_label(reading, end, sure=lead is _SPOKEN)
                reading.give(wanted[0], [sentence(reading.text[end:stop]) or None], start, stop)


def _labelled(reading: Reading) -> None:
    """Take what stands after a parameter's own name, or a word that means it."""
    for start, end, _, parameter in _labels(reading):
        if parameter in reading.open and reading.is_free(start, end):
            value = _value_at(reading, parameter, end)
            if value:
                reading.give_value(parameter, value, start)
            else:
                stop = _end_of_words(reading, parameter, end)
                reading.give(parameter, items(parameter, reading.text[end:stop]), start, stop)


def _labels(reading: Reading) -> list[tuple[int, int, bool, Parameter]]:
    """List where words name a parameter, and where the argument after them begins, in order.

    Each tells whether it is sure: whether a colon, an equals sign or a quote follows.
    """
    found = []
    for parameter in reading.tool.parameters:
        # What it may be called, and no other one is called.
        others = {word for p in reading.tool.parameters if p is not parameter for word in p.words}
        more = {*parameter.words[-1:], *parameter.called} - others
        called = "|".join([r"[ _-]".join(parameter.words), *sorted(more)])
        for match in re.finditer(_LABEL.format(called), reading.text, re.IGNORECASE):
            following, link = reading.text[match.end() :], (match["link"] or "").strip()
            value = _value_at(reading, parameter, match.end())
            sure = link in {":", "="} or bool(value and value.kind == "quote")
            listed = link == "is" or (match["list"] and not link)
            named = not link and parameter.role in {"name", "place"} and following[:1].isupper()
            words_follow = parameter.takes_words and (listed or named) and following.strip(" .")
            if reading.is_free(*match.span()) and (sure or value or words_follow):
                found.append((*match.span(), sure, parameter))
    return sorted(found, key=lambda label: label[:2])


def _next_label(reading: Reading, start: int, sure: bool) -> int:
    found = [at for at, _, is_sure, _ in _labels(reading) if at >= start and is_sure >= sure]
    return min(found, default=len(reading.text))


def _end_of_words(reading: Reading, parameter: Parameter, start: int) -> int:
    stop = _next_label(reading, start, sure=False)
    if parameter.role not in SENTENCES:
        return min(stop, *(piece.end for piece in reading.pieces() if piece.end >= start))
    mark = re.compile(r"[.;](?=\s|$)|\n").search(reading.text, start)
    return min(stop, mark.start()) if mark and parameter.role != "body" else stop


def _value_at(reading: Reading, parameter: Parameter, place: int) -> Value | None:
    at = (v for v in reading.values if v.start == place and v.kind in parameter.forms)
    return next(at, None)


def _options(reading: Reading) -> None:
    """Take the option that is named, of two the longer one; yes where a yes-or-no is mentioned."""
    no = re.search(r"\b(?:no|not|without|don't|off)\b", reading.text, re.IGNORECASE)
    for parameter in reading.open:
        flags = dict.fromkeys(parameter.words, not no) if parameter.kind == "boolean" else {}
        meant = flags | {" ".join(words(str(option))): option for option in parameter.options}
        for said in sorted(meant, key=len):
            pattern = rf"(?<![\w@.])(?:{said.replace(' ', '[ _-]?')})(?:s|ly)?(?![\w@])"
            match = re.search(pattern, reading.text, re.IGNORECASE)
            if match:
                reading.give(parameter, [meant[said]], *match.span())
        if flags and parameter.required:
            reading.args.setdefault(parameter.name, [False])


def _by_form(reading: Reading) -> None:
    """Give each parameter the value whose form and surroundings suit it best."""
    for parameter, value in _best(reading, reading.values, _value_suits):
        if parameter.role == "currency":
            reading.args[parameter.name] = [currency_in(value.text)]  # the amount needs it too
        elif value in reading.values:
            reading.give_value(parameter, value, value.start)


def _by_words(reading: Reading) -> None:
    """Give each parameter the free words that suit it best: a phrase, or the verb's object."""
    for parameter, piece in _best(reading, reading.pieces(), _words_suit):
        for start, end in _trimmed(reading, piece, STOP_WORDS):
            if reading.is_free(start, end):
                reading.give(parameter, items(parameter, reading.text[start:end]), start, end)


def _best(
    reading: Reading, found: list[Value], suits: Callable[[str, Parameter, Value], float]
) -> Iterator[tuple[Parameter, Value]]:
    """Pair what was found with the parameters still open, the best suited first."""
    pairs = [
        (suits(reading.text, parameter, one), -place, -one.start, parameter, one)
        for place, parameter in enumerate(reading.open)
        for one in found
    ]
    for score, *_, parameter, one in sorted(pairs, key=lambda pair: pair[:3], reverse=True):
        if score > 0 and parameter in reading.open:
            yield parameter, one


def _value_suits(text: str, parameter: Parameter, value: Value) -> float:
    """Score a value for a parameter: its form, the preposition before it, the words beside it."""
    before, after = text[: value.start], text[value.end :]
    lead = _LEAD.search(before)
    begins_a_name = lead and re.match(r" [A-Z]", after)  # at 12 Mill Lane
    if value.kind not in parameter.forms or (value.kind == "number" and begins_a_name):
        return 0.0
    beside = [re.search(r"([^\W_]+)[^\w,.;]*$", before), re.match(r"[\s-]*([^\W_]+)", after)]
    own = [stem(word) for word in parameter.words]
    kin = max(nearest(stem(match[1]), own) if match else 0.0 for match in beside)
    form = 5.0 - 1.5 * parameter.forms.index(value.kind)
    return form + 3 * kin + _side_suits(parameter, lead[1].casefold() if lead else "")


def _side_suits(parameter: Parameter, lead: str) -> float:
    """Score a preposition for a name that takes a side: origin, to_account."""
    said = set(parameter.words)
    if said & (_TO | _FROM) and lead in {"from", "to", "into", "until", "in", "for"}:
        return 3.0 if (lead == "from") == bool(said & _FROM) else -2.5
    return 2.0 if lead in said else 0.0


def _words_suit(_: str, parameter: Parameter, piece: Value) -> float:
    """Score free words for a parameter: the preposition before them, its name, a capital."""
    lead, leads, text = piece.kind, parameter.leads, piece.text
    if not parameter.takes_words or (parameter.role in {"body", "reason"} and not lead):
        return 0.0
    suits = _side_suits(parameter, lead)
    suits += 2.0 - 0.15 * leads.index(lead) if lead in leads else 0.0
    suits += 2.5 if {stem(word) for word in parameter.words} & set(stems(text)) else 0.0
    suits += (0.3 if lead else 1.0) if parameter.required else 0.0
    named = suits and parameter.role in {"place", "name"}
    return suits + (0.5 if re.search(r"(?:^|\s)[A-Z]", text) else -0.3) if named else suits


def _trimmed(reading: Reading, piece: Value, idle: frozenset[str]) -> list[tuple[int, int]]:
    """Drop the verb, and what names the tool or is idle: of a name at both ends."""
    tokens = list(_TOKEN.finditer(reading.text, piece.start, piece.end))[piece.start == 0 :]
    while tokens and _is_idle(tokens[0][0], reading.tool, idle):
        tokens.pop(0)
    while tokens and idle is STOP_WORDS and _is_idle(tokens[-1][0], reading.tool, idle):
        tokens.pop()
    last = tokens[-1].end() if tokens else piece.start
    owner = re.search(r"['\u2019]s$", reading.text[:last]) and last < piece.end - 1  # Dana's leave
    return [(tokens[0].start(), last - 2 if owner else last)] if tokens else []


def _is_idle(token: str, tool: Tool, idle: frozenset[str]) -> bool:
    """Tell whether a word names the tool or says nothing; a capital makes it part of a name."""
    names = {known for stems_of_part in tool.stems for known in stems_of_part}
    return token[0].islower() and all(w in idle or stem(w) in names for w in words(token))


def _whole(reading: Reading, roles: set[str]) -> None:
    """Give what needs a whole sentence the longest stretch that is left."""
    for parameter in reading.open:
        if parameter.required and parameter.role in roles:
            pieces = reading.pieces(whole=True)
            found = [one for piece in pieces for one in _trimmed(reading, piece, _LINKS)]
            start, end = max(found, key=lambda one: one[1] - one[0], default=(0, 0))
            article = re.search(r"\b(?:the|an?|my|our)\s+$", reading.text[:start])
            said = reading.text[article.start() if article else start : end]
            reading.give(parameter, items(parameter, said), start, end)
