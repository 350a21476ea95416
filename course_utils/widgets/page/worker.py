"""A call in a thread of its own, which Kernel > Interrupt reaches all the same."""

from __future__ import annotations

import asyncio
import ctypes
import threading
from contextlib import suppress
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from course_utils.neighbours.ipykernel import hearing_interrupts

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

# How long an interrupted call may take to end before it is said that it goes on.
_END_SECONDS = 1.0


class Worker(Generic[T]):
    """One call that runs in a thread of its own, in a copy of the caller's context.

    So what it prints goes where the caller's prints go. It is made in the loop that waits for it.

    Args:
        act: what to call.

    Attributes:
        ended: the call's result, or whatever it raised.
        interrupted: done as soon as the call was asked to end.
    """

    def __init__(self, act: Callable[[], T]) -> None:
        self._act = act
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[T] = self._loop.create_future()
        self.interrupted: asyncio.Future[None] = self._loop.create_future()
        self._reachable = True
        self._asked_to_end = False
        self._guard = threading.Lock()
        context = copy_context()
        self._thread = threading.Thread(
            target=context.run, args=(self._run,), name="course-utils-decision"
        )
        self._thread.start()

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt in the call, where it next comes to a step in Python.

        What waits in C, as `time.sleep` or a request does, is not woken.
        """
        with self._guard:
            if self._reachable:
                self._asked_to_end = True
                _raise_in(self._thread, KeyboardInterrupt)
        self._loop.call_soon_threadsafe(_be_done, self.interrupted)

    def _run(self) -> None:
        try:
            try:
                result = self._act()
            finally:
                self._be_out_of_reach()
        except BaseException as error:
            self._tell(self.ended.set_exception, error)
        else:
            self._tell(self.ended.set_result, result)

    def _tell(self, set_end: Callable[[Any], None], end: Any) -> None:
        with suppress(RuntimeError):  # the loop is closed: the kernel shuts down
            self._loop.call_soon_threadsafe(set_end, end)

    def _be_out_of_reach(self) -> None:
        """Let no interrupt come any more: from here on it would only lose what has been reached."""
        while self._reachable:
            try:
                with self._guard:
                    self._reachable = False
                    if self._asked_to_end:
                        # It comes at once, and in place of one that is still on its way. One that
                        # is taken back, with None, makes the next debugger of Python 3.11 hang.
                        _raise_in(self._thread, KeyboardInterrupt)
            except KeyboardInterrupt:
                continue


async def in_a_worker(act: Callable[[], T], still_runs: Callable[[], None]) -> T:
    """Call something in a thread of its own, and leave the loop to others until it has ended.

    Kernel > Interrupt ends the call, and so does a cancellation of who waits for it.

    Args:
        act: what to call.
        still_runs: called where the call goes on for a while although it was interrupted.

    Raises:
        KeyboardInterrupt: if it was interrupted.
        Exception: whatever the call raises.
    """
    worker = Worker(act)
    with hearing_interrupts(worker.interrupt):
        await _first_of(worker, worker.ended, worker.interrupted)
        if not worker.ended.done():
            await _first_of(worker, worker.ended, seconds=_END_SECONDS)
        if not worker.ended.done():
            still_runs()
            await _first_of(worker, worker.ended)
    return worker.ended.result()


async def _first_of(
    worker: Worker[Any], *each: asyncio.Future[Any], seconds: float | None = None
) -> None:
    """Wait for the first of these to be done; a cancellation interrupts the worker instead."""
    waiting = asyncio.ensure_future(
        asyncio.wait(each, timeout=seconds, return_when="FIRST_COMPLETED")
    )
    while not waiting.done():
        try:
            await asyncio.shield(waiting)
        except asyncio.CancelledError:
            worker.interrupt()


def _be_done(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _raise_in(thread: threading.Thread, error: type[BaseException]) -> None:
    """Raise an error in a thread at its next step in Python."""
    raised = ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), raised)
