"""A submission's quiz, scored from its attempts and the bank; none of its code is run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.quiz.attempts import (
    FILE_NAME,
    Attempts,
    AttemptsError,
    AttemptsMissingError,
    read_attempts,
)
from course_utils.quiz.scoring import score_lesson

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from course_utils.quiz.bank import Bank
    from course_utils.quiz.scoring import Score
    from course_utils.settings import Feedback

_MISSING = (
    f"No {FILE_NAME} was handed in, so there are no answers to score. The quiz writes it beside "
    "the notebook: hand in both files."
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


@dataclass(frozen=True, slots=True)
class ScoredBatch:
    """The quizzes of an assignment's submissions, by their folders, with the bank they are from."""

    bank: Bank
    feedback: Feedback
    submissions: dict[Path, ScoredQuiz]


def score_batch(bank: Bank, feedback: Feedback, folders: Iterable[Path]) -> ScoredBatch:
    """Score the quiz of every submission.

    Args:
        bank: the lesson's questions.
        feedback: the mode they were released in.
        folders: the submissions as they were handed in.
    """
    scored = {folder: score_submission(bank, feedback, folder) for folder in folders}
    return ScoredBatch(bank, feedback, scored)


def score_submission(bank: Bank, feedback: Feedback, folder: Path) -> ScoredQuiz:
    """Score one submission; whatever its file of attempts holds, there is a score and a reason."""
    path = folder / FILE_NAME
    try:
        attempts, note = read_attempts(path), ""
    except AttemptsMissingError:
        attempts, note = Attempts(), _MISSING
    except AttemptsError as error:
        # The student is not told where the instructor keeps things.
        attempts, note = Attempts(), f"{str(error).replace(str(path), FILE_NAME)} Nothing counts."
    if attempts.skipped:
        lines = "1 line" if attempts.skipped == 1 else f"{attempts.skipped} lines"
        note = f"{lines} of {FILE_NAME} could not be read and did not count."
    return ScoredQuiz(score_lesson(bank, feedback, attempts.entries), note)
