"""A question, with its key or without, and what must hold between its fields."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    StringConstraints,
    model_validator,
)

from course_utils.quiz.problems import Problem, ProblemsError, repeated
from course_utils.quiz.spelling import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


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
        found = _problems(self)
        if found:
            raise ProblemsError(found)
        return self


def _problems(question: Question) -> list[Problem]:
    by_type = _blank_problems if question.type == "fill-blank" else _choice_problems
    return [*by_type(question), *_hint_problems(question)]


def _choice_problems(question: Question) -> Iterator[Problem]:
    for field in ("accepted", "near_misses"):
        if getattr(question, field):
            yield Problem(field, f"belongs to fill-blank; remove it from this {question.type}.")
    yield from _option_count_problems(question)
    for field in ("id", "text"):
        for value in repeated(getattr(option, field) for option in question.options):
            yield Problem("options", f"two options have the {field} {value!r}; change one.")
    for option in question.options:
        if not option.correct and not option.reason.strip():
            yield Problem(
                f"options '{option.id}' > reason",
                "is empty; say why this wrong option is wrong: people who pick it read that.",
            )


def _option_count_problems(question: Question) -> Iterator[Problem]:
    count, right = len(question.options), len(question.right_options)
    several = question.type == "select-all"
    if question.type == "true-false" and count != 2:
        yield Problem("options", f"true-false has exactly two, and here are {count}.")
    elif count < 2:
        yield Problem("options", f"{question.type} needs two or more, and here are {count}.")
    if not (right >= 2 if several else right == 1):
        wanted = "at least two" if several else "exactly one"
        yield Problem(
            "options",
            f"{question.type} has {wanted} with `correct: true`, and here are {right}.",
        )


def _blank_problems(question: Question) -> Iterator[Problem]:
    if question.options:
        yield Problem("options", "belongs to the choice types; remove it from this fill-blank.")
    if not question.accepted:
        yield Problem("accepted", "is empty; give at least one right answer.")
    near_misses = [near.text for near in question.near_misses]
    for field, answers in (("accepted", question.accepted), ("near_misses", near_misses)):
        compared = [normalised(answer) for answer in answers]
        if "" in compared:
            yield Problem(field, "holds a text of only quotes; nobody could type it.")
        for value in repeated(compared):
            yield Problem(field, f"{value!r} is there twice once case and quotes are forgiven.")
    for near in near_misses:
        yield from _near_miss_problems(near, question.accepted)


def _near_miss_problems(near: str, accepted: Iterable[str]) -> Iterator[Problem]:
    if any(normalised(near) == normalised(answer) for answer in accepted):
        yield Problem("near_misses", f"{near!r} is also an accepted answer; remove one.")


def _hint_problems(question: Question) -> Iterator[Problem]:
    total = sum(hint.penalty for hint in question.hints)
    if total >= 100:
        yield Problem(
            "hints > penalty",
            f"the penalties add up to {total} %; keep them under 100, or a right answer is worth "
            "nothing.",
        )
