"""What being late costs, as nbgrader asks for it while it grades."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from nbgrader.api import Assignment, SubmittedAssignment
from nbgrader.plugins import BasePlugin
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from course_utils.grading.nbgrader.due_dates import due_dates_in
from course_utils.neighbours.nbgrader import course_of_the_step

if TYPE_CHECKING:
    from collections.abc import Callable


class LatePenalty(BasePlugin):
    """Our late rule: `AssignLatePenalties.plugin_class` in nbgrader's configuration."""

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Return the points that are taken away; None for none."""
        course = course_of_the_step(self)
        penalty = late_penalty_of(course.db_url, course.assignment_id)
        return penalty(student_id, score, total_seconds_late)


def late_penalty_of(db_url: str, lesson: str) -> Callable[[str, float, float], float | None]:
    """Return what being late costs in a lesson.

    Args:
        db_url: the gradebook's address. It is read each time, in a connection of its own.
        lesson: the lesson.

    Returns:
        Of a student's id, their score, and the seconds they were late by nbgrader's count, which
        does not know our extensions: the points that are taken away; None for none.
    """
    # Workers are forked while this is in use, and a connection must not be shared with them.
    engine = create_engine(db_url, poolclass=NullPool)

    def penalty(student: str, score: float, seconds_late: float) -> float | None:
        with Session(engine) as session:
            dates = due_dates_in(session, lesson)
            until = dates.extensions.get(student)
            if dates.rule is None:
                return None
            if until and dates.due:
                theirs = dates.due + _nbgraders_extension(session, lesson, student)
                seconds_late -= max(0.0, (until - theirs).total_seconds())
            return dates.rule.penalty(score, seconds_late) or None

    return penalty


def _nbgraders_extension(session: Session, lesson: str, student: str) -> timedelta:
    extension: timedelta | None = session.scalar(
        select(SubmittedAssignment.extension)
        .join(Assignment)
        .where(Assignment.name == lesson, SubmittedAssignment.student_id == student)
    )
    return extension or timedelta()
