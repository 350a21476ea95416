"""The question bank as a whole: what the course asks, of which kinds, and for how many points."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from course_utils.places import COURSE_ROOT
from course_utils.quiz.bank import load_bank
from course_utils.quiz.scoring import mark
from tests.support.lesson import NOTEBOOKS, Lesson

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

BANKS = {path.stem: load_bank(path) for path in sorted((COURSE_ROOT / "quizzes").glob("*.yaml"))}
QUESTIONS = [question for bank in BANKS.values() for question in bank.questions]
CHOICES = [question for question in QUESTIONS if question.type in {"multiple-choice", "select-all"}]
# The tutorial's five questions: the kind of each.
TUTORIAL = {
    1: "multiple-choice",
    2: "multiple-choice",
    3: "multiple-choice",
    4: "true-false",
    5: "fill-blank",
}


def test_every_lesson_has_a_bank_and_every_bank_a_lesson():
    assert sorted(BANKS) == [path.stem for path in NOTEBOOKS]


def test_there_are_five_questions_a_lesson_and_forty_five_in_all():
    few = {lesson: len(b.questions) for lesson, b in BANKS.items() if len(b.questions) < 5}
    assert few == {}, f"too few questions in {few}"
    assert len(QUESTIONS) >= 45, len(QUESTIONS)


def test_every_type_of_question_is_used():
    types = Counter(question.type for question in QUESTIONS)
    assert set(types) == {"multiple-choice", "select-all", "true-false", "fill-blank"}, types


def test_the_tutorials_five_questions_are_mirrored_once_each_with_their_kind_and_penalties():
    mirrored = {question.mirrors: question for question in QUESTIONS if question.mirrors}
    assert sorted(mirrored) == sorted(TUTORIAL), sorted(mirrored)
    assert len(mirrored) == sum(bool(question.mirrors) for question in QUESTIONS)
    for number, question in mirrored.items():
        assert question.type == TUTORIAL[number], f"{question.key}: {question.type}"
        penalties = [hint.penalty for hint in question.hints]
        # The tutorial's first hint costs 10, its second 15. A true-false, with its one try, sells
        # the first alone.
        sold = [10] if question.type == "true-false" else [10, 15]
        assert penalties == sold, f"{question.key}: penalties {penalties}"


def test_a_true_false_is_neither_true_nor_false_by_habit():
    right = Counter(q.options[0].correct for q in QUESTIONS if q.type == "true-false")
    assert min(right[True], right[False]) >= 0.4 * right.total(), f"first is right {right}"


@pytest.mark.parametrize("question", CHOICES, ids=lambda question: question.key)
def test_no_option_speaks_of_the_others(question):
    for option in question.options:
        assert not re.search(r"\b(of the above|of these|both of)\b", option.text, re.IGNORECASE), (
            f"{question.key}: {option.text!r}"
        )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_places_that_a_question_quotes_are_in_its_lesson(path: Path):
    prose = _plain(c.source for c in Lesson(path).cells if c.cell_type == "markdown")
    for question in BANKS[path.stem].questions:
        told = [question.explanation, *(hint.text for hint in question.hints)]
        told += [wrong.reason for wrong in (*question.options, *question.near_misses)]
        for name in re.findall(r'\bunder "(.+?)"', _plain(told), re.IGNORECASE):
            assert name.strip(".,") in prose, f"{question.key}: {name!r} is not in the lesson"


@pytest.mark.parametrize(
    "question", [q for q in QUESTIONS if q.type == "fill-blank"], ids=lambda question: question.key
)
def test_a_singular_does_not_pass_for_a_plural(question):
    for answer in question.accepted:
        if answer.endswith("s"):
            assert mark(question, answer[:-1]).credit == 0, f"{question.key}: {answer[:-1]} passes"


def test_points_weigh_exercises_sixty_capstone_twenty_five_quizzes_fifteen():
    points = Counter[str]()
    for path in NOTEBOOKS:
        for cell in Lesson(path).cells:
            cell_points = cell.metadata.get("nbgrader", {}).get("points", 0)
            kind = "quiz" if cell.id.startswith("quiz-") else "exercise"
            points["capstone" if path.stem == "10_capstone" else kind] += cell_points
    whole = sum(points.values())
    shares = {kind: round(100 * share / whole, 1) for kind, share in points.items()}
    assert shares == {"exercise": 60, "capstone": 25, "quiz": 15}, points


def _plain(texts: Iterable[str]) -> str:
    return " ".join(" ".join(texts).replace("`", "").split())
