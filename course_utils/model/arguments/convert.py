"""A value as the parameter's type wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.model.values import currency_in, number_in, seconds_in

if TYPE_CHECKING:
    from course_utils.model.tools import Parameter

_SECONDS = {
    "second": 1,
    "sec": 1,
    "minute": 60,
    "min": 60,
    "hour": 3600,
    "day": 86400,
    "week": 604800,
}


def fit(parameter: Parameter, text: str) -> Any:
    """Turn words into the type a parameter wants; None when they cannot be read as it."""
    if parameter.kind in {"integer", "number"}:
        return _number(parameter, text)
    if parameter.kind == "currency":
        return currency_in(text) or text
    if parameter.kind == "language":
        return text[:1].upper() + text[1:]
    if parameter.kind == "id":
        return text.removeprefix("#")
    if parameter.kind == "array" and parameter.item:
        return [fit(parameter.item, text)]
    return text or None


def _number(parameter: Parameter, text: str) -> float | int | None:
    number = number_in(text)
    seconds = seconds_in(text)
    for word in parameter.words:
        scale = _SECONDS.get(word.removesuffix("s"))
        if scale and seconds is not None:
            number = seconds / scale
    if number is None:
        return None
    whole = number == int(number)
    return (
        int(number)
        if whole and (parameter.kind == "integer" or isinstance(number, int) or seconds)
        else number
    )
