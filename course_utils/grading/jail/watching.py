"""Jailed processes, watched until they have ended: their clocks, their memory, what they send."""

from __future__ import annotations

import select
import signal
from time import monotonic
from typing import TYPE_CHECKING, Any

from course_utils.grading.jail.limits import MIB
from course_utils.grading.jail.memory import put_last, used
from course_utils.grading.jail.messages import Messages
from course_utils.grading.jail.task import Ran

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence

    from course_utils.grading.jail.limits import Limits
    from course_utils.grading.jail.started_template import Started

# Between two looks at how much memory there is in use.
_LOOK_SECONDS = 0.1
# How long a step may take to end after an interrupt, and the student's process after the tests'.
_GRACE_SECONDS = 2.0
# More processes than this at a time, and those of other students go first.
_MANY = 8
_READ_AT_ONCE = 1 << 16
_SIGXCPU = 128 + int(signal.SIGXCPU)


def watch(all_watched: Sequence[Watched]) -> None:
    """Return when all of them, and all that they have started, have ended.

    Args:
        all_watched: one, or a pair. When the first of a pair has ended, the other has little time.

    Raises:
        JailError: if there is no jail for one of them, or the template has ended.
    """
    try:
        while running := [one for one in all_watched if not one.is_over]:
            _watch_once(running)
            if all_watched[0].is_over:
                for one in all_watched[1:]:
                    one.hurry()
    finally:
        for one in all_watched:
            one.kill("It was no longer wanted.")
        for one in all_watched:
            one.close()


def _watch_once(running: Sequence[Watched]) -> None:
    waiting = select.poll()
    owners: dict[int, Watched] = {}
    for one in running:
        for descriptor, events in one.wants():
            waiting.register(descriptor, events)
            owners[descriptor] = one
    until = min(one.next_look for one in running)
    for descriptor, events in waiting.poll(max(0.0, until - monotonic()) * 1000):
        owners[descriptor].happened(descriptor, events)
    for one in running:
        if not one.is_over and monotonic() >= one.next_look:
            one.look()


class Watched:
    """One jailed process.

    Args:
        started: the process.
        task: what it is given to read.
        channel: our end of its channel.
        limits: what it may use.
        heard: gets each message as it comes; None where nobody waits for one.
    """

    def __init__(
        self,
        started: Started,
        task: bytes,
        channel: socket.socket,
        limits: Limits,
        heard: Callable[[dict[str, Any]], object] | None = None,
    ) -> None:
        self._started, self._channel, self._limits = started, channel, limits
        channel.setblocking(False)
        self._to_write = memoryview(task)
        self._messages = Messages(limits.printed, heard)
        self._ended = ""
        now = monotonic()
        self._step_ends, self._all_ends = now + limits.cell_seconds, now + limits.seconds
        self._interrupted_at: float | None = None
        self._hurry_ends: float | None = None
        self._is_open = True
        self.next_look = now

    @property
    def is_over(self) -> bool:
        """Whether all of it has ended."""
        return self._started.status is not None

    @property
    def ran(self) -> Ran:
        """What came out."""
        ended = self._ended or self._messages.raised or self._told_by_status()
        return Ran(tuple(self._messages.kept), ended)

    def wants(self) -> list[tuple[int, int]]:
        """Return what to wait for: descriptors, with the events."""
        events = select.POLLIN | (select.POLLOUT if self._to_write else 0)
        channel = [(self._channel.fileno(), events)] if self._is_open else []
        return [*channel, (self._started.told.fileno(), select.POLLIN)]

    def happened(self, descriptor: int, events: int) -> None:
        """Take in what one of the descriptors has."""
        if descriptor == self._started.told.fileno():
            self._started.hear()
            if self.is_over:
                self._read()  # what was sent last
            return
        if events & select.POLLOUT:
            self._write()
        if events & ~select.POLLOUT:
            self._read()

    def look(self) -> None:
        """See whether a limit has been passed."""
        now = monotonic()
        self.next_look = now + _LOOK_SECONDS
        limits = self._limits
        if now >= self._all_ends:
            self.kill(f"It ran for longer than {_seconds(limits.seconds)}.")
        elif self._hurry_ends is not None and now >= self._hurry_ends:
            self.kill("It still ran after its tests had ended.")
        elif self._interrupted_at is None and now >= self._step_ends and self._started.pid:
            self._interrupted_at = now
            self._started.interrupt()
        elif self._interrupted_at is not None and now >= self._interrupted_at + _GRACE_SECONDS:
            self.kill(
                f"One step ran for longer than {_seconds(limits.cell_seconds)}, "
                "and could not be interrupted."
            )
        elif self._started.pid:
            self._look_at_memory()

    def hurry(self) -> None:
        """Leave it only the time that a step has after an interrupt."""
        self._hurry_ends = self._hurry_ends or monotonic() + _GRACE_SECONDS

    def kill(self, why: str) -> None:
        """End all of it, unless it is over; the first reason is kept."""
        if not self.is_over:
            self._ended = self._ended or why
            self._started.kill()

    def close(self) -> None:
        """Wait for its end, and let go of it."""
        self._channel.close()
        self._started.close()

    def _look_at_memory(self) -> None:
        limits = self._limits
        memory, pids = used(self._started.host_pid, limits.memory)
        if len(pids) > _MANY:
            put_last(pids)
        if memory > limits.memory:
            self.kill(f"It used more than {limits.memory // MIB} MiB of memory.")
        elif len(pids) > limits.processes + 1:
            self.kill(f"It had more than {limits.processes} processes.")

    def _write(self) -> None:
        try:
            self._to_write = self._to_write[self._channel.send(self._to_write) :]
        except BlockingIOError:
            return
        except OSError:
            self._to_write = memoryview(b"")  # it has ended already

    def _read(self) -> None:
        while self._is_open:
            try:
                data = self._channel.recv(_READ_AT_ONCE)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self._is_open = False
            elif self._messages.take(data):
                self._interrupted_at = None
                self._step_ends = monotonic() + self._limits.cell_seconds
            if self._messages.problem:
                self._is_open = False
                self._ended = self._ended or self._messages.problem
                self.kill("")
            elif not self.is_over and monotonic() >= self.next_look:
                return  # a flood must not keep us from looking

    def _told_by_status(self) -> str:
        status = self._started.status or 0
        if status == _SIGXCPU:
            return f"It used more than {_seconds(self._limits.cpu_seconds)} of processor time."
        if status > 128:
            return f"It was ended by signal {status - 128}."
        return f"It ended itself with the exit status {status}." if status else ""


def _seconds(count: float) -> str:
    return f"{count:g} second{'' if count == 1 else 's'}"
