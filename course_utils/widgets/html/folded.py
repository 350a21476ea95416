"""Long values, folded behind their beginning."""

from __future__ import annotations

from typing import Any

from course_utils.widgets.html.escaped import shown

FOLDED_FROM = 2_000  # characters of one value
_BEGINNING = 120  # of a folded value


def folded(value: Any, longest: int = FOLDED_FROM) -> str:
    """Show a value as HTML; where it is long, its length and beginning, and the rest unfolds.

    Args:
        value: text, or anything else, which is shown by its repr.
        longest: how many characters are shown without being folded.
    """
    text = value if isinstance(value, str) else repr(value)
    if len(text) <= longest:
        return shown(text)
    # In one line, as a person would quote it: a repr would show the ends of lines as signs.
    beginning = " ".join(text[:_BEGINNING].split())
    summary = f'{len(text):,} characters, beginning "{beginning}"'
    return f"<details><summary>{shown(summary)}</summary>{shown(text)}</details>"
