"""What an inbox needs of its page: to show what was opened, and to say that the page lives."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from traitlets import Unicode

from course_utils.widgets.page.notebook_loop import handle_in_notebook
from course_utils.widgets.page.script import Script

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipywidgets import DOMWidget

_SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
# A page in a background tab may say so once a minute only.
SILENCE_SECONDS = 75


class InboxPage(Script):
    """The script of an inbox."""

    _anywidget_id = Unicode("course_utils.widgets.inbox.page").tag(sync=True)
    _esm = Unicode(_SCRIPT).tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self._heard: float | None = None
        handle_in_notebook(self)

    def take(self, content: Mapping[str, Any]) -> None:
        """Hear that a page shows the inbox."""
        if content.get("beat"):
            self._heard = monotonic()

    @property
    def gone(self) -> bool:
        """Whether a page has shown the inbox, and none does any more."""
        return self._heard is not None and monotonic() - self._heard > SILENCE_SECONDS

    def show(self, part: DOMWidget) -> None:
        """Scroll a part into view and give it the focus, in the page where somebody pressed."""
        self.send({"show": part.model_id})
