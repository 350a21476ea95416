"""What must hold between the fields of a question, and between the questions of a bank."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from course_utils.quiz.problems import Problem
from course_utils.quiz.spelling import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from course_utils.quiz.bank import Bank, Question


def problems_of_question(question: Question) -> list[Problem]:
    """Return all that is wrong with a question whose fields are well-formed."""
    by_type = _blank_problems if question.type == "fill-blank" else _choice_problems
    return [*by_type(question), *_hint_problems(question)]


def problems_of_bank(bank: Bank) -> list[Problem]:
    """Return all that is wrong between the questions of a bank."""
    if not bank.questions:
        return [Problem("questions", "is empty; add at least one.")]
    return [
        Problem("id", f"{name!r} is the id of more than one question; give each its own.")
        for name in _repeated(question.id for question in bank.questions)
    ]


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
    near_misses = [near.text for near in question.near_misses]
    for field, answers in (("accepted", question.accepted), ("near_misses", near_misses)):
        compared = [normalised(answer) for answer in answers]
        if "" in compared:
            yield Problem(field, "holds a text of only quotes; nobody could type it.")
        for value in _repeated(compared):
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


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]
