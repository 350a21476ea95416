"""A press on a card, bound to what stood in its fields when it was made.

A page sends a typed text and the click after it as two messages of two widgets, and nothing
promises their order. A card therefore holds one `Presses`, whose script (`presses.js`) sends the
press and all fields in one message. Where the script cannot run, the page sends plain clicks; what
such a click would send is read back first (`ReadBack`).
"""

from __future__ import annotations

import math
from contextvars import ContextVar
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from ipywidgets import Button, DOMWidget, Text, Textarea
from traitlets import Unicode

from course_utils.neighbours.ipykernel import begun_in_a_page
from course_utils.review.forms.json_text import shortened
from course_utils.widgets.page.notebook_loop import handle_in_notebook
from course_utils.widgets.page.script import Script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ipywidgets import Widget

    from course_utils.widgets.page.parts import Panel

W = TypeVar("W", bound="DOMWidget")

READ_BACK = (
    "This page does not run the card's script, so what was typed last may not have arrived yet. "
    "This has arrived: {typed}. Press again to send exactly this."
)
_HERE = Path(__file__).parent
# The second is the plugin's too, which a page asks for by itself.
_SCRIPTS = ("presses.js", "labextensions/course-utils/plugin/ended.js")
_SCRIPT = "\n".join((_HERE / name).read_text(encoding="utf-8") for name in _SCRIPTS)
# A key that is held down begins to repeat after half a second or more, 0.66 s on many machines.
_QUIET_SECONDS = 0.7


def part(widget: W) -> W:
    """Make a button or a field a part of the card it will stand in, and return it.

    Args:
        widget: a new widget, in which nothing has been pressed or typed yet.
    """
    widget.add_class(f"hitl-part-{widget.model_id}")
    handle_in_notebook(widget)
    return widget


def read_out(widget: W) -> W:
    """Have what comes into a part of a card read out to who cannot see it, and return the part.

    Args:
        widget: shows words, and stays where it is while the words come and go. A screen reader
            may pass over words that come together with what they stand in.
    """
    widget.add_class("hitl-read-out")
    return widget


def give_focus(widget: DOMWidget) -> None:
    """Put the focus on a part, in the page whose press is being carried out, and in no other.

    It stays where it is if the person has gone on to something else there. A cell moves no focus.
    """
    presses = _carrying_out.get()
    if presses is not None:
        presses.send({"focus": widget.model_id})
    elif begun_in_a_page():
        # A plain click, of a page without the script.
        widget.focus()


class ReadBack:
    """Lets a plain click send only what the page was shown to have arrived.

    ipywidgets holds a text back while an earlier one is on its way, and lets a click pass it. In a
    page without the script a first press therefore shows what has arrived, and a second sends it.
    """

    def __init__(self) -> None:
        self._shown: object = None

    def asks_for(self, typed: object) -> str:
        """Return what a person has to read before this is sent; empty where it may be sent now.

        Args:
            typed: what stands in the fields, by what the kernel has heard.
        """
        plain = begun_in_a_page() and _carrying_out.get() is None
        if not plain or typed == self._shown:
            self._shown = None
            return ""
        self._shown = typed
        return READ_BACK.format(typed=shortened(str(typed)))


class Quiet:
    """Tells a press from the second half of the press before it.

    The second half of a double click and a key that is held down hit the buttons that come next,
    which stand in the same place and have the focus. So a press counts after a short quiet.
    """

    def __init__(self) -> None:
        self._last_press = -math.inf

    def breaks(self) -> bool:
        """Tell whether what runs now is a press in a page that came too soon, and remember it."""
        if not begun_in_a_page():
            return False
        before, self._last_press = self._last_press, monotonic()
        return self._last_press - before < _QUIET_SECONDS

    def begin(self) -> None:
        """Begin anew: what a press has brought about is shown now."""
        self._last_press = monotonic()


class Presses(Script):
    """What a card's page sends: which part was pressed, and what stood in the fields then.

    Args:
        card: the panel that holds this widget as one of its own children, with the parts below it.
        enter: what a press on Enter in a field of class `hitl-enter` does.
    """

    _anywidget_id = Unicode("course_utils.widgets.page.presses").tag(sync=True)
    _esm = Unicode(_SCRIPT).tag(sync=True)

    def __init__(self, card: Panel, enter: Callable[[], None] | None = None) -> None:
        super().__init__()
        self._card = card
        self._enter = enter
        card.add_class("hitl-presses")
        # Named as the parts are, for the script to ask the kernel whether it still knows it.
        part(self)

    def take(self, content: Mapping[str, Any]) -> None:
        """Fill in the fields as they stood, then press.

        Args:
            content: the page's message: `pressed`, a part; `words`, what a button said then;
                `fields`, states by part.
        """
        parts = {one.model_id: one for one in _parts(self._card)}
        act = self._act_of(parts.get(content["pressed"]), content["words"])
        if act is None:
            return
        for name, state in content["fields"].items():
            if name in parts and not _stands(parts[name], state):
                parts[name].set_state(state)
        before = _carrying_out.set(self)
        try:
            act()
        finally:
            _carrying_out.reset(before)

    def _act_of(self, pressed: Widget | None, words: str) -> Callable[[], None] | None:
        """Return what a press does, None where its part has gone or means something else by now."""
        if not isinstance(pressed, Button):
            return None if pressed is None else self._enter
        meant = pressed.description == words and not pressed.disabled
        return pressed.click if meant else None


# An async graph's decision goes on in a copy of the press's context.
_carrying_out: ContextVar[Presses | None] = ContextVar("_carrying_out", default=None)


def _parts(widget: Widget) -> Iterator[Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _parts(child)


def _stands(field: Widget, state: Mapping[str, Any]) -> bool:
    """Tell whether a field holds this already, however the page writes line ends."""
    held = {name: getattr(field, name) for name in state}
    if isinstance(field, Textarea):
        held = {"value": field.value.replace("\r\n", "\n").replace("\r", "\n")}
    elif isinstance(field, Text):
        held = {"value": field.value.replace("\r", "").replace("\n", "")}
    return held == state
