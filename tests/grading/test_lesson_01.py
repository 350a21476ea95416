"""Lesson 01 from its source to the gradebook, for five students."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.course import real_course
from tests.support.lesson import Lesson
from tests.support.rows import scores
from tests.support.submissions import STUDENTS, hand_in_five

if TYPE_CHECKING:
    from tests.support.course import Course
    from tests.support.submissions import Answers

# Names of answers kept beside the lesson's own tests.
WRONG = {
    "supervise": "stops-after-the-booking",
    "pending": "first-call-only",
    "reject": "only-prints",
}
# Nothing is ever sent, and without as_node the agent never replies.
HALF = {"reject": "as-no-node-in-particular"}

EXERCISES = {
    "supervise-test": 6,
    "pending-test": 6,
    "reject-test-nothing-paid": 6,
    "reject-test-turn-closed": 6,
}
QUIZ = ("requirements", "parameter", "names", "none", "new-message", "reject")


def by_hand(exercises: dict[str, float], quiz: dict[str, float]) -> dict[str, float]:
    return {**exercises, **{f"quiz-{name}": points for name, points in quiz.items()}}


NOTHING = by_hand(dict.fromkeys(EXERCISES, 0), dict.fromkeys(QUIZ, 0))
EXPECTED = {
    "perfect": by_hand(EXERCISES, dict.fromkeys(QUIZ, 1)),
    "blank": NOTHING,
    "wrong": NOTHING,
    # Every question has a first hint, and each costs a tenth of its point.
    "hinted": by_hand(EXERCISES, dict.fromkeys(QUIZ, 0.9)),
    # A wrong try first: it costs a third with four options, a quarter in a blank and in a
    # select-all, and all of a true-false.
    "half-right": by_hand(
        {**EXERCISES, "reject-test-turn-closed": 0},
        {
            **dict.fromkeys(("requirements", "names", "new-message"), 2 / 3),
            **dict.fromkeys(("parameter", "reject"), 3 / 4),
            "none": 0,
        },
    ),
}


def kept(course: Course, names: dict[str, str]) -> Answers:
    """Return the kept answers to exercises, by the exercises' names."""
    answers = Lesson(course.source / f"{course.lesson}.ipynb").answers()
    code = {(answer.exercise, answer.name): answer.code for answer in answers}
    return {exercise: code[exercise, name] for exercise, name in names.items()}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = real_course(tmp_path_factory.mktemp("lesson"), "01_interrupt_before")
    course.release()
    hand_in_five(course, wrong=kept(course, WRONG), half=kept(course, HALF))
    with pytest.MonkeyPatch.context() as patch:
        # Its exercises ask a model; no mark depends on which one is set.
        patch.setenv("HITL_MODEL", "ollama:none-such")
        course.must("autograde", course.lesson)
    course.must("generate_feedback", course.lesson)
    return course


@pytest.mark.parametrize("student", STUDENTS)
def test_a_submission_of_lesson_01_gets_the_scores_worked_out_by_hand(
    course: Course, student: str
) -> None:
    assert scores(course, student) == {
        name: pytest.approx(points) for name, points in EXPECTED[student].items()
    }


def test_feedback_on_lesson_01_shows_its_cards_as_static_twins(course: Course) -> None:
    page = course.page("perfect")
    assert "Waiting for you" in page, "the approval card's twin is missing"
    assert "data:image/svg+xml" in page, "the graph's drawing is missing"
    assert "widget-view+json" not in page
    assert "model not found" not in page.lower()
