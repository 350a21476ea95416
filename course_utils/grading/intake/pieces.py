"""The cells of a notebook that was handed in, beside those of its lesson."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from course_utils.grading.intake.cell_text import as_code, plain, without

if TYPE_CHECKING:
    from collections.abc import Sequence

    from course_utils.grading.intake.matching import Matched
    from course_utils.grading.intake.released import ReleasedLesson
    from course_utils.grading.intake.submitted import HandedCell


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of one handed-in cell, without the released cells that were merged into it.

    Attributes:
        place: of the handed-in cell.
        text: what is left of it.
        merged: the released cells that were taken out of it.
    """

    place: int
    text: str
    merged: frozenset[int] = frozenset()


class Notebook:
    """A handed-in notebook beside the lesson that it came from."""

    def __init__(
        self, released: ReleasedLesson, handed: Sequence[HandedCell], matched: Matched
    ) -> None:
        self.released = released.cells
        self.handed = handed
        self.matched = matched
        self.cells = matched.cells
        self._known_pieces: dict[int, Piece] = {}

    @cached_property
    def blocks(self) -> dict[int, str]:
        """The code cells of the lesson that are no solutions and long enough to be known again."""
        texts = {
            place: plain(cell.given)
            for place, cell in enumerate(self.released)
            if cell.cell_type == "code" and not cell.is_solution
        }
        return {place: text for place, text in texts.items() if text.count("\n") > 0}

    @cached_property
    def own(self) -> list[int]:
        """The handed-in cells that are none of the lesson's."""
        return [
            place
            for place, cell in enumerate(self.handed)
            if place not in self.matched.of and cell.source.strip()
        ]

    @cached_property
    def missing(self) -> set[int]:
        """The released tests of which nothing was handed in."""
        return {
            place
            for place, cell in enumerate(self.released)
            if cell.is_test and place not in self.cells
        }

    def piece(self, place: int) -> Piece:
        """Return a handed-in cell's code without the released cells that were merged into it."""
        if place not in self._known_pieces:
            self._known_pieces[place] = self._piece(place)
        return self._known_pieces[place]

    def _piece(self, place: int) -> Piece:
        cell = self.handed[place]
        text, merged = as_code(cell.source, cell.cell_type), set()
        for home, block in self.blocks.items():
            rest = without(text, block, nearly=home in self.missing)
            if rest is not None:
                text = rest
                merged.add(home)
        return Piece(place, text, frozenset(merged))
