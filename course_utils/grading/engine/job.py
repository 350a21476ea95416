"""The unit of work: one submission to be marked, and what came of it.

Both are plain data that can be pickled, so a job may be done here or on another machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future

    from course_utils.grading.intake.released import ReleasedLesson
    from course_utils.grading.intake.restore import Restored
    from course_utils.grading.jail.limits import Limits
    from course_utils.grading.marking.record import Flag, Mark


@dataclass(frozen=True, slots=True)
class Job:
    """One submission whose exercises are to be marked.

    Attributes:
        student: the student's id.
        lesson: the lesson as it was released, with its hidden tests.
        restored: the student's notebook, its cells put back where they belong.
        files: what goes beside the notebook when it is run.
        limits: what the student's code may use.
        sandbox: whether it has to run in a jail.
    """

    student: str
    lesson: ReleasedLesson
    restored: Restored
    files: Mapping[str, bytes]
    limits: Limits
    sandbox: bool = True


@dataclass(frozen=True, slots=True)
class Marked:
    """What came of a job.

    Attributes:
        outputs: what each cell showed when the notebook was run, as nbformat has it, by the
            cell's id; it is the student's, and may be anything.
        marks: of the lesson's exercises.
        flags: what a person has to look at.
        notes: what is worth knowing, in sentences.
    """

    outputs: Mapping[str, Sequence[Mapping[str, Any]]]
    marks: tuple[Mark, ...]
    flags: tuple[Flag, ...] = ()
    notes: tuple[str, ...] = ()


class ExecutorError(RuntimeError):
    """There is no place to do jobs, or it has gone; the message says what to do.

    It ends a run. What is graded is kept.
    """


class UndoneError(RuntimeError):
    """This one job could not be done; the message says why to the person who will do it."""


class Executor(Protocol):
    """Where jobs are done.

    Attributes:
        jailed: whether the students' code runs in the jail there.
        slots: how many jobs are done at a time.
    """

    @property
    def jailed(self) -> bool:
        """Whether the students' code runs in the jail."""

    @property
    def slots(self) -> int:
        """How many jobs are done at a time."""

    def submit(self, job: Job) -> Future[Marked]:
        """Have a job done.

        Raises:
            ExecutorError: if jobs cannot be done any more; the future may raise it too.
        """
