"""Values as JSON, and back: data only, of a fixed list of types, and nothing that acts.

A number, a text, True, False and None stand for themselves. Anything else is a list that begins
with its kind. What is not data (a graph, a function) is left to the two processes: it is "foreign".
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from langchain_core.messages.base import TextAccessor

from course_utils.grading.jail.apart.structures import (
    MESSAGES,
    RECORDS,
    fields_of,
    made_of,
    parts_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from course_utils.grading.jail.apart.errors import ErrorsInData

DEEPEST = 60
"""How many values may stand inside one another."""
_LONGEST_NUMBER = 1 << 4096

_TEXTS: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "datetime": (datetime, datetime.isoformat, datetime.fromisoformat),
    "date": (date, date.isoformat, date.fromisoformat),
    "time": (time, time.isoformat, time.fromisoformat),
    "seconds": (timedelta, lambda d: str(d.total_seconds()), lambda s: timedelta(seconds=float(s))),
    "decimal": (Decimal, str, Decimal),
    "uuid": (UUID, str, UUID),
    "bytes": (bytes, lambda b: b64encode(b).decode(), lambda s: b64decode(s, validate=True)),
}
_NAMES = {kind: name for name, (kind, _, _) in _TEXTS.items()}
_MANY: dict[str, Any] = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
_PLAIN = (type(None), bool, str, float)
BASES = (str, bool, int, float, dict, *_MANY.values())
"""What a value of a subclass is sent as, where that is allowed."""


class CodecError(ValueError):
    """A value that cannot be sent, or data that is no value."""


class Codec:
    """Turns values into data and back.

    Args:
        put: makes data, a list that begins with its kind, of a foreign object; None if it cannot.
        take: makes the object of such data. It raises CodecError for a kind that it does not know.
        errors: the errors that can be sent.
        exact: refuse what is of a subclass, as a list whose `__eq__` is somebody's own.
    """

    def __init__(
        self,
        put: Callable[[object], list[Any] | None],
        take: Callable[[list[Any]], object],
        errors: ErrorsInData,
        *,
        exact: bool,
    ) -> None:
        self._put = put
        self._take = take
        self._errors = errors
        self._exact = exact

    def encode(self, value: object, depth: int = 0) -> Any:
        """Return the data that stands for a value.

        Raises:
            CodecError: it cannot be sent.
        """
        if depth > DEEPEST:
            raise CodecError("a value that is nested too deep")
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is int:
            return self._number(value)
        if kind in _MANY.values():
            return [
                kind.__name__,
                *(self.encode(part, depth + 1) for part in cast("Iterable[Any]", value)),
            ]
        if kind is dict:
            return self._encode_dict(value, depth)
        return self._encode_made(value, depth)

    def decode(self, data: Any, depth: int = 0) -> Any:
        """Return the value that data stands for.

        Raises:
            CodecError: it stands for none.
        """
        if depth > DEEPEST:
            raise CodecError("a value that is nested too deep")
        if type(data) in _PLAIN:
            return data
        if type(data) is int:
            return self._number(data)
        if type(data) is not list or not data or type(data[0]) is not str:
            raise CodecError("what is no value")
        try:
            return self._decode(data[0], data[1:], depth + 1)
        except CodecError:
            raise
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise CodecError(f"what is no {data[0][:40]}") from error

    def _number(self, value: Any) -> Any:
        if not -_LONGEST_NUMBER < value < _LONGEST_NUMBER:
            raise CodecError("a number that is too long")
        return value

    def _encode_dict(self, value: Any, depth: int) -> list[Any]:
        pairs = [[self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in value.items()]
        return ["dict", *pairs]

    def _encode_made(self, value: object, depth: int) -> Any:
        kind = type(value)
        if kind in _NAMES:
            return [_NAMES[kind], _TEXTS[_NAMES[kind]][1](value)]
        name = kind.__name__
        if MESSAGES.get(name) is kind:
            return ["message", name, self._encode_dict(fields_of(value), depth)]
        if RECORDS.get(name) is kind:
            return ["record", name, *(self.encode(part, depth + 1) for part in parts_of(value))]
        put = self._put(value)
        if put is None and isinstance(value, Exception):
            put = ["error", *self._errors.encode(value)]
        return self._encode_base(value, depth) if put is None else put

    def _encode_base(self, value: object, depth: int) -> Any:
        """Encode what is of a subclass of a type that can be sent, as that type."""
        bases = [] if self._exact else [b for b in BASES if isinstance(value, b)]
        if isinstance(value, TextAccessor):  # what LangChain's `message.text` is
            bases = [str]
        if not bases:
            raise CodecError(f"a value of the type {type(value).__name__}")
        plain: Any = bases[0]
        return self.encode(plain(value), depth)

    def _decode(self, kind: str, parts: list[Any], depth: int) -> Any:
        if kind in _MANY:
            return _MANY[kind]([self.decode(part, depth) for part in parts])
        if kind == "dict":
            return {self.decode(key, depth): self.decode(value, depth) for key, value in parts}
        if kind in _TEXTS:
            return _from_text(kind, *parts)
        if kind in ("message", "record"):
            name, *values = parts
            make = _message if kind == "message" else made_of
            return make(name, [self.decode(value, depth) for value in values])
        return self._errors.decode(*parts) if kind == "error" else self._take([kind, *parts])


def _from_text(kind: str, text: object) -> Any:
    if type(text) is not str:
        raise CodecError(f"what is no {kind}")
    try:
        return _TEXTS[kind][2](text)
    except binascii.Error as error:
        raise CodecError(f"what is no {kind}") from error


def _message(name: str, parts: list[Any]) -> Any:
    made, (fields,) = MESSAGES[name], parts
    if type(fields) is not dict or not fields.keys() <= made.model_fields.keys():
        raise CodecError("what is no message")
    return made(**fields)
