"""Foreign text made safe to stand in HTML."""

from __future__ import annotations

from html import escape
from typing import Any

from course_utils.printable import printable


def shown(value: Any) -> str:
    """Make a value safe to stand in HTML; where no HTML is read, `printable` is enough.

    Args:
        value: text, or anything else, which is shown by its repr.
    """
    return escape(printable(value))
