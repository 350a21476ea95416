"""Scores worked out by hand, and what holds of every score whatever was done."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.quiz.attempts import HintOpened, TryMade, read_attempts
from course_utils.quiz.scoring import (
    hint_cost,
    in_points,
    mark,
    score,
    score_lesson,
    scored_tries,
    standing,
    wrong_try_cost,
)
from tests.support.small_bank import BANK, LESSON, bank_from

if TYPE_CHECKING:
    from course_utils.quiz.attempts import Answer, AttemptEvent
    from course_utils.quiz.questions import Question
    from course_utils.settings import Feedback

with TemporaryDirectory() as folder:
    SMALL = bank_from(Path(folder))
    WITHDRAWN = bank_from(Path(folder), BANK.replace("section: ", "withdrawn: true\n    section: "))


def question(name: str) -> Question:
    found = SMALL.question(name)
    assert found is not None
    return found


def lines(name: str, *events: int | str | tuple[str, ...]) -> list[AttemptEvent]:
    """Write a learner's story: a number is a hint opened, anything else an answer."""
    line = {"question": f"{LESSON}/{name}", "version": question(name).version}
    return [
        HintOpened(**line, hint=event) if isinstance(event, int) else TryMade(**line, answer=event)
        for event in events
    ]


def points(name: str, *events: int | str | tuple[str, ...], feedback: Feedback = "practice") -> str:
    earned = score(question(name), SMALL.policy, feedback, lines(name, *events))
    return str(earned.points)


BOTH = ("node", "body")

BY_HAND = [
    # multiple choice: 2 points, 4 options, a wrong try costs 1/3, hints 10 % and 15 %
    ("needs", [], "0"),
    ("needs", ["saver"], "2"),
    ("needs", [1, "saver"], "9/5"),
    ("needs", [1, 2, "saver"], "3/2"),
    ("needs", [2, 1, 1, 2, "saver"], "3/2"),
    ("needs", ["saver", 1, 2], "2"),
    ("needs", ["luck", "saver"], "4/3"),
    ("needs", ["luck", 1, "saver"], "17/15"),
    ("needs", ["luck", "model", "saver"], "2/3"),
    ("needs", ["luck", "model", "tool", "saver"], "0"),
    ("needs", [1, 2, "luck", "model", "saver"], "1/6"),
    ("needs", ["saver", "luck"], "2"),
    ("needs", ["no such option", "saver"], "4/3"),
    ("needs", [("saver",)], "0"),
    ("needs", [7, "saver"], "2"),
    # select all: 1 point, two right, a try that is not fully right costs 1/4, hint 20 %
    ("effects", [BOTH], "1"),
    ("effects", [("body", "node")], "1"),
    ("effects", [("node",)], "1/2"),
    ("effects", [("node", "body", "graph")], "1/2"),
    ("effects", [("node", "graph")], "0"),
    ("effects", [("graph", "model")], "0"),
    ("effects", [()], "0"),
    ("effects", [("node", "body", "graph", "model")], "0"),
    ("effects", [("node",), BOTH], "3/4"),
    ("effects", [("node",), ("body",), BOTH], "1/2"),
    ("effects", [("node",), 1, BOTH], "11/20"),
    ("effects", [1, ("node",), 1, ("graph",)], "2/5"),
    ("effects", [("node", "node", "body")], "1"),
    # true-false: half a point, one scored try
    ("final", ["false"], "1/2"),
    ("final", ["true", "false"], "0"),
    ("final", [1, "false"], "9/20"),
    # blank: 1 point, a wrong try costs 1/4, hint 10 %
    ("parameter", ["interrupt_before"], "1"),
    ("parameter", ["interrupt-before"], "1"),
    ("parameter", ["Interupt_Before"], "1"),
    ("parameter", ["interrupt_after", "interrupt_before"], "3/4"),
    ("parameter", ["breakpoint", 1, "x", "interrupt_before"], "2/5"),
    ("parameter", ["a", "b", "c", "interrupt_before"], "0"),
    ("parameter", [("interrupt_before",)], "0"),
    # unscored
    ("predict-guess", ["yes"], "0"),
]


@pytest.mark.parametrize(("name", "events", "expected"), BY_HAND)
def test_a_practice_score_is_what_one_works_out_by_hand(
    name: str, events: list[int | str | tuple[str, ...]], expected: str
) -> None:
    got = points(name, *events)
    assert got == expected, f"{name} after {events}: {got} points, expected {expected}"


@pytest.mark.parametrize(
    ("name", "events", "expected"),
    [
        ("needs", [], "0"),
        ("needs", ["luck", "model", "tool", "luck", "saver"], "2"),
        ("needs", ["saver", "luck"], "0"),
        ("needs", [1, 2, "saver"], "2"),
        ("effects", [BOTH, ("node",)], "1/2"),
        ("final", ["true", "false"], "1/2"),
        ("parameter", ["x", "interrupt-before"], "1"),
    ],
)
def test_a_deferred_score_is_the_last_answer_and_nothing_costs(
    name: str, events: list[int | str | tuple[str, ...]], expected: str
) -> None:
    assert points(name, *events, feedback="deferred") == expected


@pytest.mark.parametrize(
    ("name", "answer", "credit", "reason"),
    [
        ("needs", "saver", "1", None),
        ("needs", "luck", "0", "Luck saves nothing."),
        ("needs", "x", "0", "That is not one of the options."),
        ("effects", ("node", "graph", "model"), "0", "Only the node runs again."),
        ("effects", ("node", "graph", "model"), "0", "The model is in another node."),
        ("effects", ("node",), "1/2", "more options are right"),
        ("parameter", "interrupt_before", "1", None),
        ("parameter", "interrupt-before", "1", "`interrupt_before`"),
        ("parameter", "Interrupt_before", "1", "`interrupt_before`"),
        ("parameter", "interupt_before", "1", "`interrupt_before`"),
        ("parameter", "`interrupt_before`", "1", None),
        ("parameter", "'Interrupt-After'", "0", "when the node has run"),
        ("parameter", "interrupt_id", "0", "not the answer"),
    ],
)
def test_a_mark_says_why_and_never_the_key_of_a_wrong_answer(
    name: str, answer: Answer, credit: str, reason: str | None
) -> None:
    given_mark = mark(question(name), answer)
    assert str(given_mark.credit) == credit
    if reason is None:
        assert given_mark.reasons == ()
    else:
        assert reason in " ".join(given_mark.reasons)


def test_a_slip_between_an_answer_and_a_near_miss_is_not_forgiven(tmp_path: Path) -> None:
    bank = bank_from(
        tmp_path,
        BANK.replace("[interrupt_before]", "[checkpoint_a]").replace(
            "text: breakpoint", "text: checkpoint_bc"
        ),
    )
    blank = bank.question("parameter")
    assert blank is not None
    assert mark(blank, "checkpoint_x").credit == 1
    assert mark(blank, "checkpoint_ac").credit == 0
    assert "more than one" in mark(blank, "checkpoint_ac").reasons[0]


def test_a_near_miss_one_slip_from_the_answer_is_not_forgiven(tmp_path: Path) -> None:
    text = BANK.replace("[interrupt_before]", "[decisions]")
    bank = bank_from(tmp_path, text.replace("text: breakpoint", "text: decision"))
    blank = bank.question("parameter")
    assert blank is not None
    assert mark(blank, "decision").credit == 0
    assert mark(blank, "decsions").credit == 1


def test_of_two_accepted_spellings_the_one_that_was_meant_is_shown(tmp_path: Path) -> None:
    bank = bank_from(tmp_path, BANK.replace("[interrupt_before]", "[pause_once, pause_ones]"))
    blank = bank.question("parameter")
    assert blank is not None
    assert mark(blank, "Pause-Ones").reasons == ("It is spelled `pause_ones`.",)
    assert mark(blank, "pause_ones").reasons == ()


def test_lines_on_another_version_or_question_do_not_count_and_the_account_says_so() -> None:
    old = TryMade(question=f"{LESSON}/needs", version=2, answer="saver")
    other = TryMade(question="02_other/needs", version=1, answer="saver")
    earned = score(question("needs"), SMALL.policy, "practice", [old, other])
    assert earned.points == 0
    assert earned.counted is None
    assert "1 line answers another version" in earned.account


def test_an_account_tells_what_counted_in_plain_words() -> None:
    story = lines("needs", "luck", 1, 2, "saver")
    earned = score(question("needs"), SMALL.policy, "practice", story)
    assert earned.account == "Right, after 2 hints and 1 wrong try: 0.83 of 2 points."
    assert earned.counted is not None
    assert (earned.counted.answer, earned.counted.wrong_before) == ("saver", 1)
    assert earned.counted.hints == {1, 2}


def test_a_withdrawn_question_gives_everyone_its_points() -> None:
    for feedback in ("practice", "deferred"):
        earned = score_lesson(WITHDRAWN, feedback, [])
        assert [each.points for each in earned.values()] == [2, 1, Fraction(1, 2), 1, 0]
        assert "withdrawn" in earned["needs"].account


def test_a_lesson_is_scored_question_by_question() -> None:
    story = [*lines("needs", "saver"), *lines("final", "true"), *lines("parameter", "x")]
    earned = score_lesson(SMALL, "practice", story)
    assert {name: each.points for name, each in earned.items()} == {
        "needs": 2,
        "effects": 0,
        "final": 0,
        "parameter": 0,
        "predict-guess": 0,
    }


def test_costs_are_told_in_points_before_they_are_paid() -> None:
    assert in_points(wrong_try_cost(question("needs"))) == "0.67 points"
    assert in_points(wrong_try_cost(question("effects"))) == "0.25 points"
    assert in_points(hint_cost(question("needs"), 1)) == "0.2 points"
    assert in_points(hint_cost(question("needs"), 2)) == "0.3 points"
    assert in_points(Fraction(1)) == "1 point"


@pytest.mark.parametrize(
    ("name", "events", "left", "closed"),
    [
        ("needs", [], 3, False),
        ("needs", ["luck"], 2, False),
        ("needs", ["saver"], 0, True),
        ("needs", ["luck", "model", "tool"], 0, True),
        ("final", ["true"], 0, True),
        ("effects", [("node",)], 2, False),
        ("predict-guess", ["no"], 0, True),
    ],
)
def test_the_key_is_due_after_the_right_or_the_last_scored_try(
    name: str, events: list[int | str | tuple[str, ...]], left: int, closed: bool
) -> None:
    now = standing(question(name), SMALL.policy, lines(name, *events))
    assert (now.tries_left, now.closed) == (left, closed)


# What holds of every story.

ANSWERS: dict[str, st.SearchStrategy[Answer]] = {
    "needs": st.sampled_from(["saver", "luck", "model", "tool", "nothing"]),
    "effects": st.lists(st.sampled_from(["node", "body", "graph", "model"])).map(tuple),
    "final": st.sampled_from(["true", "false"]),
    "parameter": st.sampled_from(["interrupt_before", "interupt_before", "breakpoint", ""]),
    "predict-guess": st.sampled_from(["yes", "no"]),
}
WRONG: dict[str, Answer] = {
    "needs": "luck",
    "effects": ("graph",),
    "final": "true",
    "parameter": "x",
    "predict-guess": "no",
}


@st.composite
def stories(draw: st.DrawFn) -> tuple[Question, list[AttemptEvent]]:
    """A question and what a learner did with it: hints and tries in any order."""
    name = draw(st.sampled_from(sorted(ANSWERS)))
    events = draw(st.lists(st.integers(1, 3) | ANSWERS[name], max_size=8))
    return question(name), lines(name, *events)


def worth(asked: Question, story: list[AttemptEvent], feedback: Feedback = "practice") -> Fraction:
    return score(asked, SMALL.policy, feedback, story).points


@given(stories(), st.sampled_from(["practice", "deferred"]))
def test_a_score_lies_between_nothing_and_the_points(
    told: tuple[Question, list[AttemptEvent]], feedback: Feedback
) -> None:
    asked, story = told
    assert 0 <= worth(asked, story, feedback) <= Fraction(asked.points)


@given(stories(), st.integers(1, 3), st.integers(0, 8))
def test_a_hint_more_never_raises_a_score(
    told: tuple[Question, list[AttemptEvent]], hint: int, place: int
) -> None:
    asked, story = told
    hinted = [*story[:place], *lines(asked.id, hint), *story[place:]]
    assert worth(asked, hinted) <= worth(asked, story)


@given(stories(), st.integers(0, 8))
def test_a_wrong_try_more_never_raises_a_score(
    told: tuple[Question, list[AttemptEvent]], place: int
) -> None:
    asked, story = told
    worse = [*story[:place], *lines(asked.id, WRONG[asked.id]), *story[place:]]
    assert worth(asked, worse) <= worth(asked, story)


@given(stories(), st.permutations([1, 2]), st.integers(0, 8))
def test_the_order_of_hints_and_showing_one_again_change_nothing(
    told: tuple[Question, list[AttemptEvent]], order: list[int], place: int
) -> None:
    asked, story = told

    def opened(*hints: int) -> Fraction:
        return worth(asked, [*story[:place], *lines(asked.id, *hints), *story[place:]])

    assert opened(*order, *order) == opened(1, 2)


@given(stories(), st.data())
def test_tries_after_the_scored_ones_change_nothing(
    told: tuple[Question, list[AttemptEvent]], data: st.DataObject
) -> None:
    asked, story = told
    allowed = scored_tries(asked, SMALL.policy)
    tries = [place for place, event in enumerate(story) if isinstance(event, TryMade)]
    cut = tries[allowed - 1] + 1 if len(tries) >= allowed else len(story)
    assert worth(asked, story) == worth(asked, story[:cut])
    if len(tries) >= allowed:
        more = lines(asked.id, data.draw(ANSWERS[asked.id]))
        assert worth(asked, story) == worth(asked, [*story, *more])


@given(stories())
def test_deferred_is_the_last_answer_alone(told: tuple[Question, list[AttemptEvent]]) -> None:
    asked, story = told
    tries = [event for event in story if isinstance(event, TryMade)]
    expected = mark(asked, tries[-1].answer).credit * Fraction(asked.points) if tries else 0
    assert worth(asked, story, "deferred") == expected


@given(stories(), stories())
def test_lines_on_other_questions_change_nothing(
    told: tuple[Question, list[AttemptEvent]], other: tuple[Question, list[AttemptEvent]]
) -> None:
    asked, story = told
    foreign = [event for event in other[1] if event.question != asked.key]
    assert worth(asked, [*foreign, *story, *foreign]) == worth(asked, story)


# Writing and reading a file may take long on a busy machine.
@settings(deadline=None)
@given(stories(), st.data())
def test_a_torn_file_scores_as_the_lines_before_the_tear(
    told: tuple[Question, list[AttemptEvent]], data: st.DataObject
) -> None:
    asked, story = told
    whole = [event.model_dump_json().encode() + b"\n" for event in story]
    content = b"".join(whole)
    cut = data.draw(st.integers(0, len(content)))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "attempts.jsonl"
        path.write_bytes(content[:cut])
        read = list(read_attempts(path).events)
    # A line that lacks nothing but its end of line is whole.
    kept = sum(len(b"".join(whole[: n + 1])) - 1 <= cut for n in range(len(whole)))
    assert read == story[:kept]
    assert worth(asked, read) == worth(asked, story[:kept])
