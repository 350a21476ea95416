"""What is searched and sorted: words that a thread has to mention, and the order of the list."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

Asked: TypeAlias = "tuple[tuple[str, Mapping[str, Any]], ...]"
By = Literal["age", "thread", "tool", "argument"]

# A name with its colon, and then the value or word: to: alice, amount:55, "at noon".
_TERM = re.compile(r'([^\s:"]+):\s*("[^"]*"?|[^\s"]+)?|("[^"]*"?|[^\s"]+)')
_DIGITS = re.compile(r"(\d+)")
_DEEPEST = 6


@dataclass(frozen=True)
class Told:
    """What is known of a thread that waits, for those who look for it.

    Attributes:
        thread_id: the thread.
        since: when it began to wait.
        asked: each tool with its arguments, or each question with its own.
        words: what the user said last.
    """

    thread_id: str
    since: datetime = field(compare=False)
    asked: Asked = ()
    words: str = ""

    @cached_property
    def arguments(self) -> dict[str, list[Any]]:
        """Every argument by its name, those within others too."""
        found: dict[str, list[Any]] = {}
        for _, given in self.asked:
            for name, value in _leaves("", given, _DEEPEST):
                found.setdefault(name, []).append(value)
        return found

    @cached_property
    def text(self) -> str:
        """All of it, for a search that ignores case."""
        arguments = (
            f"{name}: {value}" for name, values in self.arguments.items() for value in values
        )
        tools = (name for name, _ in self.asked)
        whole = "\n".join([self.thread_id, *tools, *arguments, self.words])
        return " ".join(whole.casefold().split())

    @cached_property
    def by_name(self) -> dict[str, list[Any]]:
        """Every argument by its name in small letters."""
        return {name.casefold(): values for name, values in self.arguments.items()}

    @cached_property
    def numbers(self) -> set[Decimal]:
        """Every number among the arguments."""
        each = (_number(value) for values in self.arguments.values() for value in values)
        return {number for number in each if number is not None}


def _leaves(name: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if depth and isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(str(key), inner, depth - 1)
    elif depth and isinstance(value, (list, tuple)) and value:
        for inner in value:
            yield from _leaves(name, inner, depth - 1)
    else:
        yield name, value


def _number(value: Any) -> Decimal | None:
    """Return the number that a value is or spells; None for any other."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return None
    try:
        number = Decimal(str(value).strip().replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@dataclass(frozen=True)
class Search:
    """Words that a thread must mention, every one of them, in any case and order.

    `name: value` looks in the arguments of that name. Numbers are compared as numbers, so that 55
    finds 55.0 and not 550. Quotation marks keep words together.

    Args:
        words: what was typed.
    """

    words: str = ""

    def __bool__(self) -> bool:
        """Tell whether anything is looked for."""
        return bool(self._terms)

    def finds(self, told: Told) -> bool:
        """Tell whether a thread mentions all that is looked for."""
        return all(_mentions(told, name, value, typed) for name, value, typed in self._terms)

    @cached_property
    def _terms(self) -> tuple[tuple[str, str, str], ...]:
        """Each name, perhaps empty, with its value and with what was typed for the two."""
        terms = []
        for found in _TERM.finditer(" ".join(self.words.casefold().split())):
            name, value, word = (part or "" for part in found.groups())
            plain = (value or word).strip('"')
            typed = f"{found[0][: len(found[0]) - len(value or word)]}{plain}"
            terms.append((name, plain, typed))
        return tuple(terms)


def _mentions(told: Told, name: str, value: str, typed: str) -> bool:
    if name in told.by_name:
        return any(_is_said(value, held) for held in told.by_name[name])
    number = _number(value) if value and not name else None
    return typed in told.text or (number is not None and number in told.numbers)


def _is_said(value: str, held: Any) -> bool:
    """Tell whether an argument is the number that was typed, or holds the text."""
    number, meant = _number(held), _number(value)
    if number is not None and meant is not None:
        return number == meant
    return value in " ".join(str(held).casefold().split())


@dataclass(frozen=True)
class Order:
    """The order of the list. What has no such argument comes last in either direction.

    Attributes:
        by: what is compared: `age`, `thread`, `tool` or `argument`.
        argument: the argument's name, where an argument is compared.
        descending: whether the greatest comes first; of ages, the newest.
    """

    by: By = "age"
    argument: str = ""
    descending: bool = False

    def sorted(self, told: Iterator[tuple[Any, Told]]) -> list[Any]:
        """Return what stands beside each, in this order; what is alike, the oldest first.

        Args:
            told: pairs, the oldest first.
        """
        keyed = [(self._key(one), beside) for beside, one in told]
        known = [(key, beside) for key, beside in keyed if key is not None]
        known.sort(key=lambda pair: pair[0], reverse=self.descending and self.by != "age")
        if self.by == "age" and self.descending:
            known.reverse()
        return [beside for _, beside in known] + [beside for key, beside in keyed if key is None]

    def _key(self, told: Told) -> tuple[Any, ...] | None:
        if self.by == "age":
            return ()
        if self.by == "thread":
            return _natural(told.thread_id)
        if self.by == "tool":
            return _natural(told.asked[0][0]) if told.asked else None
        values = told.arguments.get(self.argument)
        if not values:
            return None
        number = _number(values[0])
        return (0, number) if number is not None else (1, *_natural(str(values[0])))


def _natural(text: str) -> tuple[Any, ...]:
    """Return a key by which order-9 comes before order-10."""
    parts = _DIGITS.split(" ".join(text.casefold().split()))
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)
