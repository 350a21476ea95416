"""How forgiving a typed answer is read: what is ignored, what is one slip, what is another name."""

from __future__ import annotations

import inspect
from functools import cache
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from collections.abc import Iterator

FORGIVING_LENGTH = 8
"""Answers this long forgive one slip; in shorter ones a slip is too often another word."""

_QUOTES = "\"'`\u2018\u2019\u201c\u201d"


def bare(text: str) -> str:
    """Return `text` without the quotes, backticks and spaces round it."""
    return text.strip().strip(_QUOTES).strip()


def normalised(text: str) -> str:
    """Return `text` as answers are compared: bare, in lower case, `_` for `-`, single spaces."""
    return " ".join(bare(text).casefold().replace("-", "_").split())


def within_one_slip(answer: str, other: str) -> bool:
    """Tell whether two answers, normalised, are at most one slip apart.

    A slip is one character more, less, changed, or swapped with its neighbour: the optimal string
    alignment distance.
    """
    return OSA.distance(normalised(answer), normalised(other), score_cutoff=1) <= 1


def is_forgiven(answer: str, accepted: str) -> bool:
    """Tell whether `answer` passes for `accepted`: the same but for one slip, and no other name."""
    if normalised(answer) == normalised(accepted):
        return True
    long_enough = len(normalised(accepted)) >= FORGIVING_LENGTH
    return long_enough and within_one_slip(answer, accepted) and not is_langgraph_name(answer)


def is_langgraph_name(text: str) -> bool:
    """Tell whether `text` names something public in the installed LangGraph."""
    return normalised(text) in _langgraph_names()


@cache
def _langgraph_names() -> frozenset[str]:
    # Imported here: LangGraph takes half a second, and few answers are one slip from right.
    from langgraph import graph, types  # noqa: PLC0415
    from langgraph.checkpoint.memory import InMemorySaver  # noqa: PLC0415
    from langgraph.graph.state import CompiledStateGraph  # noqa: PLC0415

    public = [getattr(module, name) for module in (graph, types) for name in module.__all__]
    names = {name for module in (graph, types) for name in module.__all__}
    for value in (*public, CompiledStateGraph, InMemorySaver):
        names.update(_names_of(value))
    return frozenset(map(normalised, names))


def _names_of(value: object) -> Iterator[str]:
    """Give the name of a class or function, its parameters, and the same of its methods."""
    if not (inspect.isclass(value) or inspect.isroutine(value)):
        return
    yield value.__name__
    yield from _parameters(value)
    if inspect.isclass(value):
        for name, member in inspect.getmembers(value):
            if not name.startswith("_"):
                yield name
                yield from _parameters(member)


def _parameters(value: object) -> Iterator[str]:
    if not callable(value):
        return
    try:
        yield from inspect.signature(value).parameters
    except (TypeError, ValueError):  # Some built-in callables publish no signature.
        return
