"""The loop in which a notebook's cells run, and messages from the page handled in it.

What is used of ipykernel and ipywidgets that neither promises stands here.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from IPython import get_ipython

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipywidgets import Widget


def notebook_loop() -> asyncio.AbstractEventLoop | None:
    """Return the loop in which the notebook's cells run; without a kernel, the running one."""
    io_loop = getattr(getattr(get_ipython(), "kernel", None), "io_loop", None)
    if io_loop is not None:
        loop: asyncio.AbstractEventLoop = io_loop.asyncio_loop
        return loop
    return _running_loop()


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
    handle = widget._handle_msg
    widget.comm.on_msg(lambda message: in_notebook(partial(handle, message)))
    if hasattr(widget.comm, "_reply_subshell_for"):
        # ipykernel 7.4 picks a thread for each widget, by what it did last: a click on one can
        # overtake the text typed in another.
        widget.comm._reply_subshell_for = _to_the_cells


def _to_the_cells(_data: object, _asked_for: str | None) -> None:
    """Name the subshell to handle a message: None is the main one, where the cells run."""


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
