"""Where code of a cell raised an error."""

from __future__ import annotations

from traceback import walk_tb
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def raised_at(error: BaseException, names: Mapping[str, Any]) -> tuple[str, int] | None:
    """Return the file and the line of a cell that raised an error; None if other code did.

    Args:
        error: what was raised.
        names: what the cells have made.
    """
    place = None
    for frame, line in walk_tb(error.__traceback__):
        place = (frame.f_code.co_filename, line) if frame.f_globals is names else None
    return place
