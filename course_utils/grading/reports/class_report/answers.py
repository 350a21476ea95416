"""Which answers a class gave to each question, with tries and hints."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from course_utils.quiz.scoring import RIGHT, mark
from course_utils.quiz.spelling import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from course_utils.grading.marking.record import Answered
    from course_utils.grading.reports.class_report.class_data import ClassData
    from course_utils.quiz.attempts import Answer
    from course_utils.quiz.questions import Question

MOST = 8
"""So many different texts typed into a blank are told apart."""
NEITHER = "another answer"
_BETWEEN = "; "
"""Stands between the options of one answer, as a person reads it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer and how often it was given.

    Attributes:
        text: the option, or what was typed.
        right: whether it is right, or belongs to the right answer.
        first: how many students gave it at their first try.
        all: how often it was given, over all tries of all students.
    """

    text: str
    right: bool
    first: int
    all: int


@dataclass(frozen=True, slots=True)
class QuestionAnswers:
    """What a class did with one question.

    Attributes:
        question: the question, from the bank.
        choices: every option, or the texts that were typed most.
        students: how many answered.
        first_right: how many were right at the first try.
        right: how many were right at any try.
        tries: how many tries an answering student made, on average.
        hinted: how many students opened a hint.
        hints: how many hints were opened by all students together.
    """

    question: Question
    choices: tuple[Choice, ...]
    students: int
    first_right: int
    right: int
    tries: float
    hinted: int
    hints: int


def answers(data: ClassData) -> tuple[QuestionAnswers, ...]:
    """Count the answers to each question, in the bank's order; unscored ones only when answered."""
    if data.bank is None:
        return ()
    by_question: dict[str, list[Answered]] = {}
    for student in data.students:
        for answered in student.record.quiz if student.record else ():
            by_question.setdefault(answered.question, []).append(answered)
    return tuple(
        _counted(one, by_question.get(one.id, []))
        for one in data.bank.questions
        if one.points or one.id in by_question
    )


def is_right(question: Question, text: str) -> bool:
    """Tell whether an answer, as a person reads it, earns all points of a question."""
    return mark(question, _as_submitted(question, text)).credit == RIGHT


def _counted(question: Question, given: Sequence[Answered]) -> QuestionAnswers:
    tried = [answered.answers for answered in given if answered.answers]
    count = _typed if question.type == "fill-blank" else _options
    return QuestionAnswers(
        question,
        tuple(count(question, [texts[0] for texts in tried], [t for ts in tried for t in ts])),
        len(tried),
        sum(is_right(question, texts[0]) for texts in tried),
        sum(any(is_right(question, text) for text in texts) for texts in tried),
        fmean(len(texts) for texts in tried) if tried else 0.0,
        sum(answered.hints > 0 for answered in given),
        sum(answered.hints for answered in given),
    )


def _options(question: Question, first: Iterable[str], every: Iterable[str]) -> Iterator[Choice]:
    firsts, all_ = (
        Counter(name for text in texts for name in _picked(question, text))
        for texts in (first, every)
    )
    for option in question.options:
        yield Choice(option.text, option.correct, firsts[option.id], all_[option.id])
    if all_[NEITHER]:
        yield Choice(NEITHER, False, firsts[NEITHER], all_[NEITHER])


def _typed(question: Question, first: Iterable[str], every: Iterable[str]) -> Iterator[Choice]:
    """Count what was typed into a blank, by the spelling that scoring compares."""
    firsts, all_ = (Counter(map(normalised, texts)) for texts in (first, every))
    most = sorted(all_, key=lambda text: (-all_[text], text))
    for text in most[:MOST]:
        yield Choice(text, is_right(question, text), firsts[text], all_[text])
    if most[MOST:]:
        words = f"{len(most[MOST:])} other texts"
        yield Choice(words, False, *(sum(n[t] for t in most[MOST:]) for n in (firsts, all_)))


def _as_submitted(question: Question, text: str) -> Answer:
    if question.type == "fill-blank":
        return text
    picked = tuple(_picked(question, text))
    return picked if question.type == "select-all" else picked[0] if picked else ""


def _picked(question: Question, text: str) -> tuple[str, ...]:
    """Return the ids of the options that an answer names, by their texts or their ids."""
    names = {option.id: option.id for option in question.options}
    names |= {option.text: option.id for option in question.options}
    if text in names:
        return (names[text],)
    picked, left = [], text
    longest_first = sorted(names, key=len, reverse=True)
    while left and question.type == "select-all":
        name = next((n for n in longest_first if (left + _BETWEEN).startswith(n + _BETWEEN)), None)
        if name is None or names[name] in picked:
            return (NEITHER,)
        picked.append(names[name])
        left = left[len(name) + len(_BETWEEN) :]
    return tuple(picked) or (NEITHER,)
