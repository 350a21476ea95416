"""The life of a card's parts: the one place where a widget is closed.

ipywidgets answers a page that was reloaded with the state of every live widget, in one message. A
live box that still lists a closed widget has no state to give, and then no widget of the page comes
back, whosever it is. So a panel is the owner of what it lists: taking a part off the list closes
it, and nothing else closes anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import Box, DOMWidget, HBox, VBox, Widget
from traitlets import observe

from course_utils.neighbours.ipywidgets import silence

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Owner(Box):
    """A box that owns its children: one that it no longer lists is closed, with all below it.

    A part that is only not shown for a while stays listed; see `hide`.
    """

    def close(self) -> None:
        """Close this box, and then all that it lists."""
        _close(self)

    @observe("children")
    def _close_those_gone(self, change: Any) -> None:
        # The page and the kernel have the new list by now.
        before = () if change["old"] is None else change["old"]
        for part in before:
            if part not in self.children:
                _close(part)


class Panel(_Owner, VBox):
    """An owner whose parts stand one below the other."""


class Row(_Owner, HBox):
    """An owner whose parts stand side by side, on as many lines as they need."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(parts, layout={"flex_flow": "wrap"})


def hide(part: Any, *, hidden: bool) -> None:
    """Show a part or do not, while it stays where it is."""
    part.layout.display = "none" if hidden else None


def is_hidden(part: Any) -> bool:
    """Tell whether a part is not shown."""
    return bool(part.layout.display == "none")


def _close(widget: Widget) -> None:
    """Close a widget, and then what only it refers to: first whoever lists, then the listed."""
    if widget.comm is None:
        return
    below = list(_below(widget))
    comm = widget.comm
    Widget.close(widget)
    if isinstance(widget, DOMWidget):
        silence(comm)
    for part in below:
        _close(part)


def _below(widget: Widget) -> Iterator[Widget]:
    """Yield the children of a widget, its layout, its style, and whatever else it refers to."""
    for name in widget.keys:
        value = getattr(widget, name)
        several = value if isinstance(value, (list, tuple)) else (value,)
        yield from (part for part in several if isinstance(part, Widget))
