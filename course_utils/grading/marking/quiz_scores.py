"""A submission's quiz, scored from its attempts and the bank; none of its code is run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.quiz.attempts import (
    ATTEMPTS_FILE,
    Attempts,
    AttemptsError,
    AttemptsMissingError,
    read_attempts,
)
from course_utils.quiz.released import read_released
from course_utils.quiz.scoring import in_points, score_lesson

if TYPE_CHECKING:
    from pathlib import Path

    from course_utils.quiz.bank import Bank
    from course_utils.quiz.questions import Face, Question
    from course_utils.quiz.scoring import Score
    from course_utils.settings import Feedback

_MISSING = (
    f"No {ATTEMPTS_FILE} was handed in, so there are no answers to score. The quiz writes it "
    "beside the notebook: hand in both files."
)


@dataclass(frozen=True, slots=True)
class ScoredQuiz:
    """The quiz of one submission.

    Attributes:
        scores: by question id.
        note: what was wrong with the file of attempts, for the student; empty when nothing was.
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


def score_submission(bank: Bank, feedback: Feedback, folder: Path) -> ScoredQuiz:
    """Score one submission; whatever its file of attempts holds, there is a score and a reason."""
    path = folder / ATTEMPTS_FILE
    try:
        attempts, note = read_attempts(path), ""
    except AttemptsMissingError:
        attempts, note = Attempts(), _MISSING
    except AttemptsError as error:
        # The student is not told where the instructor keeps things.
        words = str(error).replace(str(path), ATTEMPTS_FILE)
        attempts, note = Attempts(), f"{words} Nothing counts."
    if attempts.skipped:
        lines = "1 line" if attempts.skipped == 1 else f"{attempts.skipped} lines"
        note = f"{lines} of {ATTEMPTS_FILE} could not be read and did not count."
    return ScoredQuiz(score_lesson(bank, feedback, attempts.events), note)
