"""Where a question is taken from, and which bank may be shown to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import fuzz, process

from course_utils.places import notebooks
from course_utils.quiz.bank import load_bank
from course_utils.quiz.released import (
    QUESTIONS_FILE,
    ReleasedQuiz,
    parse_released,
    read_released,
    released_questions,
)
from course_utils.settings import settings
from course_utils.told_errors import ToldError

if TYPE_CHECKING:
    from pathlib import Path

    from course_utils.quiz.questions import Face

OTHER_VERSION = (
    "If you have not changed that name, the file is of another version of the lesson. Delete the "
    "file and run `hitl lab`, which puts a new one there; your answers are kept elsewhere."
)


class UnknownQuestionError(ToldError, LookupError):
    """No question has that id; the message names the nearest that exist."""


class Found(NamedTuple):
    """A question as its learner has it.

    Attributes:
        quiz: the released quiz it belongs to.
        face: the question; its key too, in practice.
    """

    quiz: ReleasedQuiz
    face: Face


def find_question(question_id: str, folder: Path) -> Found:
    """Find a question for a notebook.

    It is taken from `questions.json` beside the notebook, as a learner has it. Without one it is
    taken from the question bank, but only in the course's `notebooks/` or when `HITL_QUIZZES` is
    set: a learner's folder that lost its questions must not show the key of a deferred quiz.

    Args:
        question_id: the lesson and the question's id, as "01_interrupt_before/parameter".
        folder: the notebook's folder.

    Raises:
        UnknownQuestionError: if there is no such question.
        BankError: if the bank has a mistake in it.
        QuestionsFileError: if `questions.json` is damaged.
    """
    quiz, place = _quiz(question_id.partition("/")[0], folder)
    faces = {face.key: face for face in quiz.questions}
    if question_id not in faces:
        near = [key for key, *_ in process.extract(question_id, list(faces), limit=3)]
        other = f" {OTHER_VERSION}" if place.name == QUESTIONS_FILE else ""
        raise UnknownQuestionError(
            f"{place} holds no question {question_id!r}. Did you mean "
            f"{' or '.join(map(repr, near))}?{other}"
        )
    return Found(quiz, faces[question_id])


def find_quiz(lesson: str, folder: Path) -> ReleasedQuiz | None:
    """Find all questions of a lesson where `find_question` finds one.

    Args:
        lesson: the lesson's name, which only a bank is asked for.
        folder: the notebook's folder.

    Returns:
        The quiz; None for a lesson without one.

    Raises:
        UnknownQuestionError: if there is neither a `questions.json` nor a bank.
        BankError: if the bank has a mistake in it.
        QuestionsFileError: if `questions.json` is damaged.
    """
    quiz, place = _quiz(lesson, folder)
    return quiz if place.name == QUESTIONS_FILE or quiz.lesson == lesson else None


def _quiz(lesson: str, folder: Path) -> tuple[ReleasedQuiz, Path]:
    beside = folder / QUESTIONS_FILE
    return (read_released(beside), beside) if beside.exists() else _from_a_bank(lesson, folder)


def _from_a_bank(lesson: str, folder: Path) -> tuple[ReleasedQuiz, Path]:
    set_up = settings()
    if "quizzes" not in set_up.model_fields_set and not folder.is_relative_to(notebooks()):
        raise UnknownQuestionError(
            f"There is no {QUESTIONS_FILE} beside the notebook. Run `hitl lab` in a second "
            "terminal, which puts the file back, then run this cell again. If you were given the "
            f"lesson alone, copy its {QUESTIONS_FILE} from there."
        )
    banks = {path.stem: path for path in sorted(set_up.quizzes.glob("*.yaml"))}
    if not banks:
        raise UnknownQuestionError(
            f"There is no {QUESTIONS_FILE} beside the notebook and no bank in {set_up.quizzes}. "
            "Open the lesson in the folder it came in, or set HITL_QUIZZES to a folder of banks."
        )
    # A lesson that does not exist is answered from the nearest one, which then names its questions.
    nearest, *_ = process.extractOne(lesson, list(banks), scorer=fuzz.ratio)
    bank = load_bank(banks[nearest])
    # Through the released form, so that a card shows no more from source than to a learner.
    return parse_released(released_questions(bank, set_up.feedback)), banks[nearest]
