"""What grading says of one submission: kept beside the graded notebook, read by every report."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

RECORD_FILE = "grading.json"
"""Written last, so it is there when a submission is finished, and only then."""

Status = Literal["graded", "waits", "nothing"]
"""Has a grade; has a provisional grade and waits for a person; handed in nothing."""


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Flag(_Data):
    """Why a person has to look at a submission.

    Attributes:
        cell: the `grade_id` of the test that it is about; empty for the whole submission.
        why: one sentence for the instructor.
        evidence: the line of code, the two results, or whatever shows it; may be empty.
    """

    cell: str = ""
    why: str
    evidence: str = ""


class Mark(_Data):
    """What one graded cell earned.

    Attributes:
        cell: its `grade_id`.
        points: earned, between 0 and `maximum`.
        maximum: what it is worth.
        words: what its test said, for the student; empty for a quiz cell.
    """

    cell: str
    points: float
    maximum: float
    words: str = ""


class Answered(_Data):
    """What a student did with one quiz question.

    Attributes:
        question: its id in the bank.
        answers: every answer that was tried, in order, as a person would read it.
        hints: how many hints were opened.
    """

    question: str
    answers: tuple[str, ...] = ()
    hints: int = 0


class Record(_Data):
    """What grading says of one submission.

    Attributes:
        lesson: the lesson.
        student: the student's id.
        status: whether it has its grade or waits for a person.
        digest: of all that the grade depends on; grading again changes nothing while it is equal.
        handed: a digest of the student's own work alone; what a person saw of it stays seen.
        jailed: whether the student's code ran in the jail.
        marks: of each graded cell, in the lesson's order.
        flags: what a person has to look at.
        notes: what was mended on the way in, or is worth knowing, in sentences.
        quiz: what was answered.
    """

    lesson: str
    student: str
    status: Status
    digest: str
    handed: str = ""
    jailed: bool
    marks: tuple[Mark, ...] = ()
    flags: tuple[Flag, ...] = ()
    notes: tuple[str, ...] = ()
    quiz: tuple[Answered, ...] = ()
