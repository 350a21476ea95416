"""What is used of ipywidgets and comm that they do not promise: ipywidgets 8.1.9, comm 0.2.3."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from comm import get_comm_manager

if TYPE_CHECKING:
    from collections.abc import Callable

    from comm.base_comm import BaseComm
    from ipywidgets import Widget

_REMEMBERED = 256
_GONE = "gone"
_deaf: deque[BaseComm] = deque()


def hand_messages_to(take: Callable[[Callable[[], Any]], None], widget: Widget) -> None:
    """Hand each message for a widget, as something to be done, to whoever decides when.

    Args:
        take: is given what handles the message.
        widget: a widget that has not been sent anything yet.
    """
    handle = widget._handle_msg
    widget.comm.on_msg(lambda message: take(partial(handle, message)))


def on_enter(field: Widget, act: Callable[[], None]) -> None:
    """Act when Enter is hit in a text field; in one of another kind that never is.

    Args:
        field: the field.
        act: what to do; its text may still be on its way then.
    """

    def heard(_field: Widget, content: dict[str, Any], _buffers: object) -> None:
        if content.get("event") == "submit":
            act()

    field.on_msg(heard)


def silence(comm: BaseComm) -> None:
    """Let what a page still sends to a closed widget be heard by nobody.

    A second click may be on its way. The kernel would log it as sent to an unknown comm.

    Args:
        comm: that of a widget which has been closed.
    """
    comm.on_msg(None)
    # Under this name it is none of the widgets that a page asks the kernel for.
    comm.target_name = _GONE
    get_comm_manager().register_comm(comm)
    _deaf.append(comm)
    if len(_deaf) > _REMEMBERED:
        # The page may have closed it from its side.
        with suppress(KeyError):
            get_comm_manager().unregister_comm(_deaf.popleft())
