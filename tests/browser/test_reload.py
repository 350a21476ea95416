"""A page that is reloaded, and a second browser: every widget of the notebook is there, and works.

ipywidgets answers a page's request for all states in one message, so one box that lists a closed
widget would leave all of the page at "Loading widget...". Here it is done once, in `make soak` ten
times in a row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.reloads import decide_save_and_reload

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.support.lab_page import LabPage


def test_after_a_decision_a_reload_and_a_second_browser_show_every_widget_and_each_works(
    lab_page: LabPage, browser: Browser, workspace: Path
) -> None:
    decide_save_and_reload(lab_page, browser, workspace, times=1)
