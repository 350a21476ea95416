"""A submission's quiz, scored from its attempts and the bank; none of its code is run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.printable import listed
from course_utils.quiz.released import read_released
from course_utils.quiz.scoring import in_points, score_lesson

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from course_utils.grading.intake.found_attempts import FoundAttempts
    from course_utils.quiz.bank import Bank
    from course_utils.quiz.questions import Face, Question
    from course_utils.quiz.scoring import Score
    from course_utils.settings import Feedback


@dataclass(frozen=True, slots=True)
class ScoredQuiz:
    """The quiz of one submission.

    Attributes:
        scores: by question id.
        note: what was wrong with the answers, for the student; empty when nothing was.
    """

    scores: dict[str, Score]
    note: str = ""


class GradingError(ValueError):
    """An assignment cannot be graded as it is; the message names the file and the fix."""


def released_mode(bank: Bank | None, path: Path) -> Feedback | None:
    """Return the mode students worked in, which today's settings need not be.

    Args:
        bank: the questions, as they are to be scored; None when there is no bank.
        path: the released `questions.json`.

    Returns:
        The mode; None for a lesson without a quiz.

    Raises:
        GradingError: if the questions are not those that were released.
        QuestionsFileError: if the file is damaged.
    """
    if bank is None:
        if path.exists():
            raise GradingError(
                f"{path} was released from a bank that is not there. Set HITL_QUIZZES to the "
                "folder with the bank it came from."
            )
        return None
    if not path.exists():
        raise GradingError(
            f"{path} is not there, so nobody can tell in which mode the questions were released. "
            "Put it back, or release the lesson again in that mode."
        )
    quiz = read_released(path)
    changed = [
        face
        for face in quiz.questions
        if face.points and not _is_still(face, bank.question(face.id))
    ]
    if changed:
        names = ", ".join(
            f"{face.id} (version {face.version}, {in_points(face.points)})" for face in changed
        )
        raise GradingError(
            f"The bank of {bank.lesson} no longer has what was released in {path}: {names}. Put it "
            "back as it was, with `withdrawn: true` when everyone is to get its points. Or release "
            "the lesson again: then answers to the old version do not count."
        )
    return quiz.mode


def _is_still(face: Face, question: Question | None) -> bool:
    """Tell whether an answer to one is an answer to the other; a fixed wording does no harm."""
    return question is not None and _what_counts(question) == _what_counts(face)


def _what_counts(face: Face) -> tuple[object, ...]:
    return face.version, face.type, face.points, {option.id for option in face.options}


def score_quiz(bank: Bank, feedback: Feedback, found: FoundAttempts) -> ScoredQuiz:
    """Score the quiz of one submission, whatever was found of its answers.

    Args:
        bank: the lesson's questions.
        feedback: the mode in which they were released.
        found: the answers, as intake found them.
    """
    note = " ".join((*found.notes, *_of_old_questions(bank, found)))
    return ScoredQuiz(score_lesson(bank, feedback, found.attempts.events), note)


def _of_old_questions(bank: Bank, found: FoundAttempts) -> Iterator[str]:
    """Say which answers do not count because their question has changed or is gone."""
    versions = {question.key: question.version for question in bank.questions}
    mine = [e for e in found.attempts.events if e.question.startswith(f"{bank.lesson}/")]
    names = sorted({e.question for e in mine if versions.get(e.question) != e.version})
    if names:
        ids = listed(name.partition("/")[2] for name in names)
        yield f"Some answers are to another version of a question and do not count: {ids}."
