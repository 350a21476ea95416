"""A lesson as it was released, with the hidden tests that only grading sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from course_utils.grading.intake.cell_text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

CellType = Literal["code", "markdown", "raw"]


@dataclass(frozen=True, slots=True)
class ReleasedCell:
    """One cell of a released lesson.

    Attributes:
        id: the cell's id in the notebook.
        cell_type: what kind of cell it is.
        source: its text. A test cell has its hidden part; a solution cell holds the given start.
        nbgrader: nbgrader's metadata, schema 3; empty for a cell that nbgrader does not know.
        handed_out: its text in the release that students have, where that was read. A test that
            was corrected since has another `source`.
        authors: of a solution cell, the author's own answer, where it was read.
    """

    id: str
    cell_type: CellType
    source: str
    nbgrader: Mapping[str, Any] = field(default_factory=dict)
    handed_out: str | None = None
    authors: str | None = None

    @property
    def given(self) -> str:
        """Its text as students got it, without a hidden part."""
        return visible(self.source if self.handed_out is None else self.handed_out)

    @property
    def name(self) -> str:
        """The cell's `grade_id`; empty for a cell that nbgrader does not know."""
        return str(self.nbgrader.get("grade_id", ""))

    @property
    def is_solution(self) -> bool:
        """Whether a student writes in it."""
        return bool(self.nbgrader.get("solution"))

    @property
    def is_test(self) -> bool:
        """Whether it earns points by being run: a test, or a quiz cell."""
        return bool(self.nbgrader.get("grade")) and not self.is_solution

    @property
    def points(self) -> float:
        """What it is worth."""
        return float(self.nbgrader.get("points") or 0)


@dataclass(frozen=True, slots=True)
class ReleasedLesson:
    """A released lesson: its cells, in order. Plain data, which can go to another machine."""

    name: str
    cells: tuple[ReleasedCell, ...]
