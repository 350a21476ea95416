"""What an edit changes: the old and the new value of each argument, in words and line by line."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from course_utils.review.forms.fields import LEFT_OUT
from course_utils.review.forms.json_text import same_json, write_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Sign = Literal["-", "+", " ", "..."]

ABSENT = "(left out)"
EMPTY = "(empty)"

_LONG = 60  # characters that are read at a glance
_LONG_LINE = 160  # characters, after which a line is compared sentence by sentence
_BESIDE = 40  # characters, in a long line, around what differs in it
_CONTEXT = 1  # unchanged lines that are shown around a changed one
_MOST_LINES = 400  # that are shown
_LONGEST_LINE = 1_000  # characters that are shown
_MOST_COMPARED = 2_000  # lines; comparing takes their square
_SENTENCE_END = re.compile(r"(?<=[.!?;])(?=\s)")


class Line(NamedTuple):
    """A line of a difference: `-` stood there, `+` stands there now, a blank did not change.

    `...` stands for unchanged lines, and its text says how many.
    """

    sign: Sign
    text: str


@dataclass(frozen=True)
class Difference:
    """One argument whose value is another one now.

    Attributes:
        name: the argument's; `""` where the value is the whole of an answer.
        was: the old value, `LEFT_OUT` where there was none.
        now: the new value, `LEFT_OUT` where there is none.
    """

    name: str
    was: Any
    now: Any

    @cached_property
    def long(self) -> bool:
        """Whether it takes lines to show: a value is long or has several lines."""
        return any(len(text) > _LONG or "\n" in text for text in (_bare(self.was), _bare(self.now)))

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """What differs, line by line, with what stands around it; what is left out is counted."""
        return _bounded([*_with_little_around(self._all)])

    @cached_property
    def _all(self) -> tuple[Line, ...]:
        was, now = (_text(value) for value in (self.was, self.now))
        if all(text.count("\n") == text.count("\r\n") for text in (was, now)):
            # Ends of lines that are all alike differ in nothing, and would be shown by a code.
            was, now = was.replace("\r\n", "\n"), now.replace("\r\n", "\n")
        return tuple(_compared(_lines(was), _lines(now)))

    @property
    def summary(self) -> str:
        """How much differs, in a few words, where it takes lines to show."""
        if self.was is LEFT_OUT:
            return "added"
        if self.now is LEFT_OUT:
            return "removed"
        counts = [(sum(line.sign == sign for line in self._all), word) for sign, word in _COUNTED]
        told = [f"{n:,} {'line' if n == 1 else 'lines'} {word}" for n, word in counts if n]
        return " and ".join(told) or "changed"


_COUNTED: tuple[tuple[Sign, str], ...] = (("-", "removed"), ("+", "added"))


def differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Compare arguments as JSON, in the order in which they stood; those that are new come last.

    Args:
        was: the old arguments, by their names.
        now: the new ones.
    """
    each = (
        Difference(name, was.get(name, LEFT_OUT), now.get(name, LEFT_OUT))
        for name in dict.fromkeys([*was, *now])
    )
    return tuple(one for one in each if not same_value(one.was, one.now))


def same_value(one: Any, other: Any) -> bool:
    """Say whether two values are one in JSON, where NaN is NaN; `LEFT_OUT` is only itself."""
    if one is LEFT_OUT or other is LEFT_OUT:
        return one is other
    return same_json(one, other)


def in_words(difference: Difference) -> str:
    """Put a difference into plain text: one line, or a line for each that differs.

    Args:
        difference: of one argument.
    """
    name = f"{difference.name}: " if difference.name else ""
    if not difference.long:
        return f"{name}{value_in_words(difference.was)} -> {value_in_words(difference.now)}"
    lines = [
        f"  {line.sign} {line.text}" if line.text else f"  {line.sign}" for line in difference.lines
    ]
    return "\n".join([f"{name}{difference.summary}", *lines])


def value_in_words(value: Any) -> str:
    """Write a value as a person reads it: a text without quotes, unless it could be another value.

    Args:
        value: what JSON knows, or `LEFT_OUT`.
    """
    if value is LEFT_OUT:
        return ABSENT
    if value == "":
        return EMPTY
    if isinstance(value, str) and not _reads_as_another(value):
        return value
    return write_json(value, indent=None)


def _reads_as_another(text: str) -> bool:
    """Tell whether a text without quotes would be taken for another value."""
    if text != text.strip() or text in {ABSENT, EMPTY}:
        return True
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _bare(value: Any) -> str:
    return value if isinstance(value, str) else value_in_words(value)


def _text(value: Any) -> str:
    if value is LEFT_OUT:
        return ""
    return value if isinstance(value, str) else write_json(value)


def _lines(text: str) -> list[str]:
    lines = text.split("\n") if text else []
    return [part for line in lines for part in _sentences(line)]


def _sentences(line: str) -> list[str]:
    return _SENTENCE_END.split(line) if len(line) > _LONG_LINE else [line]


def _compared(was: Sequence[str], now: Sequence[str]) -> Iterator[Line]:
    """Yield every line of two texts, those that only one of them has with its sign."""
    start = _equal_at_the_start(was, now)
    end = _equal_at_the_start(was[start:][::-1], now[start:][::-1])
    old, new = was[start : len(was) - end], now[start : len(now) - end]
    yield from (Line(" ", text) for text in was[:start])
    yield from _changed(old, new)
    yield from (Line(" ", text) for text in was[len(was) - end :])


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    if max(len(old), len(new)) > _MOST_COMPARED:
        yield from _replaced(old, new)
        return
    for tag, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield from (Line(" ", text) for text in old[i:j])
        else:
            yield from _replaced(old[i:j], new[k:m])


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    if len(old) == len(new) == 1:
        old, new = _what_differs_in_it(old[0], new[0])
    yield from (Line("-", text) for text in old)
    yield from (Line("+", text) for text in new)


def _what_differs_in_it(old: str, new: str) -> tuple[list[str], list[str]]:
    """Leave out of one long line, where it stood and stands, most of what did not change."""
    if max(len(old), len(new)) <= _LONG_LINE:
        return [old], [new]
    start = _equal_at_the_start(old, new)
    end = _equal_at_the_start(old[start:][::-1], new[start:][::-1])
    return [_cut(old, start, end)], [_cut(new, start, end)]


def _cut(line: str, start: int, end: int) -> str:
    begin, stop = max(0, start - _BESIDE), min(len(line), len(line) - end + _BESIDE)
    before = f"[{begin:,} characters] ..." if begin else ""
    after = f"... [{len(line) - stop:,} characters]" if stop < len(line) else ""
    return f"{before}{line[begin:stop]}{after}"


def _equal_at_the_start(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _with_little_around(lines: Iterable[Line]) -> Iterator[Line]:
    """Leave out unchanged lines that stand far from a changed one, and say how many."""
    unchanged: list[Line] = []
    seen_a_change = False
    for line in lines:
        if line.sign == " ":
            unchanged.append(line)
            continue
        yield from _around(unchanged, _CONTEXT if seen_a_change else 0, _CONTEXT)
        yield line
        unchanged, seen_a_change = [], True
    yield from _around(unchanged, _CONTEXT if seen_a_change else 0, 0)


def _bounded(lines: list[Line]) -> tuple[Line, ...]:
    """Leave out the middle of what is very long, and say how much it is."""
    hidden = len(lines) - _MOST_LINES
    if hidden > 0:
        gap = Line("...", f"{hidden:,} lines more")
        lines = [*lines[: _MOST_LINES // 2], gap, *lines[-_MOST_LINES // 2 :]]
    return tuple(Line(sign, _bounded_text(text)) for sign, text in lines)


def _bounded_text(text: str) -> str:
    hidden = len(text) - _LONGEST_LINE
    if hidden <= 0:
        return text
    half = _LONGEST_LINE // 2
    return f"{text[:half]} ... [{hidden:,} characters] ... {text[-half:]}"


def _around(unchanged: list[Line], first: int, last: int) -> Iterator[Line]:
    hidden = len(unchanged) - first - last
    if hidden <= 1:
        yield from unchanged
        return
    yield from unchanged[:first]
    yield Line("...", f"{hidden:,} unchanged lines")
    yield from unchanged[len(unchanged) - last :]
