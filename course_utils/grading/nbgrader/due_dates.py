"""Until when a lesson may be handed in: its due date, extensions, and what being late costs.

The due date is nbgrader's own. Extensions and the late rule are in two small tables of ours beside
nbgrader's, so that whoever uses the gradebook, on this machine or over PostgreSQL, has the same.
nbgrader keeps an extension only for work that was graded already; an extension is given before.

When something was handed in is what its `timestamp.txt` says, as nbgrader has it. A submission
without one counts as in time: the time of a file is when somebody copied it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nbgrader.api import Assignment, MissingEntry
from sqlalchemy import Column, DateTime, MetaData, String, Table, delete, insert, inspect, select

from course_utils.grading.marking.late_rule import LateRule, read_late_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbgrader.api import Gradebook, SubmittedAssignment
    from sqlalchemy.orm import Session

_TABLES = MetaData()
_EXTENSIONS = Table(
    "hitl_extension",
    _TABLES,
    Column("lesson", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("due", DateTime(), nullable=False),
)
_RULES = Table(
    "hitl_late_rule",
    _TABLES,
    Column("lesson", String(128), primary_key=True),
    Column("rule", String(200), nullable=False),
)


class DueDateError(ValueError):
    """A date cannot be set; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class DueDates:
    """Until when a lesson may be handed in. Every date is UTC, without a time zone, as nbgrader's.

    Attributes:
        lesson: the lesson.
        due: the date for all; None when there is none.
        extensions: later dates, by student.
        rule: what being late costs; None when nobody said, and nbgrader's own settings count.
    """

    lesson: str
    due: datetime | None
    extensions: dict[str, datetime]
    rule: LateRule | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A student whose points are others now.

    Attributes:
        student: the student's id.
        before: the points before, with what being late cost.
        after: the points now.
    """

    student: str
    before: float
    after: float


def read_moment(words: str, zone: str | None = None) -> datetime:
    """Read a date and a time of day.

    Args:
        words: as `2026-12-24 18:00`; with an offset, as `2026-12-24 18:00+01:00`, that counts.
        zone: the time zone they are in, as `Europe/Berlin`; this machine's by default.

    Returns:
        The moment in UTC, without a time zone.

    Raises:
        DueDateError: if it is no date with a time, or there is no such zone.
    """
    try:
        moment = datetime.fromisoformat(words.strip())
    except ValueError:
        moment = None
    if moment is None or ":" not in words:
        raise DueDateError(f"{words!r} is not a date with a time. Write it as '2026-12-24 18:00'.")
    if moment.tzinfo is None and zone:
        moment = moment.replace(tzinfo=time_zone(zone))
    return moment.astimezone(UTC).replace(tzinfo=None)


def time_zone(name: str) -> ZoneInfo:
    """Return a time zone.

    Raises:
        DueDateError: if there is none of this name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise DueDateError(
            f"{name!r} is not a time zone. Write one such as Europe/Berlin or UTC."
        ) from None


def due_dates(gradebook: Gradebook, lesson: str) -> DueDates:
    """Return the dates and the rule of a lesson."""
    return due_dates_in(gradebook.db, lesson)


def due_dates_in(session: Session, lesson: str) -> DueDates:
    """Return the dates and the rule of a lesson, and write nothing.

    Args:
        session: of a gradebook.
        lesson: the lesson.
    """
    due = session.scalar(select(Assignment.duedate).where(Assignment.name == lesson))
    if not inspect(session.get_bind()).has_table(_RULES.name):
        return DueDates(lesson, due, {}, None)
    of_the_lesson = select(_EXTENSIONS).where(_EXTENSIONS.c.lesson == lesson)
    rows = session.execute(of_the_lesson.order_by(_EXTENSIONS.c.student))
    rule = session.scalar(select(_RULES.c.rule).where(_RULES.c.lesson == lesson))
    extensions = {row.student: row.due for row in rows}
    return DueDates(lesson, due, extensions, None if rule is None else read_late_rule(rule))


def set_due_date(gradebook: Gradebook, lesson: str, due: datetime | None) -> None:
    """Set the due date of a lesson, which gets into the gradebook if it is not there yet.

    Args:
        gradebook: the gradebook.
        lesson: the lesson.
        due: the date in UTC, without a time zone; None takes it away.
    """
    gradebook.update_or_create_assignment(lesson).duedate = due
    gradebook.db.commit()


def set_extension(gradebook: Gradebook, lesson: str, student: str, due: datetime | None) -> None:
    """Give one student more time.

    Args:
        gradebook: the gradebook.
        lesson: the lesson.
        student: the student's id.
        due: the date in UTC, without a time zone; None takes the extension away.

    Raises:
        DueDateError: if the gradebook does not know the student, the lesson has no due date, or
            the due date of all others is as late.
    """
    _make_tables(gradebook)
    known = due_dates(gradebook, lesson)
    try:
        gradebook.find_student(student)
    except MissingEntry:
        raise DueDateError(
            f"The gradebook has no student {student!r}. `hitl roster` lists those it has."
        ) from None
    if due is not None and known.due is None:
        raise DueDateError(f"{lesson} has no due date. Set the date for all students first.")
    if due is not None and known.due is not None and due <= known.due:
        raise DueDateError(
            f"{lesson} is due for everyone at {known.due} UTC, which is not earlier."
        )
    of_the_student = (_EXTENSIONS.c.lesson == lesson) & (_EXTENSIONS.c.student == student)
    gradebook.db.execute(delete(_EXTENSIONS).where(of_the_student))
    if due is not None:
        row = {"lesson": lesson, "student": student, "due": due}
        gradebook.db.execute(insert(_EXTENSIONS).values(row))
    gradebook.db.commit()


def set_late_rule(gradebook: Gradebook, lesson: str, rule: LateRule) -> None:
    """Set what being late costs in a lesson."""
    _make_tables(gradebook)
    gradebook.db.execute(delete(_RULES).where(_RULES.c.lesson == lesson))
    gradebook.db.execute(insert(_RULES).values({"lesson": lesson, "rule": str(rule)}))
    gradebook.db.commit()


def apply_late_rule(gradebook: Gradebook, lesson: str, student: str | None = None) -> list[Changed]:
    """Work out again what being late costs; no student's code is run for it.

    Where nobody set a rule, nothing changes.

    Args:
        gradebook: the gradebook.
        lesson: the lesson.
        student: the only student to look at; None for all.

    Returns:
        Those whose points changed, in the order of their ids.
    """
    dates = due_dates(gradebook, lesson)
    if dates.rule is None:
        return []
    submissions = _assignment_submissions(gradebook, lesson)
    chosen = [one for one in submissions if student in {None, one.student.id}]
    changed = [found for one in chosen for found in _penalised(one, dates, dates.rule)]
    gradebook.db.commit()
    return sorted(changed, key=lambda one: one.student)


def seconds_late(submission: SubmittedAssignment, dates: DueDates) -> float:
    """Return how many seconds after its due date something was handed in; 0 when in time."""
    if submission.timestamp is None or submission.duedate is None:
        return 0.0
    # nbgrader's own extension is in `duedate`; whichever is later counts.
    until = max(submission.duedate, dates.extensions.get(submission.student.id, submission.duedate))
    return max(0.0, float((submission.timestamp - until).total_seconds()))


def without_a_time(gradebook: Gradebook, lesson: str) -> list[str]:
    """Return the students whose submissions do not say when they were handed in."""
    submissions = _assignment_submissions(gradebook, lesson)
    return sorted(one.student.id for one in submissions if one.timestamp is None)


def _penalised(
    submission: SubmittedAssignment, dates: DueDates, rule: LateRule
) -> Iterator[Changed]:
    late, before, after = seconds_late(submission, dates), 0.0, 0.0
    for notebook in submission.notebooks:
        old, new = notebook.late_submission_penalty, rule.penalty(notebook.score, late) or None
        before += max(0.0, notebook.score - (old or 0))
        after += notebook.score - (new or 0)
        if old != new:
            notebook.late_submission_penalty = new
    if round(before - after, 6):
        yield Changed(submission.student.id, before, after)


def _assignment_submissions(gradebook: Gradebook, lesson: str) -> list[SubmittedAssignment]:
    try:
        return list(gradebook.find_assignment(lesson).submissions)
    except MissingEntry:
        return []


def _make_tables(gradebook: Gradebook) -> None:
    _TABLES.create_all(gradebook.engine)
