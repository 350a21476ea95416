"""Text whose every character can be seen."""

from __future__ import annotations

from typing import Any


def printable(value: Any) -> str:
    """Write characters without a shape, which could hide or reorder the others, by their code.

    The result may still hold HTML.

    Args:
        value: text, or anything else, which is shown by its repr.
    """
    text = value if isinstance(value, str) else repr(value)
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\u{ord(c):04x}" for c in text)
