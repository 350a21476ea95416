"""Errors as data: the class by its name, from a fixed list, and its message."""

from __future__ import annotations

import builtins
import sqlite3
from typing import Any

from langgraph import errors as langgraph_errors
from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

_PLAIN = (str, bool, int, float, type(None))
_NEVER = {"StopIteration", "StopAsyncIteration", "ExceptionGroup"}
_OF_LANGGRAPH = (
    "EmptyChannelError",
    "EmptyInputError",
    "GraphRecursionError",
    "InvalidUpdateError",
)
_OF_SQLITE = (
    "DataError",
    "DatabaseError",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
)
_MOST_ERRORS = 100


def _known() -> dict[str, type[Exception]]:
    found = {name: value for name, value in vars(builtins).items() if name not in _NEVER}
    errors = {name: e for name, e in found.items() if isinstance(e, type)}
    known = {name: e for name, e in errors.items() if issubclass(e, Exception)}
    known |= {name: getattr(langgraph_errors, name) for name in _OF_LANGGRAPH}
    return known | {f"sqlite3.{name}": getattr(sqlite3, name) for name in _OF_SQLITE}


KNOWN = _known()
"""The errors that can be sent, by name; `LookupError` for KeyError and the like."""
_NAMES = {error: name for name, error in KNOWN.items()}


class ErrorsInData:
    """Turns errors into data and back.

    Attributes:
        own: by name, errors that the lesson's own cells define, on this side.
    """

    def __init__(self) -> None:
        self.own: dict[str, type[Exception]] = {}

    def learn(self, namespace: dict[str, Any]) -> None:
        """Take the errors that cells have defined among those that can be sent."""
        for name, value in namespace.items():
            if isinstance(value, type) and issubclass(value, Exception):
                self.own[name] = value

    def encode(self, error: BaseException) -> list[Any]:
        """Return the data that stands for an error: its class, its arguments, its message."""
        if isinstance(error, ValidationError):
            return ["invalid", _invalid(error), error.title[:200]]
        name = self._name(type(error))
        if name is None:
            base = next(filter(None, map(self._name, type(error).__mro__)), "Exception")
            return [base, None, f"{type(error).__name__}: {_words(error)}"]
        args = list(error.args) if all(type(arg) in _PLAIN for arg in error.args) else None
        return [name, args, _words(error)]

    def decode(self, name: Any, args: Any, words: Any) -> Exception:
        """Return an error as the other side had it.

        Raises:
            KeyError, TypeError, ValueError: the data stands for none.
        """
        if type(words) is not str:
            raise TypeError("what is no message of an error")
        if name == "invalid":
            return _validation_error(words, args)
        kind = {**KNOWN, **self.own}[name]
        if type(args) is list and all(type(arg) in _PLAIN for arg in args):
            try:
                return kind(*args)
            except (TypeError, ValueError):
                pass  # its class wants other arguments than it keeps
        return _of_words(kind, words)

    def _name(self, kind: type) -> str | None:
        if kind.__name__ in self.own and self.own[kind.__name__] is kind:
            return kind.__name__
        return _NAMES.get(kind)


def _words(error: BaseException) -> str:
    try:
        return str(error)[:4000]
    except Exception:
        return "an error that has no words"


def _of_words(kind: type[Exception], words: str) -> Exception:
    for one in (kind, ValueError):
        try:
            return one(words)
        except TypeError:
            continue  # as UnicodeDecodeError, which wants five arguments
    raise TypeError("an error that cannot be made")


def _invalid(error: ValidationError) -> list[list[Any]]:
    found = error.errors(include_url=False, include_context=False)[:_MOST_ERRORS]
    return [
        [one["type"], [part if type(part) is int else str(part) for part in one["loc"]], one["msg"]]
        for one in found
    ]


def _validation_error(title: str, found: Any) -> ValidationError:
    details: list[InitErrorDetails] = []
    for kind, loc, words in found:
        if not all(type(part) in (str, int) for part in (kind, words, *loc)):
            raise TypeError("what is no error of a model")
        told = PydanticCustomError(kind, words.replace("{", "(").replace("}", ")"))
        details.append(InitErrorDetails(type=told, loc=tuple(loc), input=None))
    return ValidationError.from_exception_data(title, details)
