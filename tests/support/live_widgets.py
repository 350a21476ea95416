"""The widgets that are live in this process, as a page that is reloaded asks for them."""

from __future__ import annotations

import warnings

from ipywidgets import Widget


def live() -> dict[str, Widget]:
    """Return the live widgets by their ids, their layouts and styles among them."""
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        return dict(Widget.widgets)


def stateless() -> list[str]:
    """Return what goes wrong when every live widget is asked for its state, one line each."""
    wrong = []
    for widget in live().values():
        try:
            widget.get_state()
        except Exception as error:
            wrong.append(f"{type(widget).__name__}: {error}")
    return wrong
