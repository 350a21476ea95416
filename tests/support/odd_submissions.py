"""Perfect submissions of a lesson that came in an odd shape, as honest students hand them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support import odd_cells, odd_files
from tests.support.odd_handing import ODD, hand_in_perfect

if TYPE_CHECKING:
    from tests.support.course import Course

__all__ = ["hand_in_odd", "hand_in_perfect"]

# Importing them has put their shapes into the list.
assert odd_cells
assert odd_files

ODD_NAMES = (
    *("0012345", "müller.anna", "anna b", "o'brien", "a(b)+c", "Doe, Jane", "zoe "),
    *("=lee", "__MACOSX"),
)


def hand_in_odd(course: Course) -> list[str]:
    """Hand in each odd submission and each odd name; return the names of their students."""
    for odd in ODD:
        odd.make(hand_in_perfect(course, odd.name))
    for name in ODD_NAMES:
        hand_in_perfect(course, name)
    return [*(odd.name for odd in ODD), *ODD_NAMES]
