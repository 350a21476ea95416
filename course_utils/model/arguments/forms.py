"""Arguments that show what they are by their form: options, flags, addresses, dates, amounts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from course_utils.model.arguments.convert import fit
from course_utils.model.arguments.phrases import SCATTERED, side_score
from course_utils.model.lexicon import each
from course_utils.model.values import Value, currency_in
from course_utils.model.words import alike, stem, stems, words

if TYPE_CHECKING:
    from course_utils.model.arguments.reading import Reading
    from course_utils.model.tools import Parameter

# Other words for the usual options of an enum.
_ALSO_CALLED = {
    "high": "urgent|asap|important|top",
    "urgent": "asap|emergency",
    "critical": "emergency",
    "celsius": "°c|centigrade",
    "fahrenheit": "°f",
}
_OFF = re.compile(r"\b(?:no|not|without|don't|off|disable|deactivate|false)\b", re.IGNORECASE)
_ON = re.compile(r"\b(?:on|enable|activate|true|yes)\b", re.IGNORECASE)
_FLAG_WORDS = each("is include should enable enabled with on")
_SWITCHES = each("on enabled state power active")
_TIME_UNITS = each("minute min hour second day night week month year duration")


def join_dates(reading: Reading) -> None:
    """Make "tomorrow at 9am" one value, unless the tool takes a date by itself."""
    kinds = {p.kind for p in reading.tool.parameters}
    if "date" in kinds or not kinds & {"datetime", "time"}:
        return
    joined: list[Value] = []
    for value in reading.values:
        last = joined[-1] if joined else None
        if last and _is_date_and_time(reading.text, last, value):
            whole = reading.text[last.start : value.end]
            joined[-1] = Value("datetime", whole, last.start, value.end)
        else:
            joined.append(value)
    reading.values = joined


def _is_date_and_time(text: str, one: Value, other: Value) -> bool:
    between = re.fullmatch(r",?\s*(?:at|on)?\s*", text[one.end : other.start])
    return {one.kind, other.kind} == {"date", "time"} and between is not None


def options(reading: Reading) -> None:
    """Take the options of an enum that are named."""
    for parameter in reading.open():
        allowed = parameter.options or (parameter.item.options if parameter.item else ())
        named = {o: m for o in allowed if (m := _option_named(reading.text, str(o)))}
        if not named:
            continue
        best = max(named, key=lambda option: len(str(option)))
        several = parameter.kind == "array"
        reading.args[parameter.name] = list(named) if several else best
        reading.taken += [named[option].span() for option in (named if several else [best])]


def flags(reading: Reading) -> None:
    """Take yes and no for what is mentioned; where the tool insists, silence is no."""
    off, on = _OFF.search(reading.text), _ON.search(reading.text)
    for parameter in reading.open():
        if parameter.kind != "boolean":
            continue
        meant = [stem(word) for word in parameter.words if word not in _FLAG_WORDS]
        mentioned = any(alike(mine, said) for mine in meant for said in stems(reading.text))
        switch = not meant or set(_SWITCHES) & set(parameter.words)
        if mentioned or (switch and (on or off)):
            reading.args[parameter.name] = not off
        elif parameter.required:
            reading.args[parameter.name] = False


def by_form(reading: Reading) -> None:
    """Give each parameter the value whose form and surroundings suit it best."""
    in_order = _as_many_quotes(reading)
    pairs = [
        (
            4.0 if in_order and value.kind == "quote" else suits,
            -place,
            -value.start,
            parameter,
            value,
        )
        for place, parameter in enumerate(reading.open())
        for value in reading.free_values()
        if (suits := _suits(reading, parameter, value)) > 0
    ]
    for *_, parameter, value in sorted(pairs, key=lambda pair: pair[:3], reverse=True):
        if parameter.name in reading.args:
            continue
        if parameter.kind == "currency" and value.kind == "money":
            reading.args[parameter.name] = currency_in(value.text)  # the amount needs it too
        elif reading.is_free(value.start, value.end):
            _take_value(reading, parameter, value)


def _take_value(reading: Reading, parameter: Parameter, value: Value) -> None:
    row = [v for v in reading.joined(value) if reading.is_free(v.start, v.end)]
    if parameter.kind == "array" and parameter.item:
        reading.args[parameter.name] = [fit(parameter.item, v.text) for v in row]
    else:
        row = row if _scatters(reading, parameter) else [value]
        found = [fit(parameter, v.text) for v in row]
        if found[0] is None:
            return
        reading.give_several(parameter, found)
    for v in row:
        reading.take(v.start, v.end)


def _scatters(reading: Reading, parameter: Parameter) -> bool:
    """Tell whether several values mean several calls: no other parameter waits for one of them."""
    alone = not any(p is not parameter and p.kind == parameter.kind for p in reading.open())
    return alone and (parameter.kind in SCATTERED or parameter.topic == "id")


def _suits(reading: Reading, parameter: Parameter, value: Value) -> float:
    """Score a value for a parameter: its form, the word before it, the word after it."""
    form = _suits_form(parameter, value)
    if not form:
        return 0.0
    form += side_score(parameter, reading.lead(value.start))
    if value.kind == "unit":
        counted = bool(re.search(r"\d\s*$", reading.text[: value.start]))
        form += 3 if counted == parameter.takes_side("from") else -3
    near = [stem(w) for w in (reading.before(value.start), reading.after(value.end)) if w]
    own = [stem(word) for word in parameter.words]
    kin = any(alike(word, mine) for word in near for mine in own)
    return form + (3 if set(near) & set(own) else 2 if kin else 0)


def _suits_form(parameter: Parameter, value: Value) -> float:
    score = parameter.forms.get(value.kind, 0.0)
    if parameter.kind == "array" and value.kind == "quote":
        score -= 1
    if parameter.topic == "amount" and value.kind == "money":
        score += 3
    if parameter.kind in {"integer", "number"} and value.kind == "duration":
        units = {stem(unit) for unit in _TIME_UNITS}
        score += 3 if units & {stem(word) for word in parameter.words} else -3
    return score


def _as_many_quotes(reading: Reading) -> bool:
    """Tell whether each parameter of free words has a quote: then they go in order."""
    quotes = [value for value in reading.free_values() if value.kind == "quote"]
    return len(quotes) > 1 and len(quotes) >= sum(p.takes_words for p in reading.open())


def _option_named(text: str, option: str) -> re.Match[str] | None:
    pattern = r"[\s_-]?".join(map(re.escape, words(option))) or re.escape(option)
    also = _ALSO_CALLED.get(option.casefold(), pattern)
    return re.search(rf"(?<![\w@.])(?:{pattern}|{also})(?:s|ly)?(?![\w@])", text, re.IGNORECASE)
