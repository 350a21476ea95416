"""What is used of ipykernel that it does not promise: seen in ipykernel 6.31.0 and 7.4.0."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from IPython import get_ipython

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator

    from comm.base_comm import BaseComm

_FROM_A_PAGE = "comm_msg"
_hearing: list[Callable[[], None]] = []


def in_a_kernel() -> bool:
    """Tell whether this runs in the kernel of a notebook."""
    return getattr(get_ipython(), "kernel", None) is not None


def after_this_cell(act: Callable[[], object]) -> None:
    """Act once this cell has ended, and its error, if it ends with one, has been shown.

    What is displayed then still belongs to the cell. Outside IPython nothing is done.
    """
    shell = get_ipython()
    if shell is None:
        return

    def once(_result: object) -> None:
        shell.events.unregister("post_run_cell", once)
        act()

    shell.events.register("post_run_cell", once)


def loop_of_the_cells() -> asyncio.AbstractEventLoop | None:
    """Return the loop in which the kernel runs cells, None outside a kernel."""
    io_loop = getattr(getattr(get_ipython(), "kernel", None), "io_loop", None)
    if io_loop is None:
        return None
    loop: asyncio.AbstractEventLoop = io_loop.asyncio_loop
    return loop


def begun_in_a_page() -> bool:
    """Tell whether what runs now was begun by a press in a page, and not by a cell."""
    kernel = getattr(get_ipython(), "kernel", None)
    return kernel is not None and kernel.get_parent()["header"]["msg_type"] == _FROM_A_PAGE


def keep_in_the_main_shell(comm: BaseComm) -> None:
    """Have a widget's messages handled where the cells run, and so in the order of their sending.

    From 7.4 on a kernel picks a thread for each widget, by what the widget did last: a click on one
    can overtake the text typed in another.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = _main_shell


def _main_shell(_data: object, _asked_for: str | None) -> None:
    """Name the subshell to handle a message: None is the main one."""


@contextmanager
def hearing_interrupts(act: Callable[[], None]) -> Iterator[None]:
    """Have Kernel > Interrupt call a function while no cell and no message is being handled.

    ipykernel ignores the signal then. While a cell runs, the signal ends the cell, as ever.

    Args:
        act: called in the main thread, between any two steps of it.
    """
    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    _hearing.append(act)
    _between_messages(kernel, signal.SIG_IGN, _heard)
    try:
        yield
    finally:
        _hearing.remove(act)
        if not _hearing:
            _between_messages(kernel, _heard, signal.SIG_IGN)


def _heard(_number: int, _frame: object) -> None:
    for act in _hearing:
        act()


def _between_messages(kernel: Any, before: Any, now: Any) -> None:
    """Put a handler where another one stands between messages, now or once this one is handled."""
    if signal.getsignal(signal.SIGINT) is before:
        signal.signal(signal.SIGINT, now)
    elif getattr(kernel, "saved_sigint_handler", None) is before:
        kernel.saved_sigint_handler = now
