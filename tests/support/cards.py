"""What a person sees on a card: its words, and the buttons that can be pressed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Button

from course_utils.widgets.page.presses import Presses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipywidgets import Widget


def html(card: Widget) -> str:
    """All the HTML on a card, from top to bottom."""
    return "\n".join(part.value for part in _parts(card) if isinstance(part, HTML))


def seen(card: Widget) -> str:
    """All the words on a card, without markup."""
    return re.sub(r"<style>.*?</style>|<[^>]+>", " ", html(card), flags=re.S)


def buttons(card: Widget) -> list[str]:
    """The words on a card's buttons, those that are disabled left out."""
    return [
        part.description for part in _parts(card) if isinstance(part, Button) and not part.disabled
    ]


def _parts(widget: Any) -> Iterator[Any]:
    if widget.layout.display == "none":
        return
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _parts(child)


def pressed_in_a_page(
    card: Any, words: str, fields: dict[Any, Any]
) -> tuple[Presses, dict[str, Any]]:
    """Return who hears of a button pressed in a page, and the message with these fields in it."""
    (presses,) = [child for child in card.children if isinstance(child, Presses)]
    (button,) = [p for p in _parts(card) if isinstance(p, Button) and p.description == words]
    states = {field.model_id: {"value": value} for field, value in fields.items()}
    return presses, {"pressed": button.model_id, "words": words, "fields": states}
