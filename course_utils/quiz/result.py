"""A lesson's quiz as a whole: what it has earned, what hints and tries cost, what is open."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from course_utils.quiz.attempts import TryMade
from course_utils.quiz.questions import Question
from course_utils.quiz.scoring import (
    WRONG,
    costs,
    in_points,
    latest_answer,
    score,
    scored_tries,
    share_in_points,
    standing,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from course_utils.quiz.attempts import AttemptEvent
    from course_utils.quiz.questions import Face
    from course_utils.quiz.released import ReleasedQuiz
    from course_utils.quiz.scoring import Score

    _Done = dict[str, list[AttemptEvent]]


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that still waits for an answer, and why it does, in words."""

    face: Face
    why: str


@dataclass(frozen=True, slots=True)
class Points:
    """What quizzes have earned of what they could, and what hints and earlier tries cost of it."""

    earned: Fraction = WRONG
    possible: Fraction = WRONG
    by_hints: Fraction = WRONG
    by_tries: Fraction = WRONG

    def __add__(self, other: Points) -> Points:
        return Points(
            self.earned + other.earned,
            self.possible + other.possible,
            self.by_hints + other.by_hints,
            self.by_tries + other.by_tries,
        )

    @property
    def account(self) -> str:
        """The same in plain sentences."""
        sentences = [f"{share_in_points(self.earned, self.possible)}."]
        sentences += [f"Hints cost {in_points(self.by_hints)}."] if self.by_hints else []
        sentences += [f"Earlier tries cost {in_points(self.by_tries)}."] if self.by_tries else []
        return " ".join(sentences)


@dataclass(frozen=True, slots=True)
class QuizResult:
    """Where a learner is with a lesson's quiz.

    Attributes:
        account: the same in plain sentences.
        open: the questions to be answered, in the quiz's order; unscored ones are not.
        points: what the quiz has earned; None where the key is not known.
        lost: the points that answered questions did not earn, by the section they belong to.
    """

    account: str
    open: tuple[OpenQuestion, ...]
    points: Points | None = None
    lost: dict[str, Fraction] = field(default_factory=dict)


def quiz_result(quiz: ReleasedQuiz, events: Iterable[AttemptEvent]) -> QuizResult:
    """Sum up what a learner did on a lesson's quiz; a question without points does not count.

    Args:
        quiz: the questions as the learner has them, with their key or without.
        events: what the learner did, in order.
    """
    done: _Done = defaultdict(list)
    for event in events:
        done[event.question].append(event)
    scored = [face for face in quiz.questions if face.points > 0]
    if quiz.mode == "deferred":
        return _without_a_key(scored, done)
    keyed = [face for face in scored if isinstance(face, Question)]
    for face in keyed:
        done[face.key] = _up_to_the_last_scored_try(face, scored_tries(face, quiz.policy), done)
    left = [OpenQuestion(question, _tries_left(quiz, question, done)) for question in keyed]
    scores = [(face, score(face, quiz.policy, quiz.mode, done[face.key])) for face in keyed]
    points = sum((_points(*told) for told in scores), Points())
    still_open = tuple(entry for entry in left if entry.why)
    return QuizResult(points.account, still_open, points, _lost(scores))


def _up_to_the_last_scored_try(face: Face, allowed: int, done: _Done) -> list[AttemptEvent]:
    # What comes later changes nothing, and a year of practice has thousands of lines.
    found: list[AttemptEvent] = []
    for event in done[face.key]:
        if event.version == face.version and allowed:
            found.append(event)
            allowed -= isinstance(event, TryMade)
    return found


def _without_a_key(scored: list[Face], done: _Done) -> QuizResult:
    asked = [face for face in scored if not face.withdrawn]
    left = tuple(
        OpenQuestion(face, "not answered")
        for face in asked
        if latest_answer(face, done[face.key]) is None
    )
    answered = f"{len(asked) - len(left)} of {len(asked)} questions answered."
    return QuizResult(f"{answered} The score comes with the feedback.", left)


def _tries_left(quiz: ReleasedQuiz, question: Question, done: _Done) -> str:
    now = standing(question, quiz.policy, done[question.key])
    if question.withdrawn or now.closed:
        return ""
    if not now.tries:
        return "not answered"
    return f"{now.tries_left} scored {'try' if now.tries_left == 1 else 'tries'} left"


def _points(question: Question, told: Score) -> Points:
    by_hints, by_tries = costs(question, told.counted) if told.counted else (WRONG, WRONG)
    return Points(told.points, told.possible, by_hints, by_tries)


def _lost(scores: list[tuple[Question, Score]]) -> dict[str, Fraction]:
    lost: dict[str, Fraction] = defaultdict(lambda: WRONG)
    for question, told in scores:
        if told.counted and told.points < told.possible:
            lost[question.section] += told.possible - told.points
    return dict(lost)
