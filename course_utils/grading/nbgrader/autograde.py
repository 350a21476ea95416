"""`nbgrader autograde` and Formgrader's button: our run over a lesson, not nbgrader's own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from nbgrader.converters import NbGraderException
from nbgrader.preprocessors import Execute

from course_utils.grading.engine.job import ExecutorError
from course_utils.grading.engine.local import is_jailed
from course_utils.grading.jail.limits import Limits
from course_utils.grading.jail.task import JailError
from course_utils.grading.marking.quiz_scores import GradingError
from course_utils.grading.nbgrader.gradebook import GradebookError
from course_utils.grading.nbgrader.lesson_run import LessonRun, Options
from course_utils.neighbours.nbgrader import late_penalties
from course_utils.printable import listed, printable
from course_utils.quiz.bank import BankError
from course_utils.quiz.released import QuestionsFileError
from course_utils.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from logging import Logger

    from nbgrader.converters import Autograde

    from course_utils.grading.engine.job import Executor
    from course_utils.grading.reports.problems import Standing

REFUSALS = (
    BankError,
    ExecutorError,
    GradebookError,
    GradingError,
    JailError,
    QuestionsFileError,
    SettingsError,
)
"""Why a whole run is refused; each is one sentence or more, which says what to do."""


def autograde(converter: Autograde) -> None:
    """Grade a lesson as nbgrader was asked to.

    Args:
        converter: nbgrader's, with what was asked for.

    Raises:
        NbGraderException: if nothing can be graded, or a grade could not be written.
    """
    log = converter.log
    with _told_plainly(log), run_of(converter) as run:
        try:
            for student, standing in run:
                log.info("Graded %s: %s", printable(student), standing.words)
        except KeyboardInterrupt:
            log.error("Canceled. What is graded is kept, and the same command goes on.")
            raise
    for stray in run.strays:
        log.warning("%s", printable(stray))
    _tell(log, run.standings)
    if not run.standings:
        log.error("%s", run.nobody)
        raise NbGraderException(run.nobody)
    if run.unsaved:
        for why in dict.fromkeys(run.unsaved.values()):
            log.error("%s", why)
        raise NbGraderException(f"Not written: the grades of {listed(run.unsaved)}.")


def run_of(
    converter: Autograde,
    *,
    sandbox: bool = True,
    executor: Callable[[], AbstractContextManager[Executor]] | None = None,
) -> LessonRun:
    """Return a run over the lesson that a converter of nbgrader's was made for.

    Args:
        converter: nbgrader's, with its configuration and what was asked for.
        sandbox: False runs students' code without the jail, as the setting `off` does.
        executor: connects to where submissions are marked; by default it is here.

    Raises:
        SettingsError: if a setting has a value that is not allowed.
    """
    course, seconds = converter.coursedir, Execute(parent=converter).timeout
    options = Options(
        students=course.student_id,
        excluded=frozenset(filter(None, course.student_id_exclude.split(","))),
        force=converter.force,
        create=converter.create_student,
        sandbox=is_jailed(sandbox),
        permissions=int(str(converter.permissions), 8),
        limits=Limits(cell_seconds=seconds) if seconds and seconds > 0 else Limits(),
    )
    return LessonRun(course, course.assignment_id, options, late_penalties(converter), executor)


def _tell(log: Logger, standings: dict[str, Standing]) -> None:
    for student, (_, problem) in standings.items():
        if problem:
            log.warning("%s: %s", printable(student), printable(problem))
    nothing = [student for student, standing in standings.items() if standing.status == "nothing"]
    if nothing:
        log.warning("Handed in nothing: %s.", printable(listed(nothing)))


@contextmanager
def _told_plainly(log: Logger) -> Iterator[None]:
    """Log a reason to refuse the whole run as one line, as nbgrader does with its own."""
    try:
        yield
    except REFUSALS as error:
        log.error("%s", error)
        raise NbGraderException(str(error)) from error
