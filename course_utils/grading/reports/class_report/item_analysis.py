"""What the marks of a class say of each question and exercise."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum, isclose
from statistics import StatisticsError, correlation, fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from course_utils.grading.reports.class_report.class_data import ClassData

FEWEST = 10
"""A discrimination that rests on fewer students is not told."""
WEAK = 0.2
"""Below it an item hardly tells those who know from those who do not."""


@dataclass(frozen=True, slots=True)
class Item:
    """One graded cell, as the class did on it.

    Attributes:
        cell: its `grade_id`.
        maximum: what it is worth, in points.
        students: how many marks the figures rest on.
        difficulty: the mean share of the points, from 0 to 1; None without a mark.
        discrimination: from -1 to 1; None when it cannot be told.
        words: why there is no discrimination, or what is remarkable about it; may be empty.
    """

    cell: str
    maximum: float
    students: int
    difficulty: float | None
    discrimination: float | None
    words: str


def items(data: ClassData) -> tuple[Item, ...]:
    """Analyse each graded cell; a mark that waits for a person is left out."""
    worth = data.worth()
    marks = [
        {
            cell: min(max(points / worth[cell], 0.0), 1.0) * worth[cell]
            for cell in worth
            if (points := student.points(cell)) is not None and not student.is_open(cell)
        }
        for student in data.students
        if student.is_marked
    ]
    return tuple(_item(cell, worth[cell], marks) for cell in worth)


def difficulty(points: Sequence[float], maximum: float) -> float:
    """Return the mean share of an item's points: 1 when everybody earned all of them.

    It is the classical item difficulty p, for items with more than two marks: L. Crocker and
    J. Algina, *Introduction to Classical and Modern Test Theory* (1986), chapter 5.

    Args:
        points: what each student earned, in points; at least one.
        maximum: what the item is worth, in points.
    """
    return fmean(points) / maximum


def discrimination(points: Sequence[float], rest: Sequence[float]) -> float | None:
    """Return how well an item tells strong students from weak ones: the item-rest correlation.

    It is Pearson's correlation between the points of the item and those of all other items
    together, also called the corrected item-total correlation: with the item itself in the total,
    an item would correlate with itself. For an item with two marks it is the point-biserial
    correlation. J. C. Nunnally and I. H. Bernstein, *Psychometric Theory* (3rd edition, 1994),
    chapter 8.

    Args:
        points: what each student earned on the item.
        rest: what each of the same students earned on all other items.

    Returns:
        From -1 to 1; None when all students have the same on either side.
    """
    if _is_constant(points) or _is_constant(rest):
        return None
    try:
        return min(max(correlation(points, rest), -1.0), 1.0)
    except StatisticsError:
        return None


def _is_constant(values: Sequence[float]) -> bool:
    """Tell whether values are the same; sums of tenths differ in their last digits."""
    return len(values) < 2 or isclose(min(values), max(values), rel_tol=1e-9, abs_tol=1e-9)


def _item(cell: str, maximum: float, marks: Sequence[dict[str, float]]) -> Item:
    mine = [student for student in marks if cell in student]
    points = [student[cell] for student in mine]
    rest = [fsum(share for name, share in student.items() if name != cell) for student in mine]
    mean = difficulty(points, maximum) if points else None
    told = discrimination(points, rest) if len(points) >= FEWEST else None
    return Item(cell, maximum, len(points), mean, told, _words(points, told))


def _words(points: Sequence[float], told: float | None) -> str:
    if len(points) < FEWEST:
        return "too few to say"
    if told is None:
        same = "everybody has the same here" if _is_constant(points) else "all else is the same"
        return f"cannot be told: {same}"
    if told < 0:
        return "look at it: who does well elsewhere loses points here"
    return "weak" if told < WEAK else ""
