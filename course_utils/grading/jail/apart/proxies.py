"""The student's side: what stands for an object that stays with the tests."""

from __future__ import annotations

import inspect
import sqlite3
from functools import partial
from typing import TYPE_CHECKING, Any

from langchain_core.tools import BaseTool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import StateGraph
from langgraph.graph.state import CompiledStateGraph
from pydantic import BaseModel

from course_utils.grading.jail.apart.allowed import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NUMBER = "_number_of_the_tests"


class NotHereError(BaseException):
    """Something that only an object itself can do. No `except Exception` holds it."""


class Proxy:
    """Stands for an object of the tests': each use of it is asked of them.

    Args:
        ask: asks; takes the object's number, what to do, and the arguments.
        number: the object's.
        kind: a key of `KINDS`.
    """

    def __init__(self, ask: Any, number: int, kind: str) -> None:
        self._ask = ask
        self._number = number
        self._kind = kind

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        kind = KINDS[self._kind]
        if name in kind.reads:
            return self._does(f".{name}")
        if name in kind.calls:
            return partial(self._does, name)
        raise NotHereError(f"{name!r} of a {self._kind}")

    def _does(self, name: str, *args: Any, **kwargs: Any) -> Any:
        return self._ask(self._number, name, list(args), kwargs)


class GraphProxy(Proxy):
    """Stands for a compiled graph."""

    __class__ = CompiledStateGraph  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)
        return _awaited(found) if name in ("ainvoke", "aget_state", "aupdate_state") else found


class BuilderProxy(Proxy):
    """Stands for a graph that is being built."""

    __class__ = StateGraph  # type: ignore[assignment]


class SaverProxy(Proxy):
    """Stands for a checkpointer."""

    __class__ = InMemorySaver  # type: ignore[assignment]


class ToolProxy(Proxy):
    """Stands for a tool."""

    __class__ = BaseTool  # type: ignore[assignment]


class SchemaProxy(Proxy):
    """Stands for a model's class."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it where it is."""
        return self._does("call", *args, **kwargs)


class ModelProxy(Proxy):
    """Stands for a value of a model's class."""

    __class__ = BaseModel  # type: ignore[assignment]
    model_fields: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        return self._does(f".{name}") if name in self.model_fields else super().__getattr__(name)


class StreamProxy(Proxy):
    """Stands for a generator."""

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        found = self._does("next")
        if not found:
            raise StopIteration
        return found[0]


class ConnectionProxy(Proxy):
    """Stands for a connection to a database."""

    __class__ = sqlite3.Connection  # type: ignore[assignment]

    def __enter__(self) -> ConnectionProxy:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._does("rollback" if kind else "commit")


class CursorProxy(Proxy):
    """Stands for a cursor in a database."""

    __class__ = sqlite3.Cursor  # type: ignore[assignment]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._does("fetchall"))


_CLASSES: dict[str, type[Proxy]] = {
    "graph": GraphProxy,
    "builder": BuilderProxy,
    "saver": SaverProxy,
    "tool": ToolProxy,
    "schema": SchemaProxy,
    "stream": StreamProxy,
    "connection": ConnectionProxy,
    "cursor": CursorProxy,
}


def proxy_of(ask: Any, number: int, kind: str, *fields: str) -> Any:
    """Return what stands for an object.

    Args:
        ask: asks the tests.
        number: the object's.
        kind: a key of `KINDS`.
        fields: of a model's value, the names of its fields.
    """
    if kind == "model":
        own = type("Model", (ModelProxy,), {"model_fields": dict.fromkeys(fields)})
        return own(ask, number, kind)
    if kind == "function":
        return _function(ask, number)
    return _CLASSES.get(kind, Proxy)(ask, number, kind)


def number_of(value: object) -> int | None:
    """Return the number of the object that something stands for; None if it stands for none."""
    if isinstance(value, Proxy):
        return value._number
    return getattr(value, NUMBER, None) if inspect.isfunction(value) else None


def _function(ask: Any, number: int) -> Callable[..., Any]:
    """Return what stands for a function: a function, as LangGraph wants it for a task."""

    def given(*args: Any, **kwargs: Any) -> Any:
        return ask(number, "call", list(args), kwargs)

    setattr(given, NUMBER, number)
    return given


def _awaited(call: Callable[..., Any]) -> Callable[..., Any]:
    async def awaited(*args: Any, **kwargs: Any) -> Any:
        return call(*args, **kwargs)

    return awaited
