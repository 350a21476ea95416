"""Foreign text made safe to show."""

from __future__ import annotations

from html import escape
from typing import Any


def shown(value: Any) -> str:
    """Make a value safe to stand in HTML.

    Args:
        value: text, or anything else, which is shown by its repr.
    """
    return escape(plain(value))


def plain(value: Any) -> str:
    """Write characters without a shape, which could hide or reorder the others, by their code.

    This is for labels and options, which hold text and no HTML; elsewhere use `shown`.

    Args:
        value: text, or anything else, which is shown by its repr.
    """
    text = value if isinstance(value, str) else repr(value)
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\u{ord(c):04x}" for c in text)
