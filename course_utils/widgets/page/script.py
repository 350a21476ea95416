"""A script of ours in a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import DOMWidget
from traitlets import Unicode

if TYPE_CHECKING:
    from collections.abc import Mapping


class Script(DOMWidget):
    """A script that runs in the page beside a card, and that is not seen.

    It is shown by anywidget's half in the page; its half in Python would add a twentieth of a
    second to the import, for nothing that is needed. A subclass gives `_anywidget_id` and `_esm`.
    """

    _model_name = Unicode("AnyModel").tag(sync=True)
    _model_module = Unicode("anywidget").tag(sync=True)
    _model_module_version = Unicode("~0.11.*").tag(sync=True)
    _view_name = Unicode("AnyView").tag(sync=True)
    _view_module = Unicode("anywidget").tag(sync=True)
    _view_module_version = Unicode("~0.11.*").tag(sync=True)

    def __init__(self) -> None:
        super().__init__(layout={"display": "none"})
        self.on_msg(lambda _, content, __: self.take(content))

    def take(self, content: Mapping[str, Any]) -> None:
        """Hear what the script sends.

        Args:
            content: the page's message.
        """
        raise NotImplementedError
