"""`questions.json` holds the key in practice, and nothing of it where feedback is deferred."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from course_utils.quiz.questions import Face, Question
from course_utils.quiz.released import QuestionsFileError, read_released, released_questions
from tests.support.small_bank import BANK, bank_from

if TYPE_CHECKING:
    from pathlib import Path

SECRETS = [
    ("Luck saves nothing.", "Another reason."),
    ("The checkpointer keeps the state until someone goes on.", "Another explanation."),
    ("Where is the state kept?", "Another hint"),
    ("penalty: 15", "penalty: 25"),
    ("[interrupt_before]", "[recursion_limit, other]"),
    ("text: breakpoint", "text: another near miss"),
    ("That is the idea and not the parameter.", "Another reply."),
    (
        "{id: saver, text: A checkpointer, correct: true}",
        "{id: saver, text: A checkpointer, reason: No.}",
    ),
    (
        LUCK := "{id: luck, text: Luck, reason: Luck saves nothing.}",
        "{id: luck, text: Luck, correct: true}",
    ),
]


def changed(text: str) -> str:
    for old, new in SECRETS[:-2]:
        assert old in text, f"{old!r} is not in the bank"
        text = text.replace(old, new)
    saver, luck = SECRETS[-2:]
    return text.replace(*saver).replace(
        LUCK.replace("Luck saves nothing.", "Another reason."), luck[1]
    )


def test_banks_that_differ_only_in_secrets_give_the_same_deferred_bytes(tmp_path: Path) -> None:
    one, other = bank_from(tmp_path), bank_from(tmp_path, changed(BANK))
    assert one != other
    assert released_questions(one, "practice") != released_questions(other, "practice")
    assert released_questions(one, "deferred") == released_questions(other, "deferred")


@pytest.mark.parametrize(
    ("old", "new"),
    [("Luck,", "Fortune,"), ("points: 2", "points: 3"), ("version: 2", "version: 3")],
)
def test_what_a_learner_sees_changes_the_deferred_bytes(old: str, new: str, tmp_path: Path) -> None:
    one, other = bank_from(tmp_path), bank_from(tmp_path, BANK.replace(old, new, 1))
    assert released_questions(one, "deferred") != released_questions(other, "deferred")


def test_practice_gives_back_the_very_questions_of_the_bank(tmp_path: Path) -> None:
    bank = bank_from(tmp_path)
    path = tmp_path / "questions.json"
    path.write_bytes(released_questions(bank, "practice"))
    quiz = read_released(path)
    assert (quiz.lesson, quiz.mode, quiz.policy) == (bank.lesson, "practice", bank.policy)
    assert quiz.questions == bank.questions


def test_practice_keeps_the_key_from_the_eye_and_says_that_it_is_no_secret(tmp_path: Path) -> None:
    text = released_questions(bank_from(tmp_path), "practice").decode()
    assert text.endswith("}\n")
    assert "hides nothing" in text
    for secret in ("Luck saves nothing", "correct", "interrupt_before", "Where is the state"):
        assert secret not in text, f"{secret!r} can be read in questions.json"


def test_deferred_gives_faces_without_a_key(tmp_path: Path) -> None:
    path = tmp_path / "questions.json"
    path.write_bytes(released_questions(bank_from(tmp_path), "deferred"))
    quiz = read_released(path)
    assert quiz.mode == "deferred"
    assert all(type(face) is Face for face in quiz.questions)
    assert not any(isinstance(face, Question) for face in quiz.questions)


def test_a_withdrawn_question_is_marked(tmp_path: Path) -> None:
    bank = bank_from(
        tmp_path, BANK.replace("section: needs", "section: needs\n    withdrawn: true")
    )
    for mode in ("practice", "deferred"):
        questions = json.loads(released_questions(bank, mode))["questions"]
        assert [question["withdrawn"] for question in questions] == [True] + 4 * [False]


def test_a_damaged_file_is_named_wherever_it_was_cut(tmp_path: Path) -> None:
    content = released_questions(bank_from(tmp_path), "practice")
    path = tmp_path / "questions.json"
    for cut in range(0, len(content) - 2, 97):
        path.write_bytes(content[:cut])
        with pytest.raises(QuestionsFileError, match=r"questions\.json"):
            read_released(path)


@pytest.mark.parametrize(
    "content",
    [
        b"[]",
        b"3",
        b'{"questions": 3}',
        b'{"questions": [3]}',
        b"[" * 100_000,
        b"\xff\xff",
        b'{"lesson": "a", "mode": "practice", "policy": {}, "questions": [{"key": "e30="}]}',
        b'{"lesson": "a", "mode": "practice", "policy": {}, "questions": [{"key": "Mw=="}]}',
        b'{"lesson": "a", "mode": "practice", "policy": {}, "questions": [{"key": 3}]}',
        b'{"lesson": "a", "mode": "other", "policy": {}, "questions": []}',
    ],
)
def test_a_file_of_anything_else_is_refused_in_words(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "questions.json"
    path.write_bytes(content)
    with pytest.raises(QuestionsFileError, match="your answers are kept elsewhere"):
        read_released(path)


def test_practice_questions_without_their_key_are_refused(tmp_path: Path) -> None:
    deferred = json.loads(released_questions(bank_from(tmp_path), "deferred"))
    path = tmp_path / "questions.json"
    path.write_text(json.dumps({**deferred, "mode": "practice"}), encoding="utf-8")
    with pytest.raises(QuestionsFileError, match="damaged"):
        read_released(path)
