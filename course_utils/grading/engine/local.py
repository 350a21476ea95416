"""Jobs done here, in a pool of threads that share one jail."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from course_utils.grading.engine.mark_one import Marker
from course_utils.grading.marking.passes import Passes
from course_utils.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from types import TracebackType
    from typing import Self

    from course_utils.grading.engine.job import Job, Marked
    from course_utils.grading.engine.steps import Heard


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def is_jailed(asked: bool) -> bool:
    """Tell whether students' code runs in the jail.

    Args:
        asked: what the command was asked; the setting may be off.

    Raises:
        SettingsError: if a setting has a value that is not allowed.
    """
    return asked and settings().sandbox == "required"


@contextmanager
def made_meanwhile(make: Callable[[], LocalExecutor]) -> Iterator[Callable[[], LocalExecutor]]:
    """Have an executor made, which takes seconds of another processor's time.

    Args:
        make: makes it.

    Yields:
        What waits for the executor and returns it, or raises what kept it from being made.
    """
    # The thread lives as long as the jail, which ends with the thread that made it.
    with ThreadPoolExecutor(1, thread_name_prefix="jail") as maker:
        made = maker.submit(make)
        try:
            yield made.result
        finally:
            if made.exception() is None:
                made.result().__exit__(None, None, None)


class LocalExecutor:
    """Does jobs on this machine, as a context: at its end nothing of any student runs on.

    Attributes:
        jailed: whether the students' code runs in the jail.
        slots: how many jobs are done at a time.
    """

    def __init__(
        self, jobs: int | None = None, *, sandbox: bool = True, one_learner: bool = False
    ) -> None:
        """Make the jail.

        Args:
            jobs: how many jobs are done at a time; as many as there are processors by default.
            sandbox: whether the students' code runs in the jail.
            one_learner: whether one learner's work is marked again and again: several answers at a
                time, and what has passed is not run again as long as it stays as it is.

        Raises:
            JailError: if this platform has no jail.
        """
        self.slots = jobs or processors()
        together = processors() if one_learner else 1
        passes = Passes() if one_learner else None
        self._marker = Marker(sandbox=sandbox, at_a_time=together, passes=passes)
        self.jailed = sandbox
        self._pool = ThreadPoolExecutor(self.slots, thread_name_prefix="grading")

    def submit(self, job: Job, heard: Heard = lambda _: None) -> Future[Marked]:
        """Have a job done.

        Args:
            job: the job.
            heard: is told how far it is, by the threads that do it.
        """
        return self._pool.submit(self._marker.mark, job, heard)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Begin no more jobs, end what runs, and wait for its end."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._marker.close()
        self._pool.shutdown()
