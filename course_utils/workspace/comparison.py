"""Two versions of an exercise's code, compared: blocks of lines that are the same or differ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from course_utils.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Comparing takes the square of the lines, and no solution has a tenth of these.
_MOST_COMPARED = 1_000
# What nbgrader puts above the given start.
_GIVEN = re.compile(r"\s*# YOUR CODE HERE\s*")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that follow one another, of both versions.

    Attributes:
        yours: the learner's.
        worked: those of the worked solution; the same ones where nothing differs.
    """

    yours: tuple[str, ...]
    worked: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether the two are the same."""
        return self.yours == self.worked


def compared(yours: str, worked: str) -> tuple[Block, ...]:
    """Compare the learner's code with the worked solution.

    Blanks at the ends of lines and lines without code around the text do not count.

    Args:
        yours: the learner's.
        worked: the solution.
    """
    mine, theirs = _lines(yours), _lines(worked)
    if max(len(mine), len(theirs)) > _MOST_COMPARED:
        return (Block(tuple(mine), tuple(theirs)),)
    return tuple(_joined(_blocks(mine, theirs)))


def _lines(text: str) -> list[str]:
    lines = [printable(line.expandtabs(4)).rstrip() for line in text.split("\n")]
    lines = [line for line in lines if not _GIVEN.fullmatch(line)]
    return "\n".join(lines).strip("\n").split("\n") if any(lines) else []


def _blocks(mine: Sequence[str], theirs: Sequence[str]) -> Iterator[Block]:
    # A line without a word, as a lone bracket, is in every code: it says nothing of two.
    matcher = SequenceMatcher(_has_no_word, mine, theirs, autojunk=False)
    for _, i, j, k, m in matcher.get_opcodes():
        yield Block(tuple(mine[i:j]), tuple(theirs[k:m]))


def _has_no_word(line: str) -> bool:
    return re.search(r"\w", line) is None


def _joined(blocks: Iterator[Block]) -> Iterator[Block]:
    """Join blocks that differ and have only lines without a word between them."""
    last: Block | None = None
    for block in blocks:
        differs = not block.is_same or all(map(_has_no_word, block.yours))
        if last and differs and not last.is_same:
            last = Block(last.yours + block.yours, last.worked + block.worked)
            continue
        if last:
            yield last
        last = block
    if last:
        yield last
