"""Jobs done by the workers of a Dask cluster, each in a jail there.

This process alone reads folders, scores quizzes and writes. What it sends and takes is its own.
"""

from __future__ import annotations

import pickle
import threading
import uuid
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from course_utils.grading.engine.cluster_workers import NO_WORKER, Workers, bounded, connected
from course_utils.grading.engine.job import ExecutorError, Marked, UndoneError
from course_utils.grading.engine.on_a_worker import UnfitError, Wanted, end_run, mark_here
from course_utils.grading.engine.same_course import installed
from course_utils.grading.jail.task import JailError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from distributed import Future as Asked

    from course_utils.grading.engine.job import Job

_CONNECT_SECONDS = 5.0
_END_SECONDS = 15.0
_LOOK_SECONDS = 2.0
_ALONE_SECONDS = 120.0
_TRIES = 3
_KEPT = " What is graded is kept."
_GONE = (
    "The scheduler at {address} has gone, or forgot what it was to do. Start the scheduler and its "
    "workers, and grade again."
)
_KILLED = (
    "The worker that marked this submission was killed, {times} times, the last time {last}. Grade "
    "its exercises by hand, or grade the lesson again."
)
_ALONE = "No worker is left at {address}. One is waited for, {seconds:g} seconds."


@dataclass(slots=True)
class _Work:
    """One job on its way.

    Attributes:
        job: as it is sent.
        done: what whoever submitted it waits for.
        tries: how many times a jail broke at it.
        asked: what Dask has of it.
    """

    job: bytes
    done: Future[Marked] = field(default_factory=Future)
    tries: int = 0
    asked: Asked | None = None


class ClusterExecutor:
    """Does jobs on the workers of a Dask cluster, as a context.

    A job whose worker ends is done again by another. A worker that has another course or other
    packages, or no jail, gets no work.

    Attributes:
        jailed: whether the students' code runs in the jail.
    """

    def __init__(
        self,
        address: str,
        *,
        sandbox: bool = True,
        tell: Callable[[str], None] = lambda _: None,
        connect_seconds: float = _CONNECT_SECONDS,
        alone_seconds: float = _ALONE_SECONDS,
    ) -> None:
        """Connect to the scheduler, and look at each of its workers.

        Args:
            address: the scheduler's, as tcp://host:8786.
            sandbox: whether the students' code runs in the jail.
            tell: called with a sentence for each worker that is refused.
            connect_seconds: how long the scheduler, and a first worker, is waited for.
            alone_seconds: how long a cluster that has lost all workers is waited for.

        Raises:
            ExecutorError: if Dask is not installed, no scheduler is there, or no worker is fit.
        """
        self.jailed, self._address = sandbox, address
        self._tell, self._patience = tell, alone_seconds
        self._wanted = Wanted(uuid.uuid4().hex, installed(), sandbox)
        self._lock = threading.Lock()
        self._unfinished: dict[int, _Work] = {}
        self._is_over, self._lost = threading.Event(), ""
        self._client = connected(address, connect_seconds)
        self._workers = Workers(self._client, address, tell)
        try:
            self._workers.look_at_all(self._wanted, connect_seconds)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        threading.Thread(target=self._watch, daemon=True, name="cluster").start()

    @property
    def slots(self) -> int:
        """How many jobs are done at a time: the threads of all workers that may mark."""
        return self._workers.slots

    def submit(self, job: Job) -> Future[Marked]:
        """Have a job done by a worker.

        Raises:
            ExecutorError: if there is no cluster any more; the future may raise it too.
        """
        if self._lost:
            raise ExecutorError(self._lost)
        work = _Work(pickle.dumps(job))
        with self._lock:
            self._unfinished[id(work)] = work
        work.done.add_done_callback(lambda _: self._forget(work))
        try:
            self._send(work)
        except Exception as error:
            raise ExecutorError(self._gone()) from error
        return work.done

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Begin no more jobs, and end what still runs of this run on every worker."""
        self._is_over.set()
        for work in self._left():
            work.done.cancel()
        # Where this fails, the jails there end with their workers, or when they are idle.
        with suppress(Exception):
            if not self._lost:
                run = self._wanted.run
                bounded(_END_SECONDS, self._client.run, end_run, run, on_error="ignore")
        with suppress(Exception):
            bounded(_END_SECONDS, self._client.close, timeout=_CONNECT_SECONDS)

    def _send(self, work: _Work) -> None:
        preferred = self._workers.preferred()
        work.asked = self._client.submit(
            mark_here,
            work.job,
            self._wanted,
            key=f"hitl-grade-{uuid.uuid4().hex}",
            workers=preferred,
            # A worker that has just been started again has an address that is not known yet.
            allow_other_workers=bool(preferred),
        )
        work.asked.add_done_callback(partial(self._take, work))

    def _take(self, work: _Work, asked: Asked) -> None:
        """Take what came of one job, in the thread that Dask has for this."""
        try:
            if work.done.cancelled():
                return
            if asked.cancelled():
                self._lose(self._gone())
                return
            error = asked.exception()
            if error is None:
                _settle(work, pickle.loads(asked.result()))  # noqa: S301 - from a worker of ours
            elif not self._sent_again(work, error):
                _settle(work, self._told(error))
        except Exception as error:  # whoever waits has to hear of it
            _settle(work, error)

    def _sent_again(self, work: _Work, error: BaseException) -> bool:
        """Send a job again that failed by no fault of its own."""
        if isinstance(error, UnfitError):
            self._workers.refuse(error.worker, error.why)
            again = bool(self._workers.fit())
        else:
            work.tries += 1
            again = isinstance(error, JailError) and work.tries < _TRIES
        if again:
            self._send(work)
        return again

    def _told(self, error: BaseException) -> BaseException:
        from distributed.scheduler import KilledWorker  # noqa: PLC0415 - only a cluster needs it

        if isinstance(error, UnfitError):
            return ExecutorError(self._workers.none_is_fit() + _KEPT)
        if isinstance(error, KilledWorker):
            times, last = error.allowed_failures + 1, error.last_worker.address
            return UndoneError(_KILLED.format(times=times, last=last))
        return error

    def _watch(self) -> None:
        """Keep the list of workers, and give up when there has been none for too long."""
        alone = 0.0
        while not self._is_over.wait(_LOOK_SECONDS):
            with suppress(Exception):  # a scheduler that has gone is noticed by each job
                alone = 0.0 if self._workers.refresh() else alone + _LOOK_SECONDS
            if alone == _LOOK_SECONDS:
                self._tell(_ALONE.format(address=self._address, seconds=self._patience))
            if alone > self._patience:
                self._lose(NO_WORKER.format(address=self._address) + _KEPT)
                return

    def _gone(self) -> str:
        return _GONE.format(address=self._address) + _KEPT

    def _lose(self, why: str) -> None:
        """End all jobs, since there is nobody left to do them."""
        if not self._is_over.is_set():
            self._lost = why
            for work in self._left():
                _settle(work, ExecutorError(why))

    def _left(self) -> list[_Work]:
        with self._lock:
            return list(self._unfinished.values())

    def _forget(self, work: _Work) -> None:
        with self._lock:
            self._unfinished.pop(id(work), None)
        if work.asked is not None:
            work.asked.release()  # a worker begins nothing that nobody waits for


def _settle(work: _Work, outcome: Marked | BaseException) -> None:
    """Hand over what came of a job; who gave it up, or has its outcome already, gets nothing."""
    with suppress(InvalidStateError, RuntimeError):
        if not work.done.set_running_or_notify_cancel():
            return
        if isinstance(outcome, BaseException):
            work.done.set_exception(outcome)
        else:
            work.done.set_result(outcome)
