"""Release, hand in, autograde, feedback and export, with nothing but nbgrader's own commands."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.rows import scores, total
from tests.support.small_course import small_course
from tests.support.submissions import STUDENTS, hand_in_five

if TYPE_CHECKING:
    from tests.support.course import Course

WRONG = {"double": "def double(number):\n    return number"}
HALF = {"double": "def double(number):\n    return number + int(number)"}

# By hand. Four options: a wrong try costs a third; select-all and blank: a quarter; true-false has
# one try. The first hints of `colour` and `blank` cost a tenth each.
PRACTICE = {
    "perfect": {"more": 2, "test": 4, "colour": 1, "pick": 2, "truth": 1, "blank": 1},
    "blank": {"more": 0, "test": 0, "colour": 0, "pick": 0, "truth": 0, "blank": 0},
    "wrong": {"more": 0, "test": 0, "colour": 0, "pick": 0, "truth": 0, "blank": 0},
    "hinted": {"more": 2, "test": 4, "colour": 0.9, "pick": 2, "truth": 1, "blank": 0.9},
    "half-right": {"more": 0, "test": 4, "colour": 2 / 3, "pick": 1.5, "truth": 0, "blank": 0.75},
}
# Deferred, the last saved answer counts and nothing costs.
DEFERRED = {
    **PRACTICE,
    "hinted": PRACTICE["perfect"],
    "half-right": {**PRACTICE["perfect"], "more": 0},
}
CELLS = {
    **{"more": "double-more", "test": "double-test"},
    **{name: f"quiz-{name}" for name in ("colour", "pick", "truth", "blank")},
}


def handed_in(course: Course) -> Course:
    course.release()
    hand_in_five(course, wrong=WRONG, half=HALF)
    return course


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Course:
    forked = small_course(tmp_path_factory.mktemp("practice"))
    # As an instructor starts them, each in a new Python: that is not shown anywhere else.
    course = handed_in(replace(forked, from_scratch=True))
    course.must("autograde", course.lesson, "--student=perfect")
    forked.must("autograde", course.lesson)
    course.must("generate_feedback", course.lesson)
    course.must("export")
    return course


@pytest.fixture(scope="module")
def deferred(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = handed_in(small_course(tmp_path_factory.mktemp("deferred"), feedback="deferred"))
    course.must("autograde", course.lesson)
    return course


@pytest.mark.parametrize("student", STUDENTS)
def test_a_practice_submission_gets_the_scores_worked_out_by_hand(
    practice: Course, student: str
) -> None:
    assert scores(practice, student) == {
        CELLS[name]: pytest.approx(points) for name, points in PRACTICE[student].items()
    }


@pytest.mark.parametrize("student", STUDENTS)
def test_a_deferred_submission_gets_the_scores_worked_out_by_hand(
    deferred: Course, student: str
) -> None:
    assert scores(deferred, student) == {
        CELLS[name]: pytest.approx(points) for name, points in DEFERRED[student].items()
    }


def test_the_export_holds_each_student_with_the_total(practice: Course) -> None:
    with (practice.root / "grades.csv").open() as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    by_hand = {student: sum(points.values()) for student, points in PRACTICE.items()}
    assert exported == pytest.approx(by_hand)
    assert exported == pytest.approx({student: total(practice, student) for student in STUDENTS})


def test_a_submission_of_the_notebook_alone_is_told_why_its_quiz_scored_nothing(
    practice: Course,
) -> None:
    page = practice.page("blank")
    assert page.count("No attempts.jsonl was handed in") == 4, (
        "each of the four quiz cells of a submission without attempts should say so"
    )


def test_feedback_shows_the_answer_that_counted_its_reason_the_hint_and_the_key(
    practice: Course,
) -> None:
    wrong, hinted = (
        re.sub(r"<[^>]+>", " ", practice.page(student)) for student in ("wrong", "hinted")
    )
    for words in ("Blue is &lt;not&gt; red.", "Right answer:  Red", "Why:  Red is red."):
        assert words in wrong, f"the page of a wrong answer should say {words!r}"
    for words in ("Think of blood. (cost 0.1 points)", "Right, after 1 hint: 0.9 of 1 point."):
        assert words in hinted, f"the page of a hinted answer should say {words!r}"


def test_feedback_shows_static_twins_and_no_live_widget(practice: Course) -> None:
    page = practice.page("perfect")
    assert "A graph is a set of nodes &amp; edges." in page, "the warm-up card's twin is missing"
    assert "widget-view+json" not in page
    assert "model not found" not in page.lower()


def test_feedback_shows_what_a_test_said_and_no_hidden_test(practice: Course) -> None:
    wrong = practice.page("wrong")
    assert "double(2) returned 2, expected 4" in wrong
    assert "HIDDEN" not in wrong
