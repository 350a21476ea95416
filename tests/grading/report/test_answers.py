"""How often each answer was chosen, by the words that a record has of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from course_utils.grading.intake.released import ReleasedLesson
from course_utils.grading.marking.record import Answered
from course_utils.grading.reports.class_report.answers import MOST, answers, is_right
from course_utils.grading.reports.class_report.class_data import ClassData
from tests.support.invented_class import marked
from tests.support.small_bank import bank_from

if TYPE_CHECKING:
    from pathlib import Path

    from course_utils.grading.reports.class_report.answers import QuestionAnswers
    from course_utils.quiz.bank import Bank


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    """One question of each type, and one that is not scored."""
    return bank_from(tmp_path)


def counted(bank: Bank, question: str, *given: tuple[list[str], int]) -> QuestionAnswers:
    """Return what the report says of a question that students answered so, with so many hints."""
    students = tuple(
        marked(
            f"s{number}",
            {},
            quiz=(Answered(question=question, answers=tuple(texts), hints=hints),),
        )
        for number, (texts, hints) in enumerate(given)
    )
    data = ClassData(bank.lesson, ReleasedLesson(bank.lesson, ()), bank, students)
    return next(one for one in answers(data) if one.question.id == question)


def rows(one: QuestionAnswers) -> list[tuple[str, bool, int, int]]:
    return [(choice.text, choice.right, choice.first, choice.all) for choice in one.choices]


def test_each_option_is_counted_at_the_first_try_and_at_all(bank: Bank) -> None:
    one = counted(
        bank, "needs", (["Luck", "A checkpointer"], 2), (["A checkpointer"], 0), (["Luck"] * 3, 1)
    )
    assert rows(one) == [
        ("A checkpointer", True, 1, 2),
        ("Luck", False, 2, 4),
        ("A model", False, 0, 0),
        ("A tool", False, 0, 0),
    ]
    assert (one.students, one.first_right, one.right, one.tries) == (3, 1, 2, 2)
    assert (one.hinted, one.hints) == (2, 3)


def test_an_option_is_known_by_its_id_as_well(bank: Bank) -> None:
    assert rows(counted(bank, "needs", (["saver"], 0)))[0] == ("A checkpointer", True, 1, 1)


def test_each_pick_of_an_answer_with_several_is_counted(bank: Bank) -> None:
    one = counted(bank, "effects", (["The node; The graph", "Its whole body; The node"], 0))
    assert rows(one) == [
        ("The node", True, 1, 2),
        ("Its whole body", True, 0, 1),
        ("The graph", False, 1, 1),
        ("The model", False, 0, 0),
    ]
    assert (one.first_right, one.right) == (0, 1)


@pytest.mark.parametrize("text", ["", "(nothing chosen)", "The node; The node", ";"])
def test_what_is_no_option_is_another_answer_and_wrong(bank: Bank, text: str) -> None:
    one = counted(bank, "effects", ([text], 0))
    assert rows(one)[-1] == ("another answer", False, 1, 1)
    assert one.right == 0


def test_a_blank_is_counted_by_the_spelling_that_scoring_compares(bank: Bank) -> None:
    one = counted(bank, "parameter", (["Breakpoint", "`interrupt-before`"], 0), (["breakpoint"], 0))
    assert rows(one) == [("breakpoint", False, 2, 2), ("interrupt_before", True, 0, 1)]
    assert (one.first_right, one.right) == (0, 1)


def test_a_blank_shows_the_texts_typed_most(bank: Bank) -> None:
    one = counted(bank, "parameter", *(([f"word {n}"], 0) for n in range(MOST + 3)))
    assert len(one.choices) == MOST + 1
    assert rows(one)[-1] == ("3 other texts", False, 3, 3)


def test_a_question_that_nobody_answered_has_no_counts(bank: Bank) -> None:
    one = counted(bank, "final", ([], 1))
    assert (one.students, one.tries, one.hinted) == (0, 0, 1)


def test_right_is_what_scoring_calls_right(bank: Bank) -> None:
    question = bank.question("needs")
    assert question is not None
    assert is_right(question, "A checkpointer")
    assert not is_right(question, "luck")
