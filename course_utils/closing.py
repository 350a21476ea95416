"""What is to be closed together with a checkpointer that is opened and closed here."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_closing: dict[int, ExitStack] = {}


@contextmanager
def closed_together(opened: Any) -> Iterator[None]:
    """Do at this context's end what `at_close` was asked to do for a thing.

    Args:
        opened: what its caller closes after that.
    """
    with ExitStack() as stack:
        _closing[id(opened)] = stack
        try:
            yield
        finally:
            del _closing[id(opened)]


def at_close(opened: Any, act: Callable[[], None]) -> None:
    """Do something just before a thing is closed.

    Args:
        opened: the thing; for one that is not within `closed_together`, nothing is done.
        act: what to do.
    """
    if id(opened) in _closing:
        _closing[id(opened)].callback(act)
