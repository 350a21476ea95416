"""All that the page shows of one lesson, in the order of the page."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING

from course_utils.grading.release import QUIZ_PREFIX
from course_utils.grading.reports.class_report.answers import answers
from course_utils.grading.reports.class_report.charts import histogram
from course_utils.grading.reports.class_report.item_analysis import items
from course_utils.grading.reports.class_report.similar import similar_solutions
from course_utils.grading.reports.class_report.standings import (
    standing,
    totals,
    who_needs_help,
    why_waiting,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from course_utils.grading.reports.class_report.answers import QuestionAnswers
    from course_utils.grading.reports.class_report.charts import Histogram
    from course_utils.grading.reports.class_report.class_data import ClassData, Student
    from course_utils.grading.reports.class_report.item_analysis import Item
    from course_utils.grading.reports.class_report.similar import Similar
    from course_utils.grading.reports.class_report.standings import Help, Standing, Total


@dataclass(frozen=True, slots=True)
class Row:
    """One student in the list of everybody; `total` is None without marks."""

    student: Student
    standing: Standing
    total: Total | None
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """All that the page shows.

    Attributes:
        lesson: its name.
        rows: everybody, in the order of the class.
        maximum: what can be earned, in points.
        mean: of the totals, in points; None without one.
        median: of the totals, in points; None without one.
        histogram: of the shares of the points.
        items: each question and exercise, as the class did on it.
        prompts: of the questions, by the `grade_id` of their cells.
        answers: what was chosen.
        help: who may need help.
        similar: solutions that are alike.
        names: of the students, by id; only those that the gradebook names.
    """

    lesson: str
    rows: tuple[Row, ...]
    maximum: float
    mean: float | None
    median: float | None
    histogram: Histogram
    items: tuple[Item, ...]
    prompts: Mapping[str, str]
    answers: tuple[QuestionAnswers, ...]
    help: tuple[Help, ...]
    similar: Similar
    names: Mapping[str, str]

    def those(self, standing: Standing) -> tuple[Row, ...]:
        """Return the students who are there."""
        return tuple(row for row in self.rows if row.standing == standing)

    @property
    def marked(self) -> tuple[Row, ...]:
        """The students who have marks."""
        return tuple(row for row in self.rows if row.total)

    @property
    def flagged(self) -> tuple[Row, ...]:
        """The students with a flag, looked at or not."""
        return tuple(row for row in self.rows if row.student.flags)

    @property
    def unjailed(self) -> tuple[Row, ...]:
        """The students whose code ran outside the jail."""
        return tuple(row for row in self.marked if row.total and not row.total.jailed)


def contents(data: ClassData) -> Contents:
    """Work out all that the page shows of a class."""
    worth = data.worth()
    summed = totals(data)
    by_student = {total.student.id: total for total in summed}
    rows = tuple(_row(student, by_student.get(student.id), worth) for student in data.students)
    graded, waiting = (
        [row.total.share for row in rows if row.total and row.standing == where]
        for where in ("graded", "waits")
    )
    points = [total.points for total in summed]
    questions = data.bank.questions if data.bank else ()
    return Contents(
        lesson=data.lesson,
        rows=rows,
        maximum=sum(worth.values()),
        mean=fmean(points) if points else None,
        median=median(points) if points else None,
        histogram=histogram(graded, waiting),
        items=items(data),
        prompts={QUIZ_PREFIX + question.id: question.prompt for question in questions},
        answers=answers(data),
        help=who_needs_help(data, summed),
        similar=similar_solutions(data),
        names={student.id: student.name for student in data.students if student.name},
    )


def _row(student: Student, total: Total | None, worth: Mapping[str, float]) -> Row:
    where = standing(student, worth)
    return Row(student, where, total, why_waiting(student, worth) if where == "waits" else ())
