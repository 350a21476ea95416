"""Bars: what a chart's numbers are in places on the page. Whoever cannot see it reads the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 720, 190
"""Of the histogram, in pixels, without what stands under and beside it."""
BINS = 10
_GAP = 6


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a histogram: the students with shares from `low` to `high`.

    Attributes:
        low: the smallest share in it, in percent.
        high: the end of it, in percent; only the last bin holds its own end.
        graded: how many students have that as their grade.
        waiting: how many wait for a person with it.
        x: the bar's left side, in pixels.
        width: its width, in pixels.
        graded_height: of the lower part, in pixels.
        waiting_height: of the upper part, in pixels.
    """

    low: int
    high: int
    graded: int
    waiting: int
    x: float
    width: float
    graded_height: float
    waiting_height: float

    @property
    def words(self) -> str:
        """Its shares, as the table names them."""
        return f"{self.low} to {'' if self.high == 100 else 'under '}{self.high} %"


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many students have which share of the points.

    Attributes:
        bins: the bars, from left to right.
        highest: the number of students that the full height stands for.
        width: of the drawing, in pixels.
        height: of a bar of `highest` students, in pixels.
    """

    bins: tuple[Bin, ...]
    highest: int
    width: int = WIDTH
    height: int = HEIGHT


def histogram(graded: Sequence[float], waiting: Sequence[float]) -> Histogram:
    """Lay out a histogram of shares of the points.

    Args:
        graded: the share of each student with a grade, from 0 to 1.
        waiting: the share of each student who waits for a person, from 0 to 1.
    """
    lower, upper = _counts(graded), _counts(waiting)
    highest = max(*map(sum, zip(lower, upper, strict=True)), 1)
    step, unit = WIDTH / BINS, HEIGHT / highest
    bins = tuple(
        Bin(
            low=100 * number // BINS,
            high=100 * (number + 1) // BINS,
            graded=one,
            waiting=two,
            x=round(number * step + _GAP / 2, 2),
            width=round(step - _GAP, 2),
            graded_height=round(one * unit, 2),
            waiting_height=round(two * unit, 2),
        )
        for number, (one, two) in enumerate(zip(lower, upper, strict=True))
    )
    return Histogram(bins, highest)


def _counts(shares: Sequence[float]) -> list[int]:
    counts = [0] * BINS
    for share in shares:
        # Rounded first: 0.3 as a sum of tenths is a little less than 0.3.
        counts[min(int(round(share * BINS, 9)), BINS - 1)] += 1
    return counts
