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
    from langgraph.checkpoint import memory  # noqa: PLC0415

    modules = (graph, types, memory)
    return frozenset(normalised(name) for module in modules for name in _names_in(module))


def _names_in(module: object) -> Iterator[str]:
    for name, value in _public(module):
        yield name
        if inspect.isclass(value):
            for member, function in _public(value):
                yield member
                yield from _parameters(function)
        yield from _parameters(value)


def _public(holder: object) -> Iterator[tuple[str, object]]:
    return ((name, value) for name, value in inspect.getmembers(holder) if name[0] != "_")


def _parameters(value: object) -> Iterator[str]:
    if not callable(value):
        return
    try:
        yield from inspect.signature(value).parameters
    except (TypeError, ValueError):  # Some built-in callables publish no signature.
        return
