"""While the test of an exercise runs, the lessons' models answer offline, whatever HITL_MODEL says.

A test compares what an exercise did with what it should do. So its replies must not depend on a
model that words them differently each time.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# How many tests run now. A graph answers in threads of its own, so this is no context variable.
_running = 0


@contextmanager
def testing() -> Iterator[None]:
    """Have every model of `chat_model()` answer offline while the block lasts."""
    global _running  # noqa: PLW0603  (one kernel, one count)
    _running += 1
    try:
        yield
    finally:
        _running -= 1


def is_testing() -> bool:
    """Tell whether the test of an exercise runs now."""
    return _running > 0
