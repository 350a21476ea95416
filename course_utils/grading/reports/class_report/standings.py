"""Where each student is: totals, who waits for a person and why, who may need help."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, Literal

from course_utils.grading.reports.class_report.answers import is_right
from course_utils.printable import listed
from course_utils.quiz.scoring import scored_tries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from course_utils.grading.marking.record import Record
    from course_utils.grading.reports.class_report.class_data import ClassData, Student
    from course_utils.quiz.bank import Bank

Standing = Literal["graded", "waits", "ungraded", "nothing"]
"""Has a grade; waits for a person; handed in and not graded yet; handed in nothing."""

HALF = 0.5
"""With less than this share of the points a student may need help."""
STUCK = 2
"""So many questions without a right answer, after every scored try and with a hint, are many."""


@dataclass(frozen=True, slots=True)
class Total:
    """What one student has earned.

    Attributes:
        student: who it is.
        points: earned, in points, before anything is taken off for lateness.
        maximum: what could be earned.
        by_hand: points that a person has still to give or refuse.
        jailed: whether the code ran in the jail; None when there is no record.
    """

    student: Student
    points: float
    maximum: float
    by_hand: float
    jailed: bool | None

    @property
    def share(self) -> float:
        """The share of the points, from 0 to 1; extra credit does not make it larger."""
        return min(max(self.points / self.maximum, 0.0), 1.0) if self.maximum else 0.0


@dataclass(frozen=True, slots=True)
class Help:
    """A student who may need help, with the reasons in words."""

    total: Total
    reasons: tuple[str, ...]


def standing(student: Student, worth: Mapping[str, float]) -> Standing:
    """Tell where a student is with the lesson.

    Who waits has a grade once a person has given points for whatever was waiting.

    Args:
        student: who it is.
        worth: the points of each graded cell.
    """
    if student.record is None:
        if student.trouble:
            return "waits"
        return "ungraded" if student.handed_in else "nothing"
    if student.record.status == "nothing":
        return "nothing"
    return "waits" if _waits(student, student.record, worth) else "graded"


def why_waiting(student: Student, worth: Mapping[str, float]) -> tuple[str, ...]:
    """Say why a student waits for a person, in sentences; the first of them are the flags'."""
    if student.record is None:
        return (student.trouble,)
    open_flags = [flag for flag in student.flags if student.is_open(flag.cell)]
    reasons = [flag.why for flag in open_flags]
    told = {flag.cell for flag in open_flags}
    open_cells = [
        cell
        for cell in worth
        if (student.points(cell) is None or student.is_open(cell)) and not told & {"", cell}
    ]
    if open_cells:
        reasons.append(f"A person has to give the points of {listed(open_cells)}.")
    return tuple(reasons) or ("The record does not say why.",)


def totals(data: ClassData) -> tuple[Total, ...]:
    """Sum up each student who has marks, in the order of the class."""
    worth = data.worth()
    return tuple(_total(student, worth) for student in data.students if student.is_marked)


def who_needs_help(data: ClassData, summed: tuple[Total, ...]) -> tuple[Help, ...]:
    """Name the students who may need help, those with the fewest points first."""
    found = (Help(total, tuple(_reasons(total, data.bank))) for total in summed)
    return tuple(sorted((one for one in found if one.reasons), key=lambda one: one.total.share))


def _waits(student: Student, record: Record, worth: Mapping[str, float]) -> bool:
    if student.waiting is not None:
        return bool(student.waiting)
    given = all(student.points(cell) is not None for cell in worth)
    looked_at = all(flag.cell in student.manual for flag in record.flags)
    return record.status == "waits" and not (given and looked_at and student.manual)


def _total(student: Student, worth: Mapping[str, float]) -> Total:
    earned = {cell: student.points(cell) for cell in worth}
    return Total(
        student,
        fsum(points for points in (*earned.values(), student.extra) if points is not None),
        fsum(worth.values()),
        fsum(worth[cell] for cell, points in earned.items() if points is None),
        student.record.jailed if student.record else None,
    )


def _reasons(total: Total, bank: Bank | None) -> Iterator[str]:
    possible = total.maximum - total.by_hand
    if possible and total.points / possible < HALF:
        yield f"{100 * total.points / possible:.0f} % of the points that are given so far"
    stuck = sum(_is_stuck(total.student, bank)) if bank else 0
    if stuck >= STUCK:
        yield f"{stuck} questions that all scored tries and a hint did not solve"


def _is_stuck(student: Student, bank: Bank) -> Iterator[bool]:
    """Tell of each question whether all scored tries and a hint did not lead to the answer."""
    for answered in student.record.quiz if student.record else ():
        question = bank.question(answered.question)
        if question is None or not question.points:
            continue
        tries = answered.answers[: scored_tries(question, bank.policy)]
        used_up = len(tries) == scored_tries(question, bank.policy)
        yield bool(
            used_up and answered.hints and not any(is_right(question, text) for text in tries)
        )
