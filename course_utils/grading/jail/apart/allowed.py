"""What a student's function may do with an object that stays with the tests: a list, by kind."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from operator import methodcaller
from types import BuiltinMethodType, FunctionType, MethodType
from typing import Any

from langchain_core.tools import BaseTool
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import StateGraph
from langgraph.pregel import Pregel
from pydantic import BaseModel

Act = Callable[..., Any]


class NotAllowedError(Exception):
    """Something was asked for that is not on the list."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object.

    Attributes:
        reads: attributes that may be read, each with what reads it.
        calls: methods that may be called, each with what calls it.
        takes: the kinds of foreign data that its methods take.
    """

    reads: dict[str, Act] = field(default_factory=dict)
    calls: dict[str, Act] = field(default_factory=dict)
    takes: frozenset[str] = frozenset()


def _attribute(name: str) -> Act:
    return lambda target: getattr(target, name)


def _method(name: str) -> Act:
    return lambda target, *args, **kwargs: methodcaller(name, *args, **kwargs)(target)


def _reads(*names: str) -> dict[str, Act]:
    return {name: _attribute(name) for name in names}


def _calls(*names: str) -> dict[str, Act]:
    return {name: _method(name) for name in names}


def _on_a_graph(name: str) -> Act:
    """Call a graph's method, where no configuration reaches LangGraph's own keys in it."""

    def act(target: Any, *args: Any, **kwargs: Any) -> Any:
        for given in (*args, *kwargs.values()):
            inner = given.get("configurable") if type(given) is dict else None
            if type(inner) is dict and any(str(key).startswith("__") for key in inner):
                raise NotAllowedError("a key of LangGraph's own in a configuration")
        if kwargs.keys() & {"control", "debug", "print_mode"}:
            raise NotAllowedError("an option that prints or controls")
        return getattr(target, name)(*args, **kwargs)

    return act


def _awaited(name: str) -> Act:
    call = _on_a_graph(name)
    return lambda target, *args, **kwargs: asyncio.run(call(target, *args, **kwargs))


def _next(target: Iterator[Any]) -> list[Any]:
    """Return the next value in a list, which is empty at the end."""
    return list(islice(target, 1))


def _call(target: Any, *args: Any, **kwargs: Any) -> Any:
    return target(*args, **kwargs)


_GRAPH = (
    "get_state",
    "get_state_history",
    "invoke",
    "stream",
    "update_state",
    "with_config",
)
_BUILDER = (
    "add_conditional_edges",
    "add_edge",
    "add_node",
    "add_sequence",
    "compile",
    "set_conditional_entry_point",
    "set_entry_point",
    "set_finish_point",
)
KINDS: dict[str, Kind] = {
    "graph": Kind(
        {
            **_reads("checkpointer", "name", "interrupt_before_nodes", "interrupt_after_nodes"),
            "nodes": lambda graph: dict.fromkeys(graph.nodes),
        },
        {
            **{name: _on_a_graph(name) for name in _GRAPH},
            **{name: _awaited(name) for name in ("ainvoke", "aget_state", "aupdate_state")},
        },
    ),
    "builder": Kind(
        {"nodes": lambda builder: dict.fromkeys(builder.nodes), **_reads("edges")},
        _calls(*_BUILDER),
        takes=frozenset({"handle", "mine", "saver"}),
    ),
    "saver": Kind({}, _calls("get", "get_tuple", "list", "delete_thread")),
    "tool": Kind(
        _reads("name", "description", "args", "args_schema", "tool_call_schema"),
        _calls("invoke", "run", "get_input_schema"),
    ),
    "schema": Kind(
        {"model_fields": lambda schema: dict.fromkeys(schema.model_fields)},
        {**_calls("model_validate", "model_validate_json", "model_json_schema"), "call": _call},
    ),
    # Its fields may be read too: see `fields_of`.
    "model": Kind({}, _calls("model_dump")),
    "function": Kind({}, {"call": _call}, takes=frozenset({"handle"})),
    "stream": Kind({}, {"next": _next}),
    "connection": Kind(
        _reads("in_transaction", "total_changes", "isolation_level"),
        _calls("execute", "executemany", "cursor", "commit", "rollback"),
    ),
    "cursor": Kind(
        _reads("rowcount", "lastrowid", "description"),
        _calls("execute", "executemany", "fetchone", "fetchall", "fetchmany", "close"),
    ),
    "object": Kind(),
}
"""What may be done with an object, by its kind. Of an "object", nothing."""

_CLASSES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (Pregel, "graph"),
    (StateGraph, "builder"),
    (BaseCheckpointSaver, "saver"),
    (BaseTool, "tool"),
    (BaseModel, "model"),
    (sqlite3.Connection, "connection"),
    (sqlite3.Cursor, "cursor"),
    (Iterator, "stream"),
    ((FunctionType, BuiltinMethodType, MethodType), "function"),
)


def kind_of(target: object) -> str:
    """Return the kind of an object, a key of `KINDS`."""
    if isinstance(target, type):
        return "schema" if issubclass(target, BaseModel) else "object"
    return next((kind for classes, kind in _CLASSES if isinstance(target, classes)), "object")


def fields_of(target: object) -> list[str]:
    """Return the names of the fields of a model, and nothing for another object."""
    return list(type(target).model_fields) if isinstance(target, BaseModel) else []


def perform(target: object, does: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Do with an object what a student's function asks for.

    Args:
        target: an object of the tests'.
        does: the name of a method, or of an attribute with a dot before it.
        args: data.
        kwargs: data.

    Raises:
        NotAllowedError: it is not on the list.
    """
    kind = KINDS[kind_of(target)]
    name = does.removeprefix(".")
    if does == name:
        act = kind.calls.get(name)
    else:
        act = _attribute(name) if name in fields_of(target) else kind.reads.get(name)
    if act is None:
        raise NotAllowedError(f"{name!r} of a {kind_of(target)}")
    return act(target, *args, **kwargs)


def hold(target: object) -> None:
    """Make an object ready for a student's function: a database opens no other file for it."""
    if isinstance(target, sqlite3.Connection):
        target.set_authorizer(_no_other_file)


def _no_other_file(action: int, *_: object) -> int:
    no = (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH, sqlite3.SQLITE_PRAGMA)
    return sqlite3.SQLITE_DENY if action in no else sqlite3.SQLITE_OK
