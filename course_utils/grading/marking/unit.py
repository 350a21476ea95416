"""One test cell with all that is run for it: plain data, which can go to another process."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Whose = Literal["lesson", "student"]


@dataclass(frozen=True, slots=True)
class Written:
    """A code cell of a student's notebook.

    Attributes:
        name: the `grade_id` that it has after everything was put back; empty for any other cell.
        source: its text.
    """

    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A cell, or a part of one, that is run for a test.

    Attributes:
        name: what its errors call it; no other piece of the unit has this name.
        source: its text, as Python.
        whose: who wrote it.
        for_tests: whether the test needs it.
        for_answer: whether the answer needs it.
        binds: the global names that it binds.
    """

    name: str
    source: str
    whose: Whose
    for_tests: bool
    for_answer: bool
    binds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """One test cell, with all that is run for it.

    Attributes:
        test: the test cell's `grade_id`.
        points: what it is worth.
        functions: the names that the test takes from the answer: functions, classes or values.
        helpers: what else the student's cells bind for the answer, and no cell of the test names.
        answers: the `grade_id` of the solution cells that are to bind them.
        pieces: what is run before the test, in order.
        source: the test cell, with its hidden part.
    """

    test: str
    points: float
    functions: tuple[str, ...]
    helpers: tuple[str, ...]
    answers: tuple[str, ...]
    pieces: tuple[Piece, ...]
    source: str

    @property
    def own(self) -> tuple[Piece, ...]:
        """What the student wrote: the answer, and the cells that it needs, in order."""
        return tuple(piece for piece in self.pieces if piece.whose == "student")

    def as_data(self) -> dict[str, Any]:
        """Return it as what JSON can hold."""
        return asdict(self)
