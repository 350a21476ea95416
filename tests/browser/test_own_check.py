"""The button at a lesson's end checks the work, in a real JupyterLab, and links to the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.aloud import assert_read_out, regions

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.lab_page import LabPage

LESSON = "00_start_here"
SECONDS = 60


def test_a_press_checks_the_work_and_the_link_opens_the_page(
    lab_page: LabPage, workspace: Path
) -> None:
    lab_page.open(f"{LESSON}/{LESSON}.ipynb")
    lab_page.run("progress()")
    end = lab_page.output("progress()")
    button = end.get_by_role("button", name="Check my work")
    expect(button).to_be_enabled()
    silent = regions(lab_page.page)
    button.focus()
    button.press("Enter")
    told = end.get_by_role("alert")
    expect(told).to_contain_text("0 of 20", timeout=SECONDS * 1000)
    expect(told).to_contain_text("not done yet")
    assert_read_out(lab_page.page, silent, "0 of 20")
    # No progress bar is drawn in the page.
    assert told.inner_text().split()[0] == LESSON
    expect(button).to_be_enabled()
    assert (workspace / LESSON / "check.html").exists()
    problems = Axe().run(lab_page.page, context=".hitl-own-check").response["violations"]
    assert [one["id"] for one in problems if one["impact"] in {"serious", "critical"}] == []
    end.get_by_role("link", name="Open the page").click()
    tab = lab_page.page.locator(".jp-HTMLViewer iframe")
    expect(tab).to_be_visible()
    page = tab.content_frame
    expect(page.get_by_text(f"{LESSON} (Score: 0.0 / 20.0)")).to_be_visible()
