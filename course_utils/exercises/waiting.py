"""The place above a test's words: empty, unless the test takes long or is not done yet."""

from __future__ import annotations

import threading
from contextvars import copy_context
from html import escape
from uuid import uuid4

from IPython.display import display, update_display

from course_utils.neighbours.ipykernel import in_a_kernel

_SECONDS = 2.0
# Always shown, and what stands there in the end, so that a lesson's stored outputs are the same
# on a slow machine and on a fast one.
_EMPTY = "<span class='hitl-test'></span>"
# JupyterLab gives an error a red ground. A task that is still to be done is no error.
_CALM = """<style>
.jp-OutputArea-child:has(.hitl-not-done) ~ .jp-OutputArea-child
  .jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"] {background: none;}
</style><span class='hitl-not-done'></span>"""


class Waiting:
    """A line that appears when a test has run for two seconds, and goes when it has ended.

    Outside a kernel nothing is shown.

    Args:
        words: the line.
    """

    def __init__(self, words: str) -> None:
        self._line = f"<span class='hitl-test' role='status'>{escape(words)}</span>"
        self._place = ""
        self._timer: threading.Timer | None = None
        self._is_shown = False

    def begin(self) -> None:
        """Keep the place free, and start to count."""
        if not in_a_kernel():
            return
        self._place = uuid4().hex
        display({"text/html": _EMPTY}, raw=True, display_id=self._place)  # type: ignore[no-untyped-call]
        # In a copy of the cell's context, so that the line appears below the cell.
        self._timer = threading.Timer(_SECONDS, copy_context().run, (self._show, self._line))
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        """Take the line away, if it was shown."""
        if self._timer is None:
            return
        self._timer.cancel()
        self._timer.join()
        if self._is_shown:
            self._show(_EMPTY)

    def calm(self) -> None:
        """Have the error that comes next shown without red."""
        self._show(_CALM)

    def _show(self, html: str) -> None:
        if self._place:
            self._is_shown = True
            update_display({"text/html": html}, raw=True, display_id=self._place)  # type: ignore[no-untyped-call]
