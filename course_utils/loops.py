"""Coroutines awaited from plain code, also while Jupyter's own loop is running."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import wait
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")

# How often a thread that waits wakes up, since an interrupt reaches it only then.
_SECONDS = 0.2


def run(coroutine: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop | None = None) -> T:
    """Wait for a coroutine from a thread that runs no loop, or none that may be waited in.

    Args:
        coroutine: what to run.
        loop: the running loop to run it in, which must belong to another thread; without one, a
            loop of our own in the background.

    Raises:
        KeyboardInterrupt: if the waiting thread was interrupted; the coroutine is cancelled.
        Exception: whatever the coroutine raises.
    """
    running = asyncio.run_coroutine_threadsafe(coroutine, loop or _background())
    try:
        while not wait([running], _SECONDS).done:
            pass
    except BaseException:
        # Whoever waits was interrupted, and nobody would hear of what the coroutine still does.
        running.cancel()
        raise
    return running.result()


@cache
def _background() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="course-utils-loop", daemon=True).start()
    return loop
