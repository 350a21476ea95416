"""Text as a person reads it: every character can be seen, and several names are one phrase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def printable(value: Any) -> str:
    """Write characters without a shape, which could hide or reorder the others, by their code.

    The result may still hold HTML.

    Args:
        value: text, or anything else, which is shown by its repr.
    """
    text = value if isinstance(value, str) else repr(value)
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\u{ord(c):04x}" for c in text)


def listed(names: Iterable[str]) -> str:
    """Name several things in a sentence, each once, as "look_up, refund and send_email"."""
    *others, last = dict.fromkeys(names) or [""]
    return f"{', '.join(others)} and {last}" if others else last
