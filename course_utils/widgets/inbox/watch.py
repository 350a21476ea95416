"""Looks again by itself, in the notebook's loop, as long as what it looks for lives."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from course_utils.widgets.page.notebook_loop import notebook_loop

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

EVERY_SECONDS = 10.0


class Watch:
    """A task of the notebook's loop, which is free only while no cell runs.

    Without a loop, in a plain script, nothing is watched.

    Args:
        look: what takes a while; it is done in a thread beside the loop.
        take: is given what was seen, in the loop.
        wanted: whether to look at all now.
    """

    def __init__(
        self, look: Callable[[], Any], take: Callable[[Any], None], wanted: Callable[[], bool]
    ) -> None:
        self._look, self._take, self._wanted = look, take, wanted
        self._ended = False
        self._task: Future[None] | None = None
        loop = notebook_loop()
        if loop is not None and loop.is_running():
            self._task = asyncio.run_coroutine_threadsafe(self._go_on(), loop)

    def stop(self) -> None:
        """Look no more."""
        self._ended = True
        if self._task is not None:
            self._task.cancel()

    async def _go_on(self) -> None:
        while not self._ended:
            if self._wanted():
                # A look that fails says nothing: who presses Refresh is told why.
                with suppress(Exception):
                    self._take(await asyncio.to_thread(self._look))
            await asyncio.sleep(EVERY_SECONDS)
