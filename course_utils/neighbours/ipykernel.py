"""What is used of ipykernel that it does not promise: seen in ipykernel 6.31.0 and 7.4.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython import get_ipython

if TYPE_CHECKING:
    import asyncio

    from comm.base_comm import BaseComm

_FROM_A_PAGE = "comm_msg"


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
