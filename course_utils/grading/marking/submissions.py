"""A submission as it was before any student's code ran: its notebook, its quiz, its problems."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.grading.intake.submitted import (
    MAX_TIMESTAMP_BYTES,
    TIMESTAMP,
    UnreadableError,
    read_file,
    read_notebook,
    read_timestamp,
    stand_in,
)
from course_utils.grading.marking.quiz_scores import score_submission
from course_utils.quiz.attempts import ATTEMPTS_FILE
from course_utils.quiz.kept_lines import MAX_BYTES

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

    from course_utils.grading.marking.quiz_scores import ScoredQuiz
    from course_utils.quiz.bank import Bank
    from course_utils.settings import Feedback


@dataclass(frozen=True, slots=True)
class Submission:
    """What a student handed in.

    Attributes:
        notebook: the notebook, or what stands in for one that could not be read.
        unread: whether it could not be read; the exercises then wait for a person.
        quiz: the quiz with its scores; None for a lesson without one.
        problem: what the instructor has to look at, in sentences; empty when nothing.
        files: what goes beside the notebook when it is run.
    """

    notebook: NotebookNode
    unread: bool
    quiz: ScoredQuiz | None
    problem: str
    files: dict[str, bytes]


def read_submission(folder: Path, bank: Bank | None, mode: Feedback | None) -> Submission:
    """Read and score one submission; whatever is in it, there is a score and a reason.

    Args:
        folder: the submission, in a folder named after its lesson.
        bank: the lesson's questions; None for a lesson without a quiz.
        mode: the mode they were released in; None for a lesson without a quiz.
    """
    quiz = score_submission(bank, mode, folder) if bank and mode else None
    notebook, unread = _exercises(folder / f"{folder.name}.ipynb")
    problems = (unread, _of_the_timestamp(folder), quiz.note if quiz else "")
    return Submission(
        notebook, bool(unread), quiz, " ".join(filter(None, problems)), _beside(folder)
    )


def _exercises(path: Path) -> tuple[NotebookNode, str]:
    try:
        return read_notebook(path), ""
    except UnreadableError as error:
        words = (
            f"The exercises could not be graded: {error}. Hand in {path.name}, by that name, again."
        )
        return stand_in(words), words


def _of_the_timestamp(folder: Path) -> str:
    try:
        read_timestamp(folder)
    except UnreadableError as error:
        return f"It counts as in time: {error}."
    return ""


def _beside(folder: Path) -> dict[str, bytes]:
    files = {}
    for name, limit in ((ATTEMPTS_FILE, MAX_BYTES), (TIMESTAMP, MAX_TIMESTAMP_BYTES)):
        with suppress(UnreadableError):
            files[name] = read_file(folder / name, limit)
    return files
