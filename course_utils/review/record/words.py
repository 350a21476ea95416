"""The journal's entries in words, for a table that a person reads and for one that is exported."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from course_utils.review.record.entries import CUT_OFF, kinds_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from course_utils.review.record.entries import JournalEntry

HEADINGS = ("When (UTC)", "Reviewer", "Thread", "Asked", "Decision", "Outcome", "Attempt")
RECORD = (
    "claimed_at",
    "finished_at",
    "reviewer",
    "thread_id",
    "checkpoint_ns",
    "checkpoint_id",
    "pause_id",
    "attempt",
    "asked",
    "decision",
    "outcome",
    "note",
)
ERASED = "(erased)"
RUNNING = "running"
_CELL_LENGTH, _VALUE_LENGTH = 400, 80
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def row_of(entry: JournalEntry, running: Collection[str]) -> tuple[str, ...]:
    """Put an entry into one line of words, under `HEADINGS`; what is long is cut.

    Args:
        entry: of the journal.
        running: the threads that are being resumed right now.
    """
    return (
        f"{entry.claimed_at:%Y-%m-%d %H:%M:%S}",
        _cut(entry.reviewer) or ERASED,
        _cut(entry.key.thread_id),
        _cut(_asked(entry.asked)),
        _cut(_decided(entry.decision)),
        _cut(_ended(entry, running)),
        str(entry.attempt),
    )


def record_of(entry: JournalEntry, running: Collection[str]) -> dict[str, str]:
    """Return all of an entry as the cells of an exported table, by their headings.

    A cell that a spreadsheet would run as a formula begins with an apostrophe.

    Args:
        entry: of the journal.
        running: the threads that are being resumed right now.
    """
    cells = {
        "claimed_at": entry.claimed_at.isoformat(),
        "finished_at": entry.finished_at.isoformat() if entry.finished_at else "",
        "reviewer": entry.reviewer,
        **vars(entry.key),
        "attempt": str(entry.attempt),
        "asked": json.dumps(entry.asked),
        "decision": json.dumps(entry.decision),
        "outcome": _outcome(entry, running),
        "note": entry.note,
    }
    return {name: f"'{cell}" if cell.startswith(_FORMULA) else cell for name, cell in cells.items()}


def _cut(words: str, longest: int = _CELL_LENGTH) -> str:
    """Cut a long text, and say how long it is."""
    if len(words) <= longest:
        return words
    return f"{words[:longest]}... ({len(words):,} characters)"


def _asked(asked: Any) -> str:
    calls = asked if isinstance(asked, list) else [asked]
    return "\n".join(_call(call) for call in calls)


def _call(call: Any) -> str:
    if not (isinstance(call, dict) and isinstance(call.get("args"), dict) and "name" in call):
        return _plain(call)
    arguments = (
        f"{name}={_cut(json.dumps(value, ensure_ascii=False), _VALUE_LENGTH)}"
        for name, value in call["args"].items()
    )
    return f"{call['name']}({', '.join(arguments)})"


def _decided(decision: Any) -> str:
    each = decision if isinstance(decision, list) and kinds_of(decision) else [decision]
    return "\n".join(_one(one) for one in each)


def _one(decision: Any) -> str:
    kinds = kinds_of(decision)
    if not kinds:
        return _plain(decision)
    rest = {name: value for name, value in decision.items() if name != "type"}
    said = ", ".join(_plain(value) for value in rest.values())
    return f"{kinds[0]}: {said}" if said else kinds[0]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _ended(entry: JournalEntry, running: Collection[str]) -> str:
    outcome = _outcome(entry, running)
    return f"{outcome}: {entry.note}" if entry.note else outcome


def _outcome(entry: JournalEntry, running: Collection[str]) -> str:
    return entry.outcome or (RUNNING if entry.key.thread_id in running else CUT_OFF)
