"""Which students' solutions are alike: a hint for a person, never a verdict.

Solutions are compared as tokens, with one name for all variables and functions, so that other
names, comments and layout hide nothing. First what is nobody's own work is taken out: lines of the
given start, lines of the lesson's own cells, and lines that many of the class wrote. RapidFuzz
compares what is left; the share is that of the longest common subsequence.
"""

from __future__ import annotations

import builtins
import io
import keyword
import sys
import tokenize
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz.distance import Indel
from rapidfuzz.process import extract_iter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from course_utils.grading.reports.class_report.class_data import ClassData

ALIKE = 0.85
"""Pairs with a smaller share are not shown."""
FEWEST_TOKENS = 25
"""A solution with fewer tokens of its own says nothing: there are few ways to write it."""
MOST_PAIRS = 10
SEVERAL = 10
"""In a class with so many solutions, a line that a third of them has is nobody's own."""
USUAL = 1 / 3
RUN = 6
"""Shorter runs of equal tokens are in any two programs; they are not marked as matching."""
MAX_CHARACTERS = 20_000
"""No more of a solution is read, so that one student cannot make the report slow."""

_LAYOUT = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE),
    *(tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
}
# From Python 3.12 on an f-string is several tokens.
_TEXTS = {
    getattr(tokenize, name)
    for name in ("STRING", "FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END")
    if hasattr(tokenize, name)
}
_KNOWN = {*keyword.kwlist, *dir(builtins)}
_FIRST = 0xF0000


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a solution, and whether it matches the other solution."""

    text: str
    matches: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two solutions that are alike.

    Attributes:
        cell: the `grade_id` of the solution's cell.
        students: the ids of those who wrote the one, and of those who wrote the other.
        share: of their tokens that are the same in the same order, from 0 to 1.
        tokens: how many tokens were compared, of each.
        identical: whether the two texts are the same, names and comments included.
        sides: the lines of the two; where several wrote one, of the first of them.
    """

    cell: str
    students: tuple[tuple[str, ...], tuple[str, ...]]
    share: float
    tokens: tuple[int, int]
    identical: bool
    sides: tuple[tuple[Line, ...], tuple[Line, ...]]


@dataclass(frozen=True, slots=True)
class Similar:
    """What a comparison of all solutions has found.

    Attributes:
        pairs: the most alike, the largest share first; at most `MOST_PAIRS`.
        found: how many pairs there are in all.
        compared: how many solutions were long enough to be compared.
        usual: by cell, how many lines were left out because many students wrote them.
    """

    pairs: tuple[Pair, ...]
    found: int
    compared: int
    usual: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Solution:
    """One student's solution; RapidFuzz is fastest on a text, so a token is one character of it.

    Attributes:
        student: whose it is.
        text: as it was handed in.
        tokens: what is compared.
        lines: the line of each token, which counts from 0.
    """

    student: str
    text: str
    tokens: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Alike:
    """Two groups of solutions, each of which has one sequence of tokens."""

    cell: str
    share: float
    one: tuple[_Solution, ...]
    two: tuple[_Solution, ...]

    @property
    def order(self) -> tuple[float, int, int]:
        """What many students wrote says less than what two did; so does what is short."""
        return -self.share, len(self.one) + len(self.two), -len(self.one[0].tokens)


def similar_solutions(data: ClassData) -> Similar:
    """Compare the solutions of every two students, exercise by exercise."""
    found: list[_Alike] = []
    usual, compared = {}, 0
    for cell in data.released.cells:
        if not cell.is_solution or cell.cell_type != "code":
            continue
        solutions, usual[cell.name] = _own_work(data, cell.name)
        compared += len(solutions)
        found += _alike(cell.name, solutions)
    found.sort(key=lambda alike: alike.order)
    pairs = tuple(map(_pair, found[:MOST_PAIRS]))
    return Similar(pairs, len(found), compared, {name: n for name, n in usual.items() if n})


def _own_work(data: ClassData, cell: str) -> tuple[list[_Solution], int]:
    """Return the solutions without what is nobody's own, and how many lines many students had."""
    given = {
        line.strip()
        for released in data.released.cells
        if released.cell_type == "code" and (released.name == cell or not released.is_solution)
        for line in released.source.splitlines()
    }
    alphabet: dict[str, str] = {}
    all_lines = {
        student.id: (text, _tokens(text, given, alphabet))
        for student in data.students
        if (text := _as_lines(student.solutions.get(cell, "")))
    }
    counts = Counter(line for _, lines in all_lines.values() for line in {*lines.values()} if line)
    often = max(SEVERAL, len(all_lines)) * USUAL
    usual = {line for line, n in counts.items() if len(all_lines) >= SEVERAL and n >= often}
    solutions = []
    for student, (text, lines) in all_lines.items():
        own = [(number, line) for number, line in lines.items() if line and line not in usual]
        tokens = "".join(line for _, line in own)
        if len(tokens) >= FEWEST_TOKENS:
            places = tuple(number for number, line in own for _ in line)
            solutions.append(_Solution(student, text, tokens, places))
    return solutions, len(usual)


def _as_lines(text: str) -> str:
    """Return the start of a text with the line ends that `tokenize` counts."""
    return text[:MAX_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n")


def _tokens(text: str, given: set[str], alphabet: dict[str, str]) -> dict[int, str]:
    """Return the tokens of each line that was not given, by its number, which counts from 0.

    Code that does not parse is read as far as it goes. It cannot run, so it earns nothing.
    """
    lines: dict[int, str] = {}
    texts, before = text.split("\n"), ""
    with suppress(tokenize.TokenError, SyntaxError, ValueError):
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            number = token.start[0] - 1
            if token.type not in _LAYOUT and texts[number].strip() not in given:
                character = _character(_compared(token, before), alphabet)
                lines[number] = lines.get(number, "") + character
            before = token.string
    return lines


def _compared(token: tokenize.TokenInfo, before: str) -> str:
    """Return what a token is compared by; an attribute's name is not the student's to choose."""
    if token.type == tokenize.NAME and before != "." and token.string not in _KNOWN:
        return "a name"
    return "a text" if token.type in _TEXTS else token.string


def _character(token: str, alphabet: dict[str, str]) -> str:
    # Past the last code point two tokens share one, which only a flood of numbers gets to.
    return alphabet.setdefault(token, chr(_FIRST + len(alphabet) % (sys.maxunicode - _FIRST)))


def _alike(cell: str, solutions: Sequence[_Solution]) -> Iterator[_Alike]:
    """Find what is alike; solutions with the same tokens are compared with the others once."""
    by_tokens: dict[str, list[_Solution]] = {}
    for solution in solutions:
        by_tokens.setdefault(solution.tokens, []).append(solution)
    different = list(by_tokens)
    for place, tokens in enumerate(different):
        same = tuple(by_tokens[tokens])
        if len(same) > 1:
            yield _Alike(cell, 1.0, same[:1], same[1:])
        found = extract_iter(
            tokens,
            different[place + 1 :],
            scorer=Indel.normalized_similarity,
            processor=None,
            score_cutoff=ALIKE,
        )
        for other, share, _ in found:
            yield _Alike(cell, share, same, tuple(by_tokens[other]))


def _pair(alike: _Alike) -> Pair:
    one, two = alike.one[0], alike.two[0]
    matching: tuple[set[int], set[int]] = (set(), set())
    for block in Indel.opcodes(one.tokens, two.tokens):
        if block.tag == "equal" and block.src_end - block.src_start >= RUN:
            matching[0].update(one.lines[block.src_start : block.src_end])
            matching[1].update(two.lines[block.dest_start : block.dest_end])
    return Pair(
        alike.cell,
        (_students(alike.one), _students(alike.two)),
        alike.share,
        (len(one.tokens), len(two.tokens)),
        one.text.strip() == two.text.strip(),
        (_lines(one.text, matching[0]), _lines(two.text, matching[1])),
    )


def _students(solutions: tuple[_Solution, ...]) -> tuple[str, ...]:
    return tuple(solution.student for solution in solutions)


def _lines(text: str, matching: set[int]) -> tuple[Line, ...]:
    return tuple(Line(line, number in matching) for number, line in enumerate(text.split("\n")))
