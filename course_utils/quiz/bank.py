"""The question bank: one YAML file a lesson, checked in full before anything is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, Strict, ValidationError, model_validator

from course_utils.quiz.problems import Problem, ProblemsError, in_words, repeated
from course_utils.quiz.questions import Question, QuizModel, Text
from course_utils.quiz.strict_yaml import YamlError, read_yaml

if TYPE_CHECKING:
    from pathlib import Path


class BankError(ValueError):
    """A bank cannot be used; the message names the file, the question, the field and the fix."""


class Policy(QuizModel):
    """The scoring rules a bank may set; true-false always has one scored try."""

    scored_tries: Annotated[int, Field(ge=1)] = 3


class Bank(QuizModel):
    """The questions of one lesson."""

    lesson: Text
    policy: Policy = Policy()
    questions: Annotated[tuple[Question, ...], Strict(False)]

    @model_validator(mode="before")
    @classmethod
    def _name_the_lesson(cls, data: Any) -> Any:
        return with_lesson(data)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        found = _problems(self)
        if found:
            raise ProblemsError(found)
        return self

    def question(self, name: str) -> Question | None:
        """Return the question whose id is `name`, if the bank holds it."""
        return next((question for question in self.questions if question.id == name), None)


def _problems(bank: Bank) -> list[Problem]:
    if not bank.questions:
        return [Problem("questions", "is empty; add at least one.")]
    return [
        Problem("id", f"{name!r} is the id of more than one question; give each its own.")
        for name in repeated(question.id for question in bank.questions)
    ]


def load_bank(path: Path) -> Bank:
    """Read and check a bank.

    Raises:
        BankError: if the file cannot be read, or anything in it is wrong: every problem found is
            named with its question, its field and its fix.
    """
    try:
        data = read_yaml(path)
    except YamlError as error:
        raise BankError(f"{path}: {error}") from None
    if not isinstance(data, dict):
        raise BankError(f"{path}: a bank is a mapping with `lesson:`, `policy:` and `questions:`.")
    try:
        bank = Bank.model_validate(data)
    except ValidationError as error:
        raise BankError(in_words(path, data, error)) from None
    if bank.lesson != path.stem:
        raise BankError(
            f"{path}: lesson: it says {bank.lesson!r} and the file is named {path.name!r}; "
            "make the two the same."
        )
    return bank


def with_lesson(data: Any) -> Any:
    """Return a file's data with the name of its lesson set in each of its questions."""
    if not isinstance(data, dict) or not isinstance(data.get("questions"), list):
        return data
    found = [
        Problem(f"question {position} > lesson", "belongs at the top of the file; remove it here.")
        for position, question in enumerate(data["questions"], start=1)
        if isinstance(question, dict) and "lesson" in question
    ]
    if found:
        raise ProblemsError(found)
    lesson = str(data.get("lesson", ""))
    questions = [
        {**question, "lesson": lesson} if isinstance(question, dict) else question
        for question in data["questions"]
    ]
    return {**data, "questions": questions}
