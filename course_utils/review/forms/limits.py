"""What a JSON schema allows as a value, in plain words, for a person who has not typed it yet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from course_utils.review.forms.schemas import resolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FORMATS = {
    "date": "A date, as 2030-12-31.",
    "date-time": "A date and time, as 2030-12-31T18:00:00Z.",
    "time": "A time, as 18:00:00.",
    "duration": "A duration, as P3DT12H for three days and twelve hours.",
    "email": "An email address.",
    "idn-email": "An email address.",
    "uri": "A web address, as https://example.com/page.",
    "url": "A web address, as https://example.com/page.",
    "hostname": "The name of a computer, as example.com.",
    "ipv4": "An IP address, as 192.0.2.1.",
    "ipv6": "An IP address, as 2001:db8::1.",
    "uuid": "A UUID, as 123e4567-e89b-12d3-a456-426614174000.",
}
_COUNTED = (
    ("string", "Length", "character"),
    ("array", "Items", "item"),
    ("object", "Properties", "entry"),
)
_MANY = {"entry": "entries"}
# Of a pattern only what is one kind of character, so many times, is told without the pattern.
_SIMPLE = re.compile(
    r"\^(?P<of>\\d|\[0-9\]|\[A-Z\]|\[a-z\]|\[a-zA-Z\]|\[A-Za-z\])"
    r"(?:(?P<some>\+)|\{(?P<least>\d+)(?:(?P<to>,)(?P<most>\d*))?\})?\$"
)
_KINDS = {
    r"\d": "digit",
    "[0-9]": "digit",
    "[A-Z]": "capital letter",
    "[a-z]": "small letter",
    "[a-zA-Z]": "letter",
    "[A-Za-z]": "letter",
}


def limits_of(part: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    """Say which values a part of a schema allows; empty where it allows any of its type.

    Args:
        part: of the schema, with its references followed and null taken out.
        root: the whole schema.
    """
    if "enum" in part or "const" in part:
        return ""
    each = resolved(part.get("items"), root)
    of_each = "".join(f" Each item: {_begun_small(told)}" for told in _limits(each))
    return (" ".join(_limits(part)) + of_each).strip()


def _limits(part: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(part.get("format"), str) and part["format"] in _FORMATS:
        yield _FORMATS[part["format"]]
    yield from _of_numbers(part)
    for of_type, suffix, unit in _COUNTED:
        if part.get("type", of_type) == of_type:
            yield from _counted(part.get(f"min{suffix}"), part.get(f"max{suffix}"), unit)
    if isinstance(part.get("pattern"), str):
        yield _of_pattern(part["pattern"])
    if part.get("uniqueItems") is True:
        yield "No item twice."


def _of_numbers(part: Mapping[str, Any]) -> Iterator[str]:
    lowest, above = _bound(part, "inimum")
    highest, below = _bound(part, "aximum")
    if lowest is not None and highest is not None and not (above or below):
        yield f"From {lowest} to {highest}."
    else:
        if lowest is not None:
            yield f"{'More than' if above else 'At least'} {lowest}."
        if highest is not None:
            yield f"{'Less than' if below else 'At most'} {highest}."
    step = part.get("multipleOf")
    if _is_number(step):
        yield "A whole number." if step == 1 else f"A multiple of {step}."


def _bound(part: Mapping[str, Any], end: str) -> tuple[Any, bool]:
    """Return the limit at one end, and whether the limit itself is not allowed."""
    limit, exclusive = part.get(f"m{end}"), part.get(f"exclusiveM{end}")
    if exclusive is True:  # as JSON schema wrote it until its fourth draft
        exclusive, limit = limit, None
    # Of two the one that allows less, and of equal ones the first.
    each: list[tuple[Any, bool]] = [(exclusive, True), (limit, False)]
    bounds = [one for one in each if _is_number(one[0])]
    tightest = max if end == "inimum" else min
    return tightest(bounds, key=_limit) if bounds else (None, False)


def _limit(bound: tuple[float, bool]) -> float:
    return bound[0]


def _counted(least: Any, most: Any, unit: str) -> Iterator[str]:
    least = least if _is_number(least) and least > 0 else None
    most = most if _is_number(most) else None
    if least is not None and least == most:
        yield f"Exactly {_so_many(least, unit)}."
    elif least is not None and most is not None:
        yield f"{least} to {_so_many(most, unit)}."
    elif least is not None:
        yield f"At least {_so_many(least, unit)}."
    elif most is not None:
        yield f"At most {_so_many(most, unit)}."


def _of_pattern(pattern: str) -> str:
    found = _SIMPLE.fullmatch(pattern)
    if found is None:
        return f"It has to match the pattern {pattern}"
    unit, least, most = _KINDS[found["of"]], found["least"], found["most"]
    if found["some"]:
        return f"Only {_MANY.get(unit, f'{unit}s')}."
    if least is None:
        return f"Exactly {_so_many(1, unit)}."
    if not found["to"]:
        return f"Exactly {_so_many(int(least), unit)}."
    return "".join(_counted(int(least), int(most) if most else None, unit)) or f"Only {unit}s."


def _so_many(number: Any, unit: str) -> str:
    return f"{number} {unit if number == 1 else _MANY.get(unit, f'{unit}s')}"


def _begun_small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
