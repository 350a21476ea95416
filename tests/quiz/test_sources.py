"""Where a question is taken from, and that no key is shown to whom it is kept from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from course_utils.places import COURSE_ROOT
from course_utils.quiz.bank import BankError
from course_utils.quiz.questions import Question
from course_utils.quiz.released import QuestionsFileError, released_questions
from course_utils.quiz.sources import UnknownQuestionError, find_question
from tests.support.small_bank import BANK, LESSON, bank_from, folder_with_a_bank, write_bank

if TYPE_CHECKING:
    from pathlib import Path

NEEDS = f"{LESSON}/needs"
OF_THE_COURSE = "01_interrupt_before/parameter"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook's folder, with a bank elsewhere, in practice."""
    return folder_with_a_bank(tmp_path, monkeypatch)


def test_questions_beside_the_notebook_come_before_the_bank(folder: Path) -> None:
    other = bank_from(folder.parent, BANK.replace("What does a pause need?", "As released?"))
    (folder / "questions.json").write_bytes(released_questions(other, "practice"))
    assert find_question(NEEDS, folder).face.prompt == "As released?"


def test_from_a_bank_that_is_named_a_question_carries_its_key_in_practice_only(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(find_question(NEEDS, folder).face, Question)
    monkeypatch.setenv("HITL_FEEDBACK", "deferred")
    found = find_question(NEEDS, folder)
    assert (found.quiz.mode, isinstance(found.face, Question)) == ("deferred", False)


def test_a_learner_whose_questions_are_gone_is_not_shown_the_key_of_the_courses_bank(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HITL_QUIZZES")
    with pytest.raises(UnknownQuestionError, match=r"Run `hitl lab` in a second terminal"):
        find_question(OF_THE_COURSE, folder)


def test_in_the_source_folder_questions_come_from_the_courses_bank(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("HITL_QUIZZES", raising=False)
    lesson = COURSE_ROOT / "notebooks" / "01_interrupt_before"
    assert find_question(OF_THE_COURSE, lesson).face.key == OF_THE_COURSE


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("01_pauses/neads", ("'01_pauses/needs'", "01_pauses.yaml")),
        ("1_pauses/needs", ("'01_pauses/needs'",)),
        ("needs", ("'01_pauses/needs'",)),
        ("../../etc/passwd", ("'../../etc/passwd'", "Did you mean")),
        ("", ("''",)),
    ],
)
def test_an_unknown_question_is_answered_with_the_nearest(
    folder: Path, asked: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(UnknownQuestionError) as caught:
        find_question(asked, folder)
    for word in words:
        assert word in str(caught.value)


def test_without_any_questions_the_error_says_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HITL_QUIZZES", str(folder))
    with pytest.raises(UnknownQuestionError, match="HITL_QUIZZES"):
        find_question(NEEDS, folder)


def test_a_broken_bank_and_damaged_questions_are_told_as_such(folder: Path) -> None:
    write_bank(folder.parent / "quizzes", "lesson: [")
    with pytest.raises(BankError, match=r"01_pauses\.yaml"):
        find_question(NEEDS, folder)
    (folder / "questions.json").write_text(json.dumps({"lesson": LESSON}), encoding="utf-8")
    with pytest.raises(QuestionsFileError, match=r"questions\.json"):
        find_question(NEEDS, folder)
