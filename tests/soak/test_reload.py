"""Ten times in a row a decision, a save, a reload and a second browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.support import chromium
from tests.support.lab_page import LabPage
from tests.support.reloads import decide_save_and_reload
from tests.support.running_lab import address, running_lab

if TYPE_CHECKING:
    from pathlib import Path


def test_ten_times_in_a_row_every_widget_is_there_and_works(tmp_path: Path) -> None:
    found = chromium.find()
    assert found is not None, chromium.ADVICE
    workspace = tmp_path / "workspace"
    with (
        running_lab(workspace, tmp_path / "home") as printed,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=found, args=chromium.FLAGS) as browser,
    ):
        lab_page = LabPage(browser.new_page(), address(printed))
        decide_save_and_reload(lab_page, browser, workspace, times=10)
