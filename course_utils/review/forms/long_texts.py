"""Which texts are typed in several lines, and what becomes of the ends of those lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONG = 80  # characters that a box of one line shows at once
_PROMISED_LONG = 200  # characters that a schema allows, for whoever means to write much
_WORDS = re.compile("[A-Z]?[a-z]+|[A-Z]+")
# What people call a text that they write, and not a name, an address or a key.
_PROSE = {"answer", "body", "comment", "comments", "content", "contents", "description", "message"}
_PROSE |= {"explanation", "letter", "note", "notes", "prompt", "reason", "reply", "summary", "text"}


def takes_lines(name: str, part: Mapping[str, Any], value: Any, *, free: bool = False) -> bool:
    """Tell whether a text gets a field of several lines, where Enter begins another.

    One that has several lines or is long does. So does one that is likely to become so: the schema
    allows many characters, it is a free answer to a question, or its name is that of prose.

    Args:
        name: the field's.
        part: of the schema, which says how long it may become.
        value: the text as it stands; anything else where there is none.
        free: whether it is the whole answer to a question.
    """
    if isinstance(value, str) and ("\n" in value or len(value) > _LONG):
        return True
    most = part.get("maxLength")
    if part.get("format") or part.get("pattern"):
        return False
    if isinstance(most, int | float) and not _LONG < most < _PROMISED_LONG:
        return most > _LONG
    words = _WORDS.findall(name)
    return free or (bool(words) and words[-1].lower() in _PROSE)


def in_a_box(text: str) -> str:
    """Return a text as a box of several lines holds it: with line feeds alone."""
    return text.replace("\r\n", "\n")


def with_line_ends_of(former: Any, typed: str) -> str:
    r"""Return a typed text whose lines end as those of the former text did.

    Args:
        former: the text before it was edited; anything else where there was none.
        typed: the text as a box gives it back. Where the former text has ends of both kinds, each
            line that stood there before or after the edited ones keeps its own.
    """
    if not isinstance(former, str) or "\r\n" not in former:
        return typed
    old, new = in_a_box(former).split("\n"), typed.split("\n")
    ends = re.findall("\r?\n", former)
    usual = max(sorted(set(ends)), key=ends.count)
    shared = min(len(old), len(new)) - 1
    start = next((i for i in range(shared) if old[i] != new[i]), shared)
    end = next((i for i in range(shared - start) if old[-1 - i] != new[-1 - i]), shared - start)
    middle = [usual] * (len(new) - 1 - start - end)
    kept = [*ends[:start], *middle, *(ends[len(ends) - end :] if end else [])]
    return "".join(line + stop for line, stop in zip(new, [*kept, ""], strict=True))
