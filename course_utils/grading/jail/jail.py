"""The jail that students' code runs in, as grading uses it."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

from course_utils.grading.jail.limits import Limits
from course_utils.grading.jail.started_template import NO_JAIL, StartedTemplate
from course_utils.grading.jail.task import JailError, Ran, Task, encoded
from course_utils.grading.jail.watching import Watched, watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

__all__ = ["Jail", "JailError", "Ran", "Task"]

TRY_OUT = "course_utils.grading.jail.inside:try_out"
_LIMITS = Limits()


class Jail:
    """Runs tasks where they can reach nothing; several threads may use it at a time.

    Each task runs in a process of its own, forked from one whose imports are done. It sees
    the interpreter, the packages and `course_utils`, read-only, and its working folder; no network,
    no other process, no file or variable of whoever grades. All that it started has ended when
    `run` returns. A process that was forked from this one needs a jail of its own.

    Args:
        sandbox: False runs tasks as plain processes, which can do what whoever grades can do.
        preload: modules that tasks begin with, imported once and not for each task.

    Attributes:
        jailed: whether tasks are jailed.

    Raises:
        JailError: if they should be, and this machine has no jail.
    """

    def __init__(self, *, sandbox: bool = True, preload: Sequence[str] = ()) -> None:
        self.jailed = sandbox
        self._preload = tuple(preload)
        self._lock = threading.Lock()
        self._is_closed = False
        self._template = self._new_template()
        self._try_out()

    def __enter__(self) -> Jail:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process that tasks are forked from, and every task that still runs."""
        with self._lock:
            self._is_closed = True
            self._template.close()

    def run(
        self,
        task: Task,
        limits: Limits = _LIMITS,
        heard: Callable[[dict[str, Any]], object] | None = None,
    ) -> Ran:
        """Run one task, and return what it sent once all of it has ended.

        Args:
            task: the task.
            limits: what it may use.
            heard: gets each message as it comes, as untrusted as the task is.

        Raises:
            JailError: if it could not be jailed, or the process that it is forked from has ended.
        """
        watched = self._begin(task, limits, None, heard)
        watch([watched])
        return watched.ran

    def run_pair(self, tests: Task, student: Task, limits: Limits = _LIMITS) -> tuple[Ran, Ran]:
        """Run two tasks at the same time, each jailed, with one socket pair between them.

        When `tests` has ended, `student` is soon ended too.

        Args:
            tests: runs none of a student's code, so that what it sends can be trusted.
            student: runs a student's.
            limits: what each of them may use.

        Raises:
            JailError: as `run` does.
        """
        begun: list[Watched] = []
        ends = socket.socketpair()
        try:
            for task, end in zip((tests, student), ends, strict=True):
                begun.append(self._begin(task, limits, end))
        finally:
            for end in ends:
                end.close()
            if len(begun) == 1:
                begun[0].kill("It was no longer wanted.")
                begun[0].close()
        watch(begun)
        return begun[0].ran, begun[1].ran

    def _try_out(self) -> None:
        try:
            ran = self.run(Task(TRY_OUT, {}))
            if not ran.messages:
                raise JailError(NO_JAIL.format(why=ran.ended.rstrip(".") or "nothing ran"))
        except JailError:
            self.close()
            raise

    def _begin(
        self,
        task: Task,
        limits: Limits,
        peer: socket.socket | None,
        heard: Callable[[dict[str, Any]], object] | None = None,
    ) -> Watched:
        written = encoded(task)
        with self._lock:
            if self._is_closed:
                raise JailError("The jail is closed. Grade again to go on.")
            if not self._template.is_alive:
                self._template.close()
                self._template = self._new_template()
            template = self._template
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                started = template.start(limits, theirs, peer, apart=task.apart)
            except JailError:
                ours.close()
                raise
        return Watched(started, written, ours, limits, heard)

    def _new_template(self) -> StartedTemplate:
        return StartedTemplate(sandbox=self.jailed, preload=self._preload)
