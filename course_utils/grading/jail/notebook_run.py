"""A notebook's own run, inside the jail: all of its cells, in order, in one IPython."""

from __future__ import annotations

import asyncio
import builtins
import getpass
import selectors
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from course_utils.grading.jail.captured import Captured, as_sent
from course_utils.grading.jail.channel import STEP
from course_utils.grading.jail.shell import Pipes, Shell, Stream, refusing

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator, Mapping
    from types import FrameType

    from course_utils.grading.jail.channel import Channel

    _Handler = Callable[[int, FrameType | None], object]


def run_notebook(payload: Mapping[str, Any], channel: Channel, _peer: socket.socket | None) -> None:
    """Run a notebook, and send the outputs of each cell once the cell has run.

    An error of a cell does not keep the next ones from running; `quit()` does. A message is
    `{"cell": number, "execution_count": number or null, "outputs": [...]}`; of several with one
    number, which an update of a display makes, the last one counts.

    Args:
        payload: "cells", each with "id", "cell_type" and "source".
        channel: where the messages go.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(_Run(channel).all_of(payload["cells"]))


class _Run:
    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._captured = Captured()
        self._pipes = Pipes(self._captured)
        self._counts: list[int | None] = []

    async def all_of(self, cells: list[dict[str, str]]) -> None:
        """Run all cells."""
        for descriptor, name in ((1, "stdout"), (2, "stderr")):
            setattr(sys, name, Stream(self._captured, name, descriptor))
        builtins.input = refusing("raw_input")
        getpass.getpass = refusing("getpass")
        shell = Shell.instance(captured=self._captured, loop=asyncio.get_running_loop())
        for cell in cells:
            self._captured.begin()
            self._captured.touch()
            self._counts.append(None)
            if cell["cell_type"] == "code" and cell["source"].strip():
                self._channel.send({STEP: cell["id"]})
                self._counts[-1] = shell.execution_count
                await _run_cell(shell, cell["source"])
                self._pipes.drain()
            self._send_changed()
            if shell.exit_now:
                return

    def _send_changed(self) -> None:
        for number, outputs in self._captured.changed():
            count = self._counts[number]
            self._channel.send(
                {"cell": number, "execution_count": count, "outputs": as_sent(outputs)}
            )


async def _run_cell(shell: Shell, source: str) -> None:
    """Run one cell as a kernel does: in the loop, and so that it can be interrupted."""
    transformed, problem = source, None
    try:
        transformed = shell.transform_cell(source)  # type: ignore[no-untyped-call]
    except Exception:
        problem = sys.exc_info()
    how: dict[str, Any] = {"transformed_cell": transformed, "preprocessing_exc_tuple": problem}
    try:
        if shell.should_run_async(source, **how):
            running = asyncio.ensure_future(shell.run_cell_async(source, store_history=True, **how))
            with _at_an_interrupt(_cancelling(running)):
                await running
        else:
            with _at_an_interrupt(signal.default_int_handler):
                shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
    except (KeyboardInterrupt, asyncio.CancelledError):
        shell.captured.error("KeyboardInterrupt", "", ["KeyboardInterrupt"])


def _cancelling(running: asyncio.Future[Any]) -> _Handler:
    """Return what interrupts a cell that awaits."""
    loop = asyncio.get_running_loop()

    def cancel(number: int, frame: FrameType | None) -> None:
        if frame is None or frame.f_code.co_filename != selectors.__file__:
            signal.default_int_handler(number, frame)
        running.cancel()
        # The loop sleeps, and a signal does not wake it.
        loop.call_soon_threadsafe(lambda: None)

    return cancel


@contextmanager
def _at_an_interrupt(act: _Handler) -> Iterator[None]:
    """Handle an interrupt that comes while a cell runs; one that comes later is for no cell."""
    signal.signal(signal.SIGINT, act)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
