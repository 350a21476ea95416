"""A lesson's quiz as a whole: what it has earned, what hints and tries cost, what is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.quiz.questions import Question
from course_utils.quiz.scoring import (
    WRONG,
    costs,
    in_points,
    latest_answer,
    score,
    share_in_points,
    standing,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from course_utils.quiz.attempts import AttemptEvent
    from course_utils.quiz.questions import Face
    from course_utils.quiz.released import ReleasedQuiz


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that still waits for an answer, and why it does, in words."""

    face: Face
    why: str


@dataclass(frozen=True, slots=True)
class QuizResult:
    """Where a learner is with a lesson's quiz.

    Attributes:
        account: the same in plain sentences.
        open: the questions to be answered, in the quiz's order; unscored ones are not.
    """

    account: str
    open: tuple[OpenQuestion, ...]


def quiz_result(quiz: ReleasedQuiz, events: Iterable[AttemptEvent]) -> QuizResult:
    """Sum up what a learner did on a lesson's quiz; a question without points does not count.

    Args:
        quiz: the questions as the learner has them, with their key or without.
        events: what the learner did, in order.
    """
    done = tuple(events)
    scored = [face for face in quiz.questions if face.points > 0]
    if quiz.mode == "deferred":
        return _without_a_key(scored, done)
    keyed = [face for face in scored if isinstance(face, Question)]
    left = [OpenQuestion(question, _tries_left(quiz, question, done)) for question in keyed]
    return QuizResult(_account(quiz, keyed, done), tuple(entry for entry in left if entry.why))


def _without_a_key(scored: list[Face], done: tuple[AttemptEvent, ...]) -> QuizResult:
    asked = [face for face in scored if not face.withdrawn]
    left = tuple(
        OpenQuestion(face, "not answered") for face in asked if latest_answer(face, done) is None
    )
    answered = f"{len(asked) - len(left)} of {len(asked)} questions answered."
    return QuizResult(f"{answered} The score comes with the feedback.", left)


def _tries_left(quiz: ReleasedQuiz, question: Question, done: tuple[AttemptEvent, ...]) -> str:
    now = standing(question, quiz.policy, done)
    if question.withdrawn or now.closed:
        return ""
    if not now.tries:
        return "not answered"
    return f"{now.tries_left} scored {'try' if now.tries_left == 1 else 'tries'} left"


def _account(quiz: ReleasedQuiz, keyed: list[Question], done: tuple[AttemptEvent, ...]) -> str:
    earned = possible = by_hints = by_tries = WRONG
    for question in keyed:
        told = score(question, quiz.policy, quiz.mode, done)
        earned, possible = earned + told.points, possible + told.possible
        if told.counted:
            hints, tries = costs(question, told.counted)
            by_hints, by_tries = by_hints + hints, by_tries + tries
    sentences = [f"{share_in_points(earned, possible)}."]
    sentences += [f"Hints cost {in_points(by_hints)}."] if by_hints else []
    sentences += [f"Earlier tries cost {in_points(by_tries)}."] if by_tries else []
    return " ".join(sentences)
