"""`questions.json`: the questions as they travel to a learner, with the key or without."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Strict, model_validator

from course_utils.quiz.bank import Policy, with_lesson
from course_utils.quiz.questions import Choice, Face, Question, QuizModel
from course_utils.settings import Feedback  # noqa: TC001 - pydantic reads it when it runs
from course_utils.told_errors import ToldError

if TYPE_CHECKING:
    from pathlib import Path

    from course_utils.quiz.bank import Bank

QUESTIONS_FILE = "questions.json"

_NOTE = (
    "Made from the question bank; do not edit. In practice each question carries its key in "
    "base64: that hides nothing, it only keeps the answer from the eye."
)
_FACE = [name for name in Face.model_fields if name != "lesson"]
_CHOICE = list(Choice.model_fields)


class QuestionsFileError(ToldError, ValueError):
    """A `questions.json` cannot be used; the message names the file and the fix."""


class ReleasedQuiz(QuizModel):
    """The questions of a lesson as a learner has them.

    In practice every one is a `Question`, key included; deferred, every one is only a `Face`.
    """

    note: str = _NOTE
    lesson: str
    mode: Feedback
    policy: Policy
    questions: Annotated[tuple[Question | Face, ...], Strict(False)]

    @model_validator(mode="before")
    @classmethod
    def _name_the_lesson(cls, data: Any) -> Any:
        return with_lesson(data)

    @model_validator(mode="after")
    def _keys_fit_the_mode(self) -> Self:
        keyed = {isinstance(question, Question) for question in self.questions}
        if keyed - {self.mode == "practice"}:
            raise ValueError("practice questions carry their key and deferred ones do not")
        return self


def released_questions(bank: Bank, feedback: Feedback) -> bytes:
    """Return the content of `questions.json`.

    The same bank gives the same bytes. Deferred, banks that differ only in what a learner must not
    see (key, reasons, near misses, hints, explanations) give the same bytes too.
    """
    data = {
        "note": _NOTE,
        "lesson": bank.lesson,
        "mode": feedback,
        "policy": bank.policy.model_dump(mode="json"),
        "questions": [_released(question, feedback) for question in bank.questions],
    }
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def read_released(path: Path) -> ReleasedQuiz:
    """Read a `questions.json`.

    Raises:
        QuestionsFileError: if it cannot be read or is not what `released_questions` wrote.
    """
    try:
        return parse_released(path.read_bytes())
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        damaged = "it is damaged, or of another version of the course"
        reason = error.strerror if isinstance(error, OSError) else damaged
        raise QuestionsFileError(
            f"{path}: the questions cannot be read: {reason}. Delete the file and run `hitl lab`, "
            "or put back the one you were given with the lesson; your answers are kept elsewhere."
        ) from error


def parse_released(content: bytes) -> ReleasedQuiz:
    """Read what `released_questions` wrote.

    Raises:
        ValueError: if it is anything else.
    """
    data = json.loads(content)
    if not isinstance(data, dict) or not isinstance(data.get("questions"), list):
        raise QuestionsFileError("not a released quiz")
    return ReleasedQuiz.model_validate(
        {**data, "questions": [_with_key(question) for question in data["questions"]]}
    )


def _released(question: Question, feedback: Feedback) -> dict[str, Any]:
    whole = question.model_dump(mode="json", exclude={"lesson"})
    face = {name: whole[name] for name in _FACE}
    face["options"] = [{name: option[name] for name in _CHOICE} for option in whole["options"]]
    if feedback == "deferred":
        return face
    key = {name: value for name, value in whole.items() if name not in face}
    key["options"] = [
        {name: value for name, value in option.items() if name not in _CHOICE}
        for option in whole["options"]
    ]
    return {**face, "key": base64.b64encode(json.dumps(key).encode()).decode()}


def _with_key(released: dict[str, Any]) -> dict[str, Any]:
    face = dict(released)
    encoded = face.pop("key", None)
    if encoded is None:
        return face
    key = json.loads(base64.b64decode(encoded, validate=True))
    options = zip(face["options"], key.pop("options"), strict=True)
    return {**face, **key, "options": [{**shown, **hidden} for shown, hidden in options]}
