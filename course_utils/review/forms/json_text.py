"""JSON as a person reads and types it."""

from __future__ import annotations

import json
import math
import re
from contextlib import suppress
from typing import Any, NoReturn

# What a text box drops, cannot send or lets reorder its neighbours: control characters, marks of
# the direction of writing, halves of surrogate pairs.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_LONG_MESSAGE = 300  # characters


def fits_a_box(text: str) -> bool:
    """Say whether a text box would show all of a text and give it back unchanged."""
    return not _UNFIT.search(text)


def write_json(value: Any, *, indent: int | None = 2) -> str:
    """Write a value as JSON that a person can read; a tuple becomes a list.

    Characters which a text box would not keep are written by their code.

    Args:
        value: what JSON knows; anything else is written as the text that `str` makes of it.
        indent: in spaces, None for a single line.
    """
    written = json.dumps(value, indent=indent, ensure_ascii=False, default=str)
    return _UNFIT.sub(lambda found: json.dumps(found[0])[1:-1], written)


def read_json(text: str, former: str = "") -> Any:
    """Read JSON that a person typed.

    Args:
        text: what was typed.
        former: what stood there before: NaN and infinities are read where they stood already.

    Raises:
        ValueError: if it is not JSON, names a key twice or holds what is no number, with the
            reason in words and its place.
    """

    def constant(name: str) -> float:
        return float(name) if name in _constants(former) else _refuse(name)

    try:
        return json.loads(
            text,
            parse_constant=constant,
            parse_float=_finite,
            object_pairs_hook=_each_key_once,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"not JSON: {error.msg} at {place}") from None
    except RecursionError:
        raise ValueError("not JSON that can be read: it is nested too deeply") from None


def _constants(text: str) -> set[str]:
    """Return which of NaN and the infinities JSON text holds as values."""
    found: set[str] = set()
    if "NaN" in text or "Infinity" in text:
        with suppress(ValueError, RecursionError):
            json.loads(text, parse_constant=found.add)
    return found


def same_json(one: Any, other: Any) -> bool:
    """Say whether two values are one in JSON: 1 is neither true nor 1.0, a tuple is a list."""
    return write_json(one, indent=None) == write_json(other, indent=None)


def shortened(message: str) -> str:
    """Leave out the middle of a message that quotes a long value: its end says what is wrong."""
    if len(message) <= _LONG_MESSAGE:
        return message
    return f"{message[: _LONG_MESSAGE // 2]} ... {message[-_LONG_MESSAGE // 2 :]}"


def _refuse(number: str) -> NoReturn:
    raise ValueError(f"not JSON: it has no {number}, type another number or null")


def _finite(written: str) -> float:
    number = float(written)
    return number if math.isfinite(number) else _refuse(written)


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} is there twice")
    return held
