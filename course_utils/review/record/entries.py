"""What a journal holds: decisions, each about one pause, and how carrying them out ended."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

STATIC = "static"
"""The pause id where there is no interrupt."""

NUMBER = "__number__"
"""The key of what JSON has no number for: a journal keeps `NaN` and the infinities by name."""

DONE = "done"
"""The outcome of an attempt whose resume returned, and got past the pause."""
FAILED = "failed"
"""The outcome of an attempt in which a node raised, or whose end could not be seen."""
INVALID = "invalid"
"""The outcome of an attempt whose answer LangGraph refused: the question is still open."""
CUT_OFF = "cut off"
"""The outcome of an attempt that never came back, from when a later one takes it up."""


@dataclass(frozen=True)
class PauseKey:
    """What one decision is about.

    Attributes:
        thread_id: the thread.
        checkpoint_ns: the subgraph that waits, empty for the graph itself.
        checkpoint_id: the checkpoint that waits.
        pause_id: the interrupt's id, `static` where there is no interrupt.
    """

    thread_id: str
    checkpoint_ns: str
    checkpoint_id: str
    pause_id: str

    def __post_init__(self) -> None:
        # NULL is unlike every other NULL: a key with one would be claimed twice.
        for name, value in zip(PAUSE_KEY, astuple(self), strict=True):
            if not isinstance(value, str):
                raise TypeError(f"{name} of a pause is text, not {value!r}")


PAUSE_KEY = tuple(field.name for field in fields(PauseKey))
"""The names of the parts of a pause's key, in their order."""


@dataclass(frozen=True)
class JournalEntry:
    """One attempt to carry out a decision.

    Attributes:
        id: this entry's own.
        key: the pause it decides.
        attempt: 1, and one more for each attempt after one that was not done.
        reviewer: who decided, as they gave their name.
        decision: what they decided, as JSON.
        asked: what they were shown: calls, `[{"name", "args"}]`, or a question.
        claimed_at: when the resume was about to start, in UTC.
        finished_at: when it ended, in UTC; None as long as it has not.
        outcome: `done`, `failed`, `invalid` or, once taken up, `cut off`; None while it runs, and
            for what was cut off in the middle.
        note: what else is to be known, as the error that a node raised.
    """

    id: str
    key: PauseKey
    attempt: int
    reviewer: str
    decision: Any
    asked: Any
    claimed_at: datetime
    finished_at: datetime | None = None
    outcome: str | None = None
    note: str = ""

    @property
    def told_time(self) -> str:
        """When the decision was claimed, in words."""
        return f"{self.claimed_at:%Y-%m-%d %H:%M:%S} UTC"

    @property
    def told_decision(self) -> str:
        """Which decision was claimed, in words."""
        return ", ".join(kinds_of(self.decision)) or "an answer"


Claim = tuple[PauseKey, Any, Any]
"""What is about to be carried out: on which pause, the decision, and what the person was shown."""


def newest(entries: Sequence[JournalEntry], key: PauseKey) -> JournalEntry | None:
    """Return the newest attempt to decide a pause, of entries that are sorted oldest first."""
    return next((entry for entry in reversed(entries) if entry.key == key), None)


def kinds_of(decision: Any) -> tuple[str, ...]:
    """Return the kinds of the decisions, LangChain's own, that an entry holds: `approve`, say."""
    each = decision if isinstance(decision, list) else [decision]
    kinds = (one.get("type") for one in each if isinstance(one, dict))
    return tuple(kind for kind in kinds if isinstance(kind, str))


class JournalError(RuntimeError):
    """The journal could not be read or written; the message names it and the fix."""


class AlreadyClaimedError(RuntimeError):
    """The pause has been decided, by the entry in `entry`."""

    def __init__(self, entry: JournalEntry) -> None:
        self.entry = entry
        reviewer = entry.reviewer or "Someone"
        super().__init__(f"{reviewer} decided this at {entry.told_time}: {entry.told_decision}.")


class ThreadLockedError(RuntimeError):
    """Another resume of this thread is running right now."""

    def __init__(self) -> None:
        super().__init__("This thread is being resumed right now by another decision.")
