"""The journal's entries in words that a reviewer understands."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from course_utils.review.record.entries import JournalEntry, PauseKey
from course_utils.review.record.words import row_of

PAY = {"name": "pay", "args": {"to": "bob", "amount": 5000}}
MAIL = {"name": "mail", "args": {"body": "Dear Alice,\nat noon?"}}
NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


def edit(call: Any, name: str = "", **arguments: Any) -> dict[str, Any]:
    action = {"name": name or call["name"], "args": call["args"] | arguments}
    return {"type": "edit", "edited_action": action}


def entry(decision: Any, asked: Any = (PAY,), **more: Any) -> JournalEntry:
    how = {"attempt": 1, "outcome": "done", **more}
    asked = list(asked) if isinstance(asked, tuple) else asked
    key = PauseKey("t", "", "c", "static")
    return JournalEntry(
        "1", key, reviewer="amy", decision=decision, asked=asked, claimed_at=NOW, **how
    )


HOURS = {"hours": 3, "urgent": True}
NAN = {"name": "pay", "args": {"amount": {"__number__": "NaN"}}}
DECISIONS: list[tuple[Any, Any, str]] = [
    ([{"type": "approve"}], (PAY,), "approved"),
    ([{"type": "reject"}], (PAY,), "rejected"),
    ([{"type": "reject", "message": "too much"}], (PAY,), "rejected: too much"),
    ([{"type": "respond", "message": "3 hours"}], (PAY,), "answered: 3 hours"),
    ([{"type": "respond", "message": HOURS}], (), "answered: hours: 3, urgent: true"),
    ([{"type": "respond", "message": "3"}], (PAY,), "answered: 3"),
    ([{"type": "respond", "message": [1, 2]}], (PAY,), "answered: [1, 2]"),
    ([edit(PAY, amount=5)], (PAY,), "edited: amount: 5000 -> 5"),
    ([edit(PAY, amount=5, to="eve")], (PAY,), "edited: to: bob -> eve, amount: 5000 -> 5"),
    ([edit(PAY, name="refund")], (PAY,), "edited: tool: pay -> refund"),
    ([edit(PAY)], (PAY,), "left as it was"),
    ([edit(NAN, amount=5)], (NAN,), "edited: amount: NaN -> 5"),
    (
        [edit(MAIL, body="Dear Alice,\nat one?")],
        (MAIL,),
        "edited:\nbody: 1 line removed and 1 line added\n"
        "    Dear Alice,\n  - at noon?\n  + at one?",
    ),
    ([{"type": "approve"}] * 2, (PAY, MAIL), "approved"),
    (
        [edit(PAY, amount=5), edit(MAIL)],
        (PAY, MAIL),
        "pay: edited: amount: 5000 -> 5\nmail: left as it was",
    ),
    (
        [{"type": "approve"}, {"type": "reject", "message": "no"}],
        (PAY, MAIL),
        "pay: approved\nmail: rejected: no",
    ),
    ([{"type": "shrug", "why": "x"}], (PAY,), "shrug: x"),
    ("Zoë", "Who?", "Zoë"),
    ([{"type": "respond", "message": ""}], ("Who?",), "answered: (an empty text)"),
    ([{"type": "respond", "message": False}], ("Who?",), "answered: false"),
    ([{"type": "reject", "message": ""}], (PAY,), "rejected"),
    ({"type": "ask_again"}, (), "asked again"),
    ({"type": "edit"}, (PAY,), "edited: null"),
    ({"type": "edit", "edited_action": {"args": [1]}}, (PAY,), 'edited: {"args": [1]}'),
    ([{"type": "approve"}, 5], (PAY,), "approved\n5"),
    (None, None, "null"),
]  # fmt: skip


@pytest.mark.parametrize(("decision", "asked", "words"), DECISIONS)
def test_a_decision_is_told_in_the_reviewers_words(decision, asked, words):
    assert row_of(entry(decision, asked), ())[4] == words


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ((PAY,), 'pay(to="bob", amount=5000)'),
        ((PAY, NAN), 'pay(to="bob", amount=5000)\npay(amount=NaN)'),
        (({"name": "ask", "args": {"question": "Who?"}},), "Who?"),
        ("Who?", "Who?"),
        ((), "to go on"),
    ],
)
def test_what_was_asked_is_told(asked, words):
    assert row_of(entry([{"type": "approve"}], asked), ())[3] == words


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "done"),
        ({"attempt": 2}, "done, attempt 2"),
        ({"outcome": "failed", "note": "ValueError: x"}, "failed: ValueError: x"),
        ({"outcome": "invalid", "note": "still open"}, "refused: still open"),
        ({"outcome": None}, "cut off"),
    ],
)
def test_how_it_ended_is_told(more, words):
    assert row_of(entry([{"type": "approve"}], **more), ())[5] == words


def test_a_resume_that_runs_is_told_as_that():
    assert row_of(entry([{"type": "approve"}], outcome=None), {"t"})[5] == "running"
