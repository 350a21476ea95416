"""The question bank: one YAML file a lesson, checked in full before anything is asked."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import yaml
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

from course_utils.quiz.problems import Problem, ProblemsError, in_words
from course_utils.quiz.spelling import is_forgiven, normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
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
        by_type = _blank_problems if self.type == "fill-blank" else _choice_problems
        found = [*by_type(self), *_hint_problems(self)]
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
        found = [
            Problem("id", f"{name!r} is the id of more than one question; give each its own.")
            for name in _repeated(question.id for question in self.questions)
        ]
        if not self.questions:
            found.append(Problem("questions", "is empty; add at least one."))
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
    data = _parse(path)
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


class _OneKeyOnceLoader(yaml.SafeLoader):
    """YAML as PyYAML reads it, except that a key written twice is an error, not the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        lines: dict[Any, int] = {}
        for key_node, _ in node.value:
            key, line = self.construct_object(key_node, deep=True), key_node.start_mark.line + 1
            if isinstance(key, str) and key in lines:
                raise _RepeatedKeyError(key, lines[key], line)
            if isinstance(key, str):
                lines[key] = line
        return super().construct_mapping(node, deep)


class _RepeatedKeyError(Exception):
    def __init__(self, key: str, first: int, second: int) -> None:
        super().__init__(
            f"line {second}: the key {key!r} is written twice, first on line {first}; keep one."
        )


def _parse(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BankError(f"{path}: the bank cannot be read: {error}.") from None
    try:
        data = yaml.load(text, Loader=_OneKeyOnceLoader)  # noqa: S506 - a SafeLoader
    except (_RepeatedKeyError, yaml.reader.ReaderError, RecursionError) as error:
        raise BankError(f"{path}: {error}") from None
    except yaml.MarkedYAMLError as error:
        raise BankError(f"{path}: {_yaml_fault(error)}") from None
    if not isinstance(data, dict):
        raise BankError(f"{path}: a bank is a mapping with `lesson:`, `policy:` and `questions:`.")
    return data


def _yaml_fault(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return (
        f"{where}this is not YAML: {error.problem or error.context}. "
        "Check the indentation there, and put quotes round a text that holds `: ` or ` #`."
    )


def _choice_problems(question: Question) -> Iterator[Problem]:
    for field in ("accepted", "near_misses"):
        if getattr(question, field):
            yield Problem(field, f"belongs to fill-blank; remove it from this {question.type}.")
    yield from _option_count_problems(question)
    for field in ("id", "text"):
        for value in _repeated(getattr(option, field) for option in question.options):
            yield Problem("options", f"two options have the {field} {value!r}; change one.")
    for option in question.options:
        if not option.correct and not option.reason.strip():
            yield Problem(
                f"options '{option.id}' > reason",
                "is empty; say why this wrong option is wrong: whoever picks it reads that.",
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
    texts = [*question.accepted, *(near.text for near in question.near_misses)]
    for text in texts:
        if not normalised(text):
            yield Problem("accepted", f"{text!r} is only quotes; nobody could type it.")
    for field, answers in (
        ("accepted", question.accepted),
        ("near_misses", tuple(near.text for near in question.near_misses)),
    ):
        for value in _repeated(normalised(answer) for answer in answers):
            yield Problem(field, f"{value!r} is there twice once case and quotes are forgiven.")
    for near in question.near_misses:
        yield from _near_miss_problems(near.text, question.accepted)


def _near_miss_problems(near: str, accepted: Iterable[str]) -> Iterator[Problem]:
    for answer in accepted:
        if normalised(near) == normalised(answer):
            yield Problem("near_misses", f"{near!r} is also an accepted answer; remove one.")
        elif is_forgiven(near, answer):
            yield Problem(
                "near_misses",
                f"{near!r} is one slip from the accepted {answer!r}, which is forgiven; remove it.",
            )


def _hint_problems(question: Question) -> Iterator[Problem]:
    total = sum(hint.penalty for hint in question.hints)
    if total >= 100:
        yield Problem(
            "hints > penalty",
            f"the penalties add up to {total} %; keep them under 100, or a right answer is worth "
            "nothing.",
        )


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]
