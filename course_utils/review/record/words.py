"""The journal's entries in words, for a table that a person reads and for one that is exported."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from course_utils.review.forms.differences import (
    Difference,
    differences,
    in_words,
    value_in_words,
)
from course_utils.review.forms.json_text import write_json
from course_utils.review.record.entries import CUT_OFF, INVALID, NUMBER, kinds_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from course_utils.review.record.entries import JournalEntry

HEADINGS = ("When (UTC)", "Reviewer", "Thread", "Asked", "Decision", "Outcome")
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
REFUSED = "refused"
VERBS = {
    "approve": "approved",
    "reject": "rejected",
    "edit": "edited",
    "respond": "answered",
    "ask_again": "asked again",
}
EMPTY_TEXT = "(an empty text)"
NO_CALL = "to go on"
UNCHANGED = "left as it was"
_CELL_LENGTH, _VALUE_LENGTH = 400, 80


@dataclass(frozen=True)
class Verdict:
    """What was decided of one call or question.

    Attributes:
        verb: `approved`, say; of a decision in no known form its type, or empty.
        said: the reason or the answer in the reviewer's words, may be empty.
        changes: what an edit changed.
        name: of the call, where several were decided and not alike; else empty.
    """

    verb: str
    said: str = ""
    changes: tuple[Difference, ...] = ()
    name: str = ""

    @property
    def words(self) -> str:
        """The verdict without what an edit changed, in one line."""
        named = f"{self.name}: {self.verb}" if self.name else self.verb
        return ": ".join(filter(None, [named, self.said]))

    def __str__(self) -> str:
        """Put the verdict into plain text, in lines where an edit takes lines to tell."""
        told = [in_words(one) for one in self.changes]
        if not told:
            return self.words
        if any(one.long for one in self.changes):
            return "\n".join([f"{self.words}:", *told])
        return f"{self.words}: {', '.join(told)}"


def row_of(entry: JournalEntry, running: Collection[str]) -> tuple[str, ...]:
    """Put an entry into one line of words, under `HEADINGS`; what is long is cut.

    Args:
        entry: of the journal.
        running: the threads that are being resumed right now.
    """
    return (
        f"{entry.claimed_at:%Y-%m-%d %H:%M:%S}",
        cut(entry.reviewer) or ERASED,
        cut(entry.key.thread_id),
        cut(_asked(entry.asked)),
        cut("\n".join(str(verdict) for verdict in verdicts_of(entry))),
        cut(ended_in_words(entry, running)),
    )


def record_of(entry: JournalEntry, running: Collection[str]) -> dict[str, str]:
    """Return all of an entry as the cells of an exported table, by their headings.

    Args:
        entry: of the journal.
        running: the threads that are being resumed right now.
    """
    return {
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


def calls_of(asked: Any) -> list[tuple[str, Any]]:
    """Return what a person was asked about: each call's name and arguments.

    Args:
        asked: as the journal has it. A bare question has no name, and its text as the value.
    """
    each = asked if isinstance(asked, list) else [asked]
    return [_call(_restored(one)) for one in each]


def verdicts_of(entry: JournalEntry) -> list[Verdict]:
    """Return what was decided of each call or question, or once what was decided of all alike.

    Args:
        entry: of the journal.
    """
    each = entry.decision if isinstance(entry.decision, list) else [entry.decision]
    decided, asked = [_restored(one) for one in each], calls_of(entry.asked)
    if len(decided) != len(asked):
        return [_verdict(one, ("", None)) for one in decided]
    alike = all(one == decided[0] for one in decided) and "edit" not in kinds_of(decided)
    if alike or len(decided) == 1:
        return [_verdict(one, call) for one, call in zip(decided[:1], asked[:1], strict=True)]
    return [
        replace(_verdict(one, call), name=call[0]) for one, call in zip(decided, asked, strict=True)
    ]


def _verdict(decision: Any, asked: tuple[str, Any]) -> Verdict:
    kinds = kinds_of(decision)
    if not isinstance(decision, dict) or not kinds:
        return Verdict("", said=said_in_words(decision))
    if kinds[0] == "edit":
        return _edit(decision.get("edited_action"), *asked)
    answers = kinds[0] == "respond"
    rest = [
        value for name, value in decision.items() if name != "type" and (value != "" or answers)
    ]
    return Verdict(VERBS.get(kinds[0], kinds[0]), said=", ".join(map(said_in_words, rest)))


def _edit(action: Any, name: str, arguments: Any) -> Verdict:
    edited = action if isinstance(action, dict) else {}
    new, new_name = edited.get("args"), edited.get("name")
    if not (isinstance(new, dict) and isinstance(arguments, dict)):
        return Verdict(VERBS["edit"], said=value_in_words(action))
    changes = differences(arguments, new)
    if name and isinstance(new_name, str) and new_name != name:
        changes = (Difference("tool", name, new_name), *changes)
    return Verdict(VERBS["edit"] if changes else UNCHANGED, changes=changes)


def said_in_words(value: Any) -> str:
    """Write what a reviewer answered as they would read it out: no braces around named values."""
    if isinstance(value, str):
        return value or EMPTY_TEXT
    if isinstance(value, dict) and value:
        return ", ".join(f"{name}: {value_in_words(part)}" for name, part in value.items())
    return value_in_words(value)


def cut(words: str, longest: int = _CELL_LENGTH) -> str:
    """Cut a long text, and say how long it is."""
    if len(words) <= longest:
        return words
    return f"{words[:longest]}... ({len(words):,} characters)"


def ended_in_words(entry: JournalEntry, running: Collection[str]) -> str:
    """Say how carrying out a decision ended, and at which attempt if that was not the first.

    Args:
        entry: of the journal.
        running: the threads that are being resumed right now.
    """
    outcome = _outcome(entry, running)
    word = REFUSED if outcome == INVALID else outcome
    attempt = f", attempt {entry.attempt}" if entry.attempt > 1 else ""
    return f"{word}{attempt}: {entry.note}" if entry.note else f"{word}{attempt}"


def _asked(asked: Any) -> str:
    return "\n".join(_call_in_words(name, given) for name, given in calls_of(asked)) or NO_CALL


def _call_in_words(name: str, given: Any) -> str:
    if not (name and isinstance(given, dict)):
        return value_in_words(given)
    arguments = (
        f"{key}={cut(write_json(v, indent=None), _VALUE_LENGTH)}" for key, v in given.items()
    )
    return f"{name}({', '.join(arguments)})"


def _call(one: Any) -> tuple[str, Any]:
    if not (isinstance(one, dict) and isinstance(one.get("args"), dict) and "name" in one):
        return "", one
    if list(one["args"]) == ["question"]:
        return "", one["args"]["question"]
    return str(one["name"]), one["args"]


def _restored(value: Any) -> Any:
    """Return a value with the numbers again that JSON does not have."""
    if isinstance(value, list):
        return [_restored(part) for part in value]
    if not isinstance(value, dict):
        return value
    if list(value) == [NUMBER] and value[NUMBER] in {"NaN", "Infinity", "-Infinity"}:
        return float(value[NUMBER])
    return {name: _restored(part) for name, part in value.items()}


def _outcome(entry: JournalEntry, running: Collection[str]) -> str:
    return entry.outcome or (RUNNING if entry.key.thread_id in running else CUT_OFF)
