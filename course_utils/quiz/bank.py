"""The question bank: one YAML file a lesson, checked in full before anything is asked."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    StringConstraints,
    ValidationError,
    model_validator,
)

from course_utils.quiz.checks import problems_of_bank, problems_of_question
from course_utils.quiz.problems import Problem, ProblemsError, in_words
from course_utils.quiz.strict_yaml import YamlError, read_yaml

if TYPE_CHECKING:
    from pathlib import Path


class BankError(ValueError):
    """A bank cannot be used; the message names the file, the question, the field and the mend."""


def _exact(points: object) -> object:
    """Read a YAML or JSON number as the decimal it was written as."""
    if isinstance(points, bool) or not isinstance(points, int | float):
        return points
    return Decimal(str(points))


def _plain_number(points: Decimal) -> int | float:
    return int(points) if points == points.to_integral_value() else float(points)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Points = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(ge=0, allow_inf_nan=False),
    PlainSerializer(_plain_number),
]
QuestionType = Literal["multiple-choice", "select-all", "true-false", "fill-blank"]


class QuizModel(BaseModel):
    """What every model here has in common: no unknown key, no conversion, no change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Choice(QuizModel):
    """An option as a learner sees it."""

    id: Id
    text: Text


class Option(Choice):
    """An option with what the bank knows of it; a wrong one says why it is wrong."""

    correct: bool = False
    reason: str = ""


class NearMiss(QuizModel):
    """A wrong answer to a blank which deserves a reply of its own."""

    text: Text
    reason: Text


class Hint(QuizModel):
    """A hint and what opening it costs, in percent of the question's points."""

    text: Text
    penalty: Annotated[int, Field(ge=0)]


class Face(QuizModel):
    """A question as a learner sees it before answering: everything but the key.

    `lesson` is not written in a question: whoever reads a file sets it from the file's own lesson.
    `points` may be 0: such a question is asked and never scored.
    """

    lesson: str = ""
    id: Id
    version: Annotated[int, Field(ge=1)]
    type: QuestionType
    prompt: Text
    options: Annotated[tuple[Choice, ...], Strict(False)] = ()
    points: Points
    section: Text
    mirrors: int | None = None
    withdrawn: bool = False

    @property
    def key(self) -> str:
        """The question's full name, `lesson/id`, as notebooks and attempts write it."""
        return f"{self.lesson}/{self.id}"


class Question(Face):
    """A question with its key: which answers are right, and what is said of the others."""

    options: Annotated[tuple[Option, ...], Strict(False)] = ()
    accepted: Annotated[tuple[Text, ...], Strict(False)] = ()
    near_misses: Annotated[tuple[NearMiss, ...], Strict(False)] = ()
    hints: Annotated[tuple[Hint, ...], Strict(False)] = ()
    explanation: Text

    @property
    def right_options(self) -> frozenset[str]:
        """The ids of the right options; empty for a blank."""
        return frozenset(option.id for option in self.options if option.correct)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        found = problems_of_question(self)
        if found:
            raise ProblemsError(found)
        return self


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
        found = problems_of_bank(self)
        if found:
            raise ProblemsError(found)
        return self

    def question(self, name: str) -> Question | None:
        """Return the question whose id is `name`, if the bank holds it."""
        return next((question for question in self.questions if question.id == name), None)


def load_bank(path: Path) -> Bank:
    """Read and check a bank.

    Raises:
        BankError: if the file cannot be read, or anything in it is wrong: every problem found is
            named with its question, its field and its mend.
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
