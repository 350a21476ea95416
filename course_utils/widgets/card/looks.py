"""How each state and each decision looks: a word, a sign and a color, never a color alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from course_utils.review.reading.thread import Status

Tone = Literal["go", "stop", "change", "say", "on", "again", "wait", "doubt", "fault", "quiet"]
"""What a color stands for."""

COLORS: dict[Tone, tuple[str, str]] = {
    "go": ("#1b5e20", "#81c784"),
    "stop": ("#b71c1c", "#ef9a9a"),
    "change": ("#4a148c", "#ce93d8"),
    "say": ("#01579b", "#81d4fa"),
    "on": ("#00564d", "#80cbc4"),
    "again": ("#5d4037", "#d7b8ab"),
    "wait": ("#8a4a00", "#ffcc80"),
    "doubt": ("#a13d00", "#ffab70"),
    "fault": ("#880e4f", "#f48fb1"),
    "quiet": ("#455a64", "#b0bec5"),
}
"""Of each tone, the color in a light theme and in a dark one: both can be read as text."""


@dataclass(frozen=True)
class Look:
    """How one state or one decision is shown.

    Attributes:
        word: what it is called.
        sign: one character, which stands before the word.
        tone: what its color stands for.
    """

    word: str
    sign: str
    tone: Tone


STATUSES: dict[Status, Look] = {
    "paused": Look("Waiting for you", "‖", "wait"),
    "running": Look("Being resumed", "»", "doubt"),
    "interrupted": Look("Interrupted", "⋯", "doubt"),
    "finished": Look("Finished", "■", "quiet"),
    "crashed": Look("Crashed", "△", "fault"),
    "unclear": Look("It is not known whether this waits", "?", "doubt"),
    "stranded": Look("Waits at a node that is gone", "≠", "fault"),
    "unknown": Look("Unknown thread", "?", "quiet"),
    "unsaved": Look("Nothing is saved", "∅", "quiet"),
    "unreadable": Look("Cannot be read", "△", "fault"),
}

End = Literal[
    "approved",
    "rejected",
    "edited",
    "answered",
    "continued",
    "run again",
    "carried on",
    "asked again",
    "no result",
    "not carried out",
    "refused",
    "failed",
    "cut off",
]
"""What came of one decision."""

ENDS: dict[End, Look] = {
    "approved": Look("Approved", "✓", "go"),
    "rejected": Look("Rejected", "✗", "stop"),
    "edited": Look("Edited", "✎", "change"),
    "answered": Look("Answered", "“", "say"),
    "continued": Look("Continued", "→", "on"),
    "run again": Look("Run again", "↻", "again"),
    "carried on": Look("Carried on", "⇥", "again"),
    "asked again": Look("Asked again", "?", "again"),
    "no result": Look("No result", "∅", "doubt"),
    "not carried out": Look("Not carried out", "⊘", "quiet"),
    "refused": Look("Refused", "≠", "fault"),
    "failed": Look("Failed", "△", "fault"),
    "cut off": Look("Cut off", "⋯", "doubt"),
}
