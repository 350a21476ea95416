"""What a Dask worker does for a run of grading: it marks what it is sent, in a jail of its own.

Nothing here is called in the process that grades. A worker keeps one jail for each run, made when
it is needed first; the jail ends with the run, or with the worker's process, however that ends.
"""

from __future__ import annotations

import asyncio
import pickle
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from course_utils.grading.engine.mark_one import Marker
from course_utils.grading.engine.same_course import difference, installed
from course_utils.grading.jail.task import JailError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from course_utils.grading.engine.job import Job

_INSTALLED = installed()  # now: the files may change while this process keeps what it imported
_IDLE_SECONDS = 600.0


class UnfitError(RuntimeError):
    """A worker may not mark this run's submissions.

    Args:
        worker: its address.
        why: why not, a sentence.
    """

    def __init__(self, worker: str, why: str) -> None:
        super().__init__(worker, why)
        self.worker, self.why = worker, why


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run asks of every worker.

    Attributes:
        run: a name that no other run has.
        installed: what is installed where the run was started.
        sandbox: whether students' code has to run in a jail.
    """

    run: str
    installed: Mapping[str, str] = field(repr=False)
    sandbox: bool = True


@dataclass(slots=True)
class _Kept:
    marker: Marker
    busy: int = 0
    used: float = 0.0


_MARKERS: dict[str, _Kept] = {}
_ENDED: set[str] = set()
_LOCK = threading.Lock()


async def unfit(wanted: Wanted) -> str:
    """Say why this worker may not mark for a run, and make its jail; "" where it may."""
    return await asyncio.to_thread(_unfit, wanted)


def differs_here(wanted: Wanted) -> str:
    """Say what is installed otherwise here, at the scheduler, which is given each job; else ""."""
    return _differs(wanted)


async def end_run(run: str) -> None:
    """End all that a run has here."""
    await asyncio.to_thread(_end, run)


def mark_here(job: bytes, wanted: Wanted) -> bytes:
    """Mark one submission.

    Args:
        job: a pickled `Job`, from the process that grades.
        wanted: what its run asks of a worker.

    Returns:
        The pickled `Marked`. Nothing of a student's was unpickled for it.

    Raises:
        UnfitError: if this worker may not mark for that run.
        JailError: if the jail broke, or the run has ended.
    """
    from distributed import get_worker  # noqa: PLC0415 - only a worker has it

    why = _unfit(wanted)
    if why:
        raise UnfitError(get_worker().address, why)
    kept = _marker_of(wanted)
    unpickled: Job = pickle.loads(job)  # noqa: S301 - it is ours
    try:
        return pickle.dumps(kept.marker.mark(unpickled))
    finally:
        with _LOCK:
            kept.busy, kept.used = kept.busy - 1, time.monotonic()


def _unfit(wanted: Wanted) -> str:
    differs = _differs(wanted)
    if differs:
        return differs
    try:
        _marker_of(wanted, busy=0)
    except JailError as error:
        return str(error)
    return ""


def _differs(wanted: Wanted) -> str:
    differs = difference(wanted.installed, _INSTALLED)
    return (
        f"It has {differs}. Install the same course there, and start it again." if differs else ""
    )


def _marker_of(wanted: Wanted, *, busy: int = 1) -> _Kept:
    with _LOCK:
        if wanted.run in _ENDED:
            raise JailError("This run of grading has ended.")
        _close_the_idle(wanted.run)
        if wanted.run not in _MARKERS:
            _MARKERS[wanted.run] = _Kept(Marker(sandbox=wanted.sandbox))
        kept = _MARKERS[wanted.run]
        kept.busy, kept.used = kept.busy + busy, time.monotonic()
        return kept


def _close_the_idle(run: str) -> None:
    """Close what a run that was killed has left behind; one that goes on makes its jail again."""
    long_ago = time.monotonic() - _IDLE_SECONDS
    for name, kept in [*_MARKERS.items()]:
        if name != run and not kept.busy and kept.used < long_ago:
            _MARKERS.pop(name).marker.close()


def _end(run: str) -> None:
    with _LOCK:
        _ENDED.add(run)
        kept = _MARKERS.pop(run, None)
    if kept is not None:
        kept.marker.close()
