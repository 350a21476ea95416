"""The arguments of a call, read from the person's words by what each parameter wants.

The surest signs go first, and no words are used twice: words someone is to be told, labels ("subject: Lunch"),
options, values by their form, phrases by their preposition, and last whatever is left over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from course_utils.model.convert import fit
from course_utils.model.reading import PREPOSITIONS, Reading, tidy
from course_utils.model.values import Value, currency_in
from course_utils.model.words import GENERIC, PHRASES, STOP_WORDS, alike, plain, stem, stems, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from course_utils.model.tools import Parameter, Tool

FREE = {"subject", "body", "reason", "query", "task", "text", "name"}
_LABELS = {
    "subject": "subject|title|headline|titled|called|named|entitled|about|regarding|concerning|re",
    "body": "body|message|text|content|note|description|details|saying|says|telling (?:him|her|them)(?: that)?",
    "reason": "reason|because|due to|since",
    "name": "named|called|name",
    "task": "called|named|titled",
    "text": "called|named",
    "query": "about|for",
}
_SPOKEN = re.compile(
    r"\b(?:saying|that says|which says|that reads|reading|telling (?:him|her|them)|to (?:tell|inform) (?:him|her|them)|"
    r"asking (?:him|her|them)|asking|to say|and say|and tell (?:him|her|them)|with the (?:words|message|text)|"
    r"(?:body|message)\s*[:=])\s*(?:that\s+)?[:,]?\s*",
    re.IGNORECASE,
)
_THAT = re.compile(r"\bthat\s+(?!says|reads)", re.IGNORECASE)
_COMPATIBLE: dict[str, dict[str, float]] = {
    "email": {"email": 5},
    "url": {"url": 5},
    "path": {"path": 5, "quote": 3},
    "phone": {"phone": 5, "number": 1},
    "language": {"language": 5},
    "currency": {"currency": 5, "money": 3},
    "channel": {"channel": 5, "quote": 2},
    "date": {"date": 5, "datetime": 4, "delay": 2},
    "time": {"time": 5, "datetime": 5, "delay": 3, "date": 1},
    "datetime": {"datetime": 5, "date": 4, "time": 4, "delay": 4},
    "duration": {"duration": 5},
    "id": {"id": 5, "number": 3, "quote": 2},
    "amount": {"money": 5, "number": 3},
    "place": {"quote": 3},
    "name": {"quote": 3.6, "handle": 3, "email": 1},
    "body": {"quote": 4.5},
    "subject": {"quote": 4},
    "query": {"quote": 4.4},
    "task": {"quote": 4.4},
    "reason": {"quote": 3.5},
    "text": {"quote": 3.8, "email": 1, "id": 1.5, "handle": 1.5, "channel": 1, "url": 1},
    "ticker": {"ticker": 5, "quote": 2},
    "version": {"version": 5, "number": 3},
    "unit": {"unit": 5},
    "author": {"quote": 2},
    "integer": {"number": 4, "duration": 2, "id": 2, "money": 2, "percent": 3},
    "number": {"number": 4, "money": 3, "percent": 3, "duration": 2},
}
_PREPOSITIONS_OF = {
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
    "query": "about for on",
    "id": "for",
    "email": "to",
}
_KIND_NOUNS = {"path": ("file", "folder", "directory"), "channel": ("channel",)}
_ALSO_CALLED = {
    "high": "urgent|asap|important|top",
    "urgent": "asap|emergency",
    "critical": "emergency",
    "celsius": "°c|centigrade",
    "fahrenheit": "°f",
}
_SIDES = {
    "from": "from source origin base start sender old",
    "to": "to target destination end recipient dest new",
}
_LEFT_TO = FREE | {"author", "place", "path", "unit", "channel", "duration"}
_WORDY = {"body", "subject", "task"}
_OWNERS = {"name", "place", "text"}
_SENTENCES = {"body", "subject", "query"}
_VERB = re.compile(
    r"\b(?:is|are|was|were|isn't|aren't|has|have|had|will|won't|can|can't|does|did)\b", re.I
)
_CUT = re.compile(
    rf"(?<!\bMr)(?<!\bDr)(?<!\bMs)(?<!\bMrs)[,;:.!?](?=\s|$)|\b(?:{'|'.join(p for p in PREPOSITIONS if p != 'of')})\b",
    re.IGNORECASE,
)
_OPENERS = frozenset(PREPOSITIONS) | frozenset(
    "a an the me us my our to for that please put off on line quick short note".split()
)
_TOKEN = re.compile(r"[^\s,;:.!?\"“”]+(?:[.:][^\s,;:.!?]+)*")
_TO = {"to", "into", "until", "in"}
_SCATTER = {"ticker", "email", "path", "place", "id", "language", "url", "channel"}


@dataclass
class Filling:
    """Arguments found so far for one tool.

    Attributes:
        args: by parameter name.
        several: for a parameter that takes one value, all those given: one call for each.
    """

    args: dict[str, Any] = field(default_factory=dict)
    several: dict[str, list[Any]] = field(default_factory=dict)


def read_arguments(tool: Tool, text: str) -> list[dict[str, Any]]:
    """Read the arguments of a tool from a clause.

    Args:
        tool: the tool that was chosen.
        text: the clause.

    Returns:
        One dictionary a call: more than one when a parameter takes one value and several were given.
    """
    reading = Reading(text)
    filling = Filling()
    parameters = tool.parameters
    _join_dates(reading, parameters)
    for step in (
        _spoken,
        _labelled,
        _options,
        _booleans,
        _typed,
        _introduced,
        _phrased,
        _left_over,
    ):
        open_ones = [p for p in parameters if p.name not in filling.args]
        step(reading, open_ones, filling, tool)
    _objects(reading, parameters, filling, tool)
    ordered = {p.name: filling.args[p.name] for p in parameters if p.name in filling.args}
    return _scatter(ordered, filling.several)


def _scatter(args: dict[str, Any], several: dict[str, list[Any]]) -> list[dict[str, Any]]:
    for name, given in several.items():
        return [{**args, name: one} for one in given]
    return [args]


def _join_dates(reading: Reading, parameters: Iterable[Parameter]) -> None:
    """Make "tomorrow at 9am" one value, unless the tool takes the date and the time apart."""
    kinds = {p.kind for p in parameters}
    if not kinds & {"datetime", "time"} or {"date", "time"} <= kinds or "date" in kinds:
        return
    joined: list[Value] = []
    for value in reading.values:
        last = joined[-1] if joined else None
        between = reading.text[last.end : value.start] if last else "-"
        if (
            last
            and {last.kind, value.kind} == {"date", "time"}
            and re.fullmatch(r",?\s*(?:at|on)?\s*", between)
        ):
            whole = reading.text[last.start : value.end]
            joined[-1] = Value("datetime", whole, last.start, value.end)
        else:
            joined.append(value)
    reading.values = joined


def _spoken(reading: Reading, parameters: list[Parameter], filling: Filling, tool: Tool) -> None:
    """Take what someone is to be told, to the end or to the next label."""
    told = next((p for p in parameters if p.kind == "body"), None)
    match = _SPOKEN.search(reading.text) if told else None
    if told and not match and any(p.kind in {"email", "name", "channel"} for p in parameters):
        match = _THAT.search(reading.text)
    if not told or not match or _in_quote(reading, match.start()):
        return
    others = [p for p in parameters if p is not told]
    end = _next_label(reading, match.end(), others)
    filling.args[told.name] = fit(told, tidy_sentence(reading.text[match.end() : end]))
    reading.taken.append((match.start(), end))


def _labelled(reading: Reading, parameters: list[Parameter], filling: Filling, tool: Tool) -> None:
    """Take what stands after a parameter's own name: "subject: Lunch", "priority high", 'titled "X"'."""
    for parameter in parameters:
        for match in re.finditer(rf"\b(?:{_label(parameter)})\b", reading.text, re.IGNORECASE):
            if parameter.name in filling.args or not reading.is_free(match.start(), match.end()):
                continue
            if _in_quote(reading, match.start()):
                continue
            _take_labelled(reading, parameter, match, parameters, filling)


def _take_labelled(
    reading: Reading,
    parameter: Parameter,
    label: re.Match[str],
    others: Sequence[Parameter],
    filling: Filling,
) -> None:
    link = re.match(
        r"\s*(?:[:=]|\b(?:is|of|as|to be|to|number|no\.?|called|named)\b)?\s*",
        reading.text[label.end() :],
    )
    start = label.end() + (link.end() if link else 0)
    mark = link.group().strip().casefold() if link else ""
    value = next((v for v in reading.free_values() if v.start == start), None)
    if (
        value
        and (value.kind == "quote" or value.kind in _wanted(parameter))
        and parameter.kind not in {"array", "enum"}
    ):
        filling.args[parameter.name] = fit(parameter, value.text)
        reading.taken.append((label.start(), value.end))
    elif parameter.kind == "array" and parameter.item:
        end = _cut(reading.text, start, reading.stretch(start))[0][1]
        item = parameter.item
        listed = [fit(item, part) for part in _listed(tidy(reading.text[start:end])) if part]
        if listed:
            filling.args[parameter.name] = listed
            reading.taken.append((label.start(), end))
    elif mark in {":", "=", "is"} and parameter.kind in _COMPATIBLE:
        rest = [p for p in others if p is not parameter]
        end = _next_label(reading, start, rest, sentence=parameter.kind != "body")
        filling.args[parameter.name] = fit(parameter, tidy_sentence(reading.text[start:end]))
        reading.taken.append((label.start(), end))


def _options(reading: Reading, parameters: list[Parameter], filling: Filling, tool: Tool) -> None:
    """Take the options of an enum that are named."""
    for parameter in parameters:
        options = parameter.options or (parameter.item.options if parameter.item else ())
        named = {o: m for o in options if (m := _option_named(reading, str(o)))}
        if not named:
            continue
        best = max(named, key=lambda option: len(str(option)))
        filling.args[parameter.name] = list(named) if parameter.kind == "array" else best
        for option in named if parameter.kind == "array" else [best]:
            reading.taken.append(named[option].span())


def _option_named(reading: Reading, option: str) -> re.Match[str] | None:
    pattern = r"[\s_-]?".join(map(re.escape, words(option))) or re.escape(option)
    also = _ALSO_CALLED.get(option.casefold(), pattern)
    return re.search(
        rf"(?<![\w@.])(?:{pattern}|{also})(?:s|ly)?(?![\w@])", reading.text, re.IGNORECASE
    )


def _booleans(reading: Reading, parameters: list[Parameter], filling: Filling, tool: Tool) -> None:
    """Take yes and no for what is mentioned; a flag nobody mentions is off when the tool insists on it."""
    for parameter in (p for p in parameters if p.kind == "boolean"):
        meant = [
            w
            for w in parameter.words
            if w not in {"is", "include", "should", "enable", "enabled", "with", "on"}
        ]
        mentioned = any(alike(stem(w), s) for w in meant for s in stems(reading.text))
        off = re.search(
            r"\b(?:no|not|without|don't|off|disable|deactivate|false)\b",
            reading.text,
            re.IGNORECASE,
        )
        on = re.search(r"\b(?:on|enable|activate|true|yes)\b", reading.text, re.IGNORECASE)
        switch = not meant or {"on", "enabled", "state", "power", "active"} & set(parameter.words)
        if mentioned or (switch and (on or off)):
            filling.args[parameter.name] = not off
        elif parameter.required:
            filling.args[parameter.name] = False


def _typed(reading: Reading, parameters: list[Parameter], filling: Filling, tool: Tool) -> None:
    """Give each parameter the value whose form and surroundings suit it best."""
    pairs = [
        (suits, -place, -value.start, parameter, value)
        for place, parameter in enumerate(parameters)
        for value in reading.free_values()
        if (suits := _suits(reading, parameter, value)) > 0
    ]
    if _as_many_quotes(reading, parameters):
        pairs = [(4.0 if v.kind == "quote" else s, *rest, p, v) for s, *rest, p, v in pairs]  # type: ignore[misc]
    for _, _, _, parameter, value in sorted(pairs, key=lambda pair: pair[:3], reverse=True):
        shared = parameter.kind == "currency" and value.kind == "money"
        if parameter.name in filling.args or not (
            shared or reading.is_free(value.start, value.end)
        ):
            continue
        _take_value(reading, parameter, value, parameters, filling)


def _take_value(
    reading: Reading,
    parameter: Parameter,
    value: Value,
    others: Sequence[Parameter],
    filling: Filling,
) -> None:
    if parameter.kind == "currency" and value.kind == "money":
        filling.args[parameter.name] = currency_in(value.text)
        return
    alone = not any(o is not parameter and o.kind == parameter.kind for o in others)
    row = [v for v in reading.joined(value) if reading.is_free(v.start, v.end)]
    if parameter.kind == "array" and parameter.item:
        filling.args[parameter.name] = [fit(parameter.item, v.text) for v in row]
    else:
        row = row if alone and (parameter.kind in _SCATTER or parameter.topic == "id") else [value]
        found = [fit(parameter, v.text) for v in row]
        if found[0] is None:
            return
        filling.args[parameter.name] = found[0]
        if len(found) > 1:
            filling.several[parameter.name] = found
    for v in row:
        reading.take(v.start, v.end)


def _suits(reading: Reading, parameter: Parameter, value: Value) -> float:
    """Score a value for a parameter: its form, the word before it, the word after it."""
    base = _wanted(parameter).get(value.kind, 0.0)
    if parameter.kind == "array" and value.kind == "quote":
        base -= 1
    if parameter.topic == "amount" and value.kind == "money":
        base += 2
    if parameter.kind in {"integer", "number"} and value.kind == "duration":
        base += 3 if _counts_time(parameter) else -3
    if not base:
        return 0.0
    base += _side(parameter, reading.lead(value.start))
    if value.kind == "unit":
        counted = bool(re.search(r"\d\s*$", reading.text[: value.start]))
        base += 3 if counted == bool(set(_SIDES["from"].split()) & set(parameter.words)) else -3
    near = [reading.before(value.start)] + [reading.after(value.end)]
    own = [stem(word) for word in parameter.words]
    base += 3 * any(alike(stem(word), mine) for word in near if word for mine in own)
    return base


def _side(parameter: Parameter, lead: str) -> float:
    """Score a preposition against a name that takes a side: from_account, target_currency."""
    for side, names in _SIDES.items():
        if set(names.split()) & set(parameter.words):
            agrees = lead in (_TO if side == "to" else {"from"})
            opposes = lead == "from" if side == "to" else lead in _TO
            return 3.0 if agrees else -2.5 if opposes else 0.0
    return 2.0 if lead and lead in parameter.words else 0.0


def _introduced(
    reading: Reading, parameters: list[Parameter], filling: Filling, tool: Tool
) -> None:
    """Take the words after "about", "titled" or "because", up to what other arguments have used."""
    patterns = {
        "subject": r"about|regarding|re|concerning|titled|called|named|entitled|on the subject of",
        "reason": r"because(?: of)?|due to|since|on the grounds that",
        "name": r"named|called",
        "task": r"titled|called|named|to|that|about",
        "query": r"about|for",
        "body": r"to the effect that|that",
        "text": r"called|named",
    }
    for parameter in parameters:
        pattern = patterns.get(parameter.kind)
        if pattern is None or (parameter.kind == "name" and not parameter.required):
            continue
        mark = r":(?=\s)" if pattern.endswith(":") else r"(?!)"
        match = re.search(
            rf"(?:\b(?:{pattern.removesuffix('|:')})\b|{mark})\s+", reading.text, re.IGNORECASE
        )
        if (
            not match
            or not reading.is_free(match.start(), match.end())
            or _in_quote(reading, match.start())
        ):
            continue
        rest = [p for p in parameters if p is not parameter]
        end = reading.stretch(match.end(), _next_label(reading, match.end(), rest, sentence=True))
        found = _words(parameter, reading.text, match.end(), end, tool)
        if found:
            filling.args[parameter.name] = fit(parameter, found)
            reading.taken.append((match.start(), end))


def _phrased(reading: Reading, parameters: list[Parameter], filling: Filling, tool: Tool) -> None:
    """Give each parameter the prepositional phrase that suits it best."""
    pairs = []
    for place, parameter in enumerate(parameters):
        for preposition, start, end in reading.phrases():
            suits = _suits_phrase(parameter, preposition, reading.text[start:end], tool)
            if suits > 0:
                pairs.append((suits, -place, -start, parameter, start, end))
    for _, _, _, parameter, start, end in sorted(pairs, key=lambda pair: pair[:3], reverse=True):
        if parameter.name in filling.args or not reading.is_free(start, end):
            continue
        _take_words(reading, parameter, start, end, filling, tool)
        if parameter.kind in _SCATTER:
            _take_likewise(reading, parameter, end, filling, tool)


def _take_likewise(
    reading: Reading, parameter: Parameter, end: int, filling: Filling, tool: Tool
) -> None:
    """Take the phrases that go on in the same way: "in Rome and in Oslo"."""
    for _, start, stop in reading.phrases():
        linked = re.search(r"\band\s+\w+$", reading.text[:start].rstrip())
        if start > end and linked and linked.start() <= end + 5:
            several = filling.several.setdefault(parameter.name, [filling.args[parameter.name]])
            several.append(
                fit(parameter, _without_own(parameter, tidy(reading.text[start:stop]), tool))
            )
            reading.take(start, stop)
            end = stop


def _suits_phrase(parameter: Parameter, preposition: str, text: str, tool: Tool) -> float:
    kind = parameter.item.kind if parameter.item else parameter.kind
    usual = _PREPOSITIONS_OF.get(kind, "").split()
    if kind in {"query", "email"} or not _without_own(parameter, tidy(text), tool):
        return 0.0
    own = {stem(word) for word in parameter.words}
    if _only_names_tool(text, tool) and not own & set(stems(text)):
        return 0.0
    suits = _side(parameter, preposition)
    suits += 2.0 - 0.15 * usual.index(preposition) if preposition in usual else 0.0
    suits += 2.5 if any(_is_own(word, parameter.words) for word in text.split()) else 0.0
    capital = bool(re.search(r"(?:^|\s)[A-Z]", text))
    return suits + (0.5 if suits and capital and kind in {"place", "name"} else 0.0)


def _take_words(
    reading: Reading, parameter: Parameter, start: int, end: int, filling: Filling, tool: Tool
) -> None:
    found = _words(parameter, reading.text, start, end, tool)
    if not found:
        return
    parts = _listed(found)
    if parameter.kind == "array" and parameter.item:
        item = parameter.item
        filling.args[parameter.name] = [fit(item, part) for part in parts]
    else:
        fitted = fit(parameter, found)
        if fitted is None:
            return
        filling.args[parameter.name] = fitted
        if len(parts) > 1 and parameter.kind in _SCATTER:
            filling.several[parameter.name] = [fit(parameter, part) for part in parts]
            filling.args[parameter.name] = filling.several[parameter.name][0]
    reading.take(start, end)


def _words(parameter: Parameter, text: str, start: int, end: int, tool: Tool) -> str:
    """Tidy the words for a parameter; a sentence keeps its article: "the build is green"."""
    if parameter.kind in _SENTENCES and _VERB.search(text[start:end]):
        article = re.search(r"\b(?:the|an?|my|our)\s+$", text[:start], re.IGNORECASE)
        return tidy_sentence(text[article.start() if article else start : end])
    found = _without_own(parameter, tidy(text[start:end]), tool)
    owner = re.fullmatch(r"(.+?)['’]s(\s.+)?", found)
    following = re.match(r"\s+([^\W\d]+)", text[end:])
    owns = owner and (owner.group(2) or (following and following.group(1) not in PREPOSITIONS))
    return owner.group(1) if owner and owns and parameter.kind in _OWNERS else found


def _listed(text: str) -> list[str]:
    """Split "Paris, Rome and Oslo"; "San Francisco, CA" is one place, for no "and" makes it a list."""
    if not re.search(r"\s(?:and|&)\s", text):
        return [text]
    parts = re.split(r",(?!\s*[A-Z]{2}\b)\s*(?:and\s+)?|\s+(?:and|&)\s+", text)
    return [part for part in map(tidy, parts) if part]


def _left_over(reading: Reading, parameters: list[Parameter], filling: Filling, tool: Tool) -> None:
    """Give what is left to the parameters that a call cannot do without, those that take free words first."""
    for parameter in sorted(parameters, key=lambda p: p.kind not in {"query", "task"}):
        kind = parameter.item.kind if parameter.item else parameter.kind
        if not parameter.required or kind not in _LEFT_TO:
            continue
        span = _rest(reading, tool, whole=kind in {"query", "task", "body", "subject"})
        if span and not (
            kind in _WORDY
            and stems(reading.text[span[0] : span[1]])
            and _only_names_tool(reading.text[span[0] : span[1]], tool)
        ):
            _take_words(reading, parameter, *span, filling, tool)


def _rest(reading: Reading, tool: Tool, whole: bool) -> tuple[int, int] | None:
    """Find the longest free stretch after the words that only say which tool is meant."""
    free = []
    place = 0
    for start, end in [*sorted(reading.taken), (len(reading.text), len(reading.text))]:
        free += [(place, start)] if whole else _cut(reading.text, place, start)
        place = max(place, end)
    spans = [
        span for start, end in free if (span := _trimmed(reading.text, start, end, tool, whole))
    ]
    if whole:
        return max(spans, key=lambda span: span[1] - span[0], default=None)
    return spans[0] if spans else None


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a stretch at marks and prepositions, which no name or place goes across."""
    cuts = [m.span() for m in _CUT.finditer(text, start, end)]
    starts = [start, *(stop for _, stop in cuts)]
    return list(zip(starts, [*(begin for begin, _ in cuts), end], strict=True))


def _trimmed(text: str, start: int, end: int, tool: Tool, whole: bool) -> tuple[int, int] | None:
    """Drop the words at the ends of a stretch that name the tool or carry no meaning.

    Args:
        text: the clause.
        start: where the stretch begins.
        end: where it ends.
        tool: the tool that was chosen.
        whole: whether free words are wanted ("who invented the telephone"): then only an opening that
            names the tool goes, and a last phrase that does ("on my calendar").
    """
    if whole and start == 0:
        start = max(
            (m.end() for p in PHRASES if (m := re.match(rf"(?:{p})\b", text, re.I))), default=0
        )
    tokens = [m for m in _TOKEN.finditer(text, start, end)]
    idle = _OPENERS if whole else STOP_WORDS | _OPENERS
    if not whole and start == 0:
        tokens = _without_verb(tokens, tool, idle)
    while tokens and _is_idle(tokens[0].group(), tool, idle) and not _opens_title(tokens):
        tokens.pop(0)
    if whole:
        tokens = _without_last_phrase(text, tokens, tool)
    while not whole and tokens and _is_idle(tokens[-1].group(), tool, idle):
        if len(tokens) > 1 and tokens[-1].group()[0].isupper() and tokens[-2].group()[0].isupper():
            break
        tokens.pop()
    return (tokens[0].start(), tokens[-1].end()) if tokens else None


def _opens_title(tokens: list[re.Match[str]]) -> bool:
    """Tell whether an article belongs to a name: The Hobbit, in the middle of a sentence."""
    return (
        len(tokens) > 1
        and tokens[0].start() > 0
        and tokens[0].group() in {"The", "A", "An"}
        and tokens[1].group()[0].isupper()
    )


def _without_verb(
    tokens: list[re.Match[str]], tool: Tool, idle: frozenset[str]
) -> list[re.Match[str]]:
    """Drop the first word, for a request opens with its verb, known or not; unless it is all there is."""
    return tokens[1:] if any(not _is_idle(t.group(), tool, idle) for t in tokens[1:]) else tokens


def _is_idle(token: str, tool: Tool, idle: frozenset[str]) -> bool:
    return all(
        re.sub(r"'\w+$", "", word) in idle
        or any(alike(stem(word), own) for own in _vocabulary(tool))
        for word in words(token)
    )


def _vocabulary(tool: Tool) -> list[str]:
    """The stems that name a tool and its parameters."""
    return [
        *tool.name_stems,
        *stems(tool.about),
        *(stem(w) for p in tool.parameters for w in p.words),
    ]


def _without_last_phrase(text: str, tokens: list[re.Match[str]], tool: Tool) -> list[re.Match[str]]:
    for place in range(len(tokens) - 1, 0, -1):
        if tokens[place].group().casefold() in PREPOSITIONS:
            tail = text[tokens[place].end() : tokens[-1].end()]
            return tokens[:place] if _only_names_tool(tail, tool) else tokens
    return tokens


def _only_names_tool(text: str, tool: Tool) -> bool:
    names = {*tool.name_stems, *stems(tool.about)} - GENERIC
    return all(any(alike(said, name) for name in names) for said in stems(plain(text)))


def _objects(
    reading: Reading, parameters: Iterable[Parameter], filling: Filling, tool: Tool
) -> None:
    """Read the fields of an object from the whole clause, as if they were the tool's own."""
    for parameter in parameters:
        fields = parameter.fields or (parameter.item.fields if parameter.item else ())
        if not fields or parameter.name in filling.args:
            continue
        inner = read_arguments(type(tool)(tool.name, tool.about, fields), reading.text)[0]
        if inner:
            filling.args[parameter.name] = [inner] if parameter.kind == "array" else inner


def tidy_sentence(text: str) -> str:
    """Drop marks and quotation marks around words, and keep the words as they are."""
    text = text.strip().strip(",;: ").strip()
    quoted = re.fullmatch(r"[\"“'‘](.+)[\"”'’][.!?]?", text, re.DOTALL)
    return (quoted.group(1) if quoted else text.removesuffix(".")).strip()


def _label(parameter: Parameter) -> str:
    if parameter.kind == "array":
        return rf"(?:with (?:the )?)?{re.escape(stem(parameter.words[-1]))}\w*"
    own = r"[\s_-]".join(map(re.escape, parameter.words))
    extra = _LABELS.get(parameter.kind, "")
    last = parameter.words[-1] if len(parameter.words) > 1 else ""
    return "|".join(part for part in (own, extra, re.escape(last)) if part)


def _next_label(
    reading: Reading, start: int, others: Iterable[Parameter], sentence: bool = False
) -> int:
    """Find where the next labelled argument begins, or the sentence ends when asked."""
    ends = [len(reading.text)]
    for other in others:
        if other.kind == "array":
            bare = re.search(
                rf",?\s*\b(?:with )?{re.escape(stem(other.words[-1]))}\w*\s", reading.text[start:]
            )
            ends += [start + bare.start()] if bare else []
        own = "|".join(
            filter(None, (r"[\s_-]".join(map(re.escape, other.words)), _LABELS.get(other.kind, "")))
        )
        pattern = rf"[,.;]?\s*\b(?:with |and )?(?:the |a )?(?:{own})\s*(?:[:=]|(?=[\"“'‘])|\bis\b)"
        match = re.search(pattern, reading.text[start:], re.IGNORECASE)
        ends += [start + match.start()] if match else []
    if sentence:
        mark = re.search(r"[.;](?=\s|$)|\n", reading.text[start:])
        ends += [start + mark.start()] if mark else []
    return min(ends)


def _in_quote(reading: Reading, place: int) -> bool:
    return any(v.kind == "quote" and v.start < place < v.end for v in reading.values)


def _wanted(parameter: Parameter) -> dict[str, float]:
    kind = parameter.item.kind if parameter.kind == "array" and parameter.item else parameter.kind
    return _COMPATIBLE.get(kind, {})


def _counts_time(parameter: Parameter) -> bool:
    return bool({stem(w) for w in parameter.words} & {stem(w) for w in
                ["minute", "minutes", "min", "mins", "hour", "hours", "second", "seconds", "day", "days", "night", "week", "month", "year", "duration"]})  # fmt: skip


def _as_many_quotes(reading: Reading, parameters: Iterable[Parameter]) -> bool:
    quotes = [value for value in reading.free_values() if value.kind == "quote"]
    return len(quotes) > 1 and len(quotes) >= sum(p.kind in FREE for p in parameters)


def _without_own(parameter: Parameter, text: str, tool: Tool) -> str:
    """Drop a parameter's own name from its value: "the archive folder" is a folder called archive.

    What is part of a name stays: Mexico City, the living room.
    """
    own = {*parameter.words, *_KIND_NOUNS.get(parameter.kind, ())} - {"room"}
    names = (
        [*tool.name_stems, *(w for p in tool.parameters for w in p.words if w != "room")]
        if parameter.kind in {"text", "ticker"}
        else []
    )
    kept = text.split()
    while kept and _is_own(kept[-1], [*own, *names]):
        kept.pop()
    while len(kept) > 1 and _is_own(kept[0], own):
        kept.pop(0)
    return tidy(" ".join(kept))


def _is_own(word: str, own: Iterable[str]) -> bool:
    """Tell whether a word is, or is short for, one of these: repo for repository. A capital makes it a name."""
    return not word[0].isupper() and any(
        stem(word) == stem(other) or (len(other) > 2 and word.casefold().startswith(other))
        for other in own
    )
