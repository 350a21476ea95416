"""The loop in which a notebook's cells run, and messages from the page handled in it."""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from course_utils.neighbours.ipykernel import keep_in_the_main_shell, loop_of_the_cells
from course_utils.neighbours.ipywidgets import hand_messages_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipywidgets import Widget


def notebook_loop() -> asyncio.AbstractEventLoop | None:
    """Return the loop in which the notebook's cells run; without a kernel, the running one."""
    return loop_of_the_cells() or _running_loop()


def in_notebook(act: Callable[[], Any]) -> None:
    """Act in the notebook's loop: now if it is the running one, else as soon as it is free.

    From ipykernel 7.0 on, a message of a widget may be handled in another thread, with a loop of
    its own. An async graph does not live there, Kernel > Interrupt does not reach it, and it runs
    at once with a cell.
    """
    loop = notebook_loop()
    if loop is None or loop is _running_loop():
        act()
    else:
        loop.call_soon_threadsafe(_interruptible, act)


def handle_in_notebook(widget: Widget) -> None:
    """Handle every message for a widget in the notebook's loop, in the order of their sending.

    Args:
        widget: a widget that has not been sent anything yet.
    """
    hand_messages_to(in_notebook, widget)
    keep_in_the_main_shell(widget.comm)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _interruptible(act: Callable[[], Any]) -> None:
    with _interrupts():
        act()


@contextmanager
def _interrupts() -> Iterator[None]:
    """Let Kernel > Interrupt raise KeyboardInterrupt, as ipykernel does for its own messages."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
