"""Whether a page can be shown, and showing it."""

from __future__ import annotations

import os
import sys
import webbrowser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def has_display() -> bool:
    """Tell whether there is a screen for a browser."""
    # Without one Python would open a text browser in this very terminal.
    return not sys.platform.startswith("linux") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )


def has_browser() -> bool:
    """Tell whether there is a browser that can be opened."""
    if not has_display():
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def show_page(path: Path) -> bool:
    """Open a page of this machine in a browser's tab; say whether one took it."""
    return has_display() and webbrowser.open_new_tab(path.resolve().as_uri())
