"""A batch as data: what is to be graded, what of it is not finished, and what came of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from course_utils.grading.engine.digest import digest_of, digest_of_the_lesson
from course_utils.grading.jail.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbformat import NotebookNode

    from course_utils.grading.intake.released import ReleasedLesson
    from course_utils.grading.marking.record import Record
    from course_utils.grading.marking.submissions import Submission
    from course_utils.quiz.bank import Bank
    from course_utils.settings import Feedback


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be graded, as data.

    Attributes:
        lesson: the lesson as it was released, with its hidden tests.
        bank: its questions; None for a lesson without a quiz.
        mode: the mode they were released in; None for a lesson without a quiz.
        submissions: what was handed in, read and its quiz scored; none of whom handed in nothing.
        records: what an earlier run said, by student, where that still stands.
        force: whether what is finished is graded again.
        files: what goes beside every notebook when it is run.
        limits: what one submission's code may use.
    """

    lesson: ReleasedLesson
    bank: Bank | None
    mode: Feedback | None
    submissions: Sequence[Submission]
    records: Mapping[str, Record] = field(default_factory=dict)
    force: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Planned:
    """A submission that is not finished, and the digest of all that its grade depends on."""

    submission: Submission
    digest: str


@dataclass(frozen=True, slots=True)
class Graded:
    """What came of one submission.

    Attributes:
        record: what grading says of it.
        notebook: the notebook as it is shown to people: run, scored and made inert.
        submission: what was handed in.
    """

    record: Record
    notebook: NotebookNode
    submission: Submission


def plan(batch: Batch, *, jailed: bool) -> list[Planned]:
    """Say whose work is to be graded: what is new, changed, or was never finished.

    Args:
        batch: the batch.
        jailed: whether the students' code will run in the jail.
    """
    of_the_lesson = digest_of_the_lesson(batch.lesson, batch.bank, batch.mode, jailed=jailed)
    planned = [
        Planned(submission, digest_of(submission, of_the_lesson))
        for submission in batch.submissions
    ]
    return [one for one in planned if batch.force or not _stands(batch, one)]


def _stands(batch: Batch, planned: Planned) -> bool:
    record = batch.records.get(planned.submission.student)
    return record is not None and record.digest == planned.digest
