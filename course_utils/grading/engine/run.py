"""One batch: every quiz is scored first, then exercises are marked, and of each comes a record.

Nothing here knows nbgrader, a gradebook or where a file is written.
"""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, wait
from typing import TYPE_CHECKING

from course_utils.grading.engine.finishing import failed, finished, unread
from course_utils.grading.engine.job import ExecutorError, Job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from course_utils.grading.engine.batch import Batch, Graded, Planned
    from course_utils.grading.engine.job import Executor, Marked
    from course_utils.grading.intake.restore import Restored
    from course_utils.grading.marking.submissions import Submission


def grade(batch: Batch, planned: list[Planned], executor: Executor) -> Iterator[Graded]:
    """Grade submissions, and yield each as soon as it is done, in whatever order that is.

    What goes wrong with one of them never stops the others: its student waits for a person. When
    the caller stops asking, jobs that have not begun are not begun.

    Args:
        batch: the batch.
        planned: those to grade, from `plan`.
        executor: where it is done.

    Raises:
        ExecutorError: if nothing can be done there any more.
    """
    todo = iter(planned)
    running: dict[Future[Marked], Planned] = {}
    try:
        while True:
            # A few more than there are slots, so that none of them ever waits for this loop.
            while len(running) < 2 * executor.slots and (one := next(todo, None)):
                if one.submission.restored is None:
                    yield unread(batch, one, jailed=executor.jailed)
                else:
                    job = _job(batch, one.submission, one.submission.restored, executor.jailed)
                    running[executor.submit(job)] = one
            if not running:
                return
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                yield _result(batch, running.pop(done), done, jailed=executor.jailed)
    finally:
        for future in running:
            future.cancel()


def _result(batch: Batch, planned: Planned, done: Future[Marked], *, jailed: bool) -> Graded:
    try:
        return finished(batch, planned, done.result(), jailed=jailed)
    except ExecutorError:
        raise
    except Exception as error:  # whatever of ours failed, the others go on
        return failed(batch, planned, error, jailed=jailed)


def _job(batch: Batch, submission: Submission, restored: Restored, sandbox: bool) -> Job:
    files = {**submission.files, **batch.files}
    return Job(submission.student, batch.lesson, restored, files, batch.limits, sandbox)
