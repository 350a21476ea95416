"""The start page in a real JupyterLab: it leads to what is undone, and follows what is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from course_utils.exercises.kept import Passed, record
from tests.support.tab_key import assert_tab_leads_through

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.lab_page import LabPage

FIRST, LAST = "00_start_here", "10_capstone"
HOSTILE = "<img src=x onerror=document.title=1>"


def test_it_leads_to_what_is_undone_and_follows_what_is_done(
    lab_page: LabPage, workspace: Path
) -> None:
    page = lab_page.page
    record(workspace / FIRST / "progress.jsonl", Passed(exercise=1))
    (workspace / FIRST / "attempts.jsonl").write_text("torn\n")
    last = workspace / LAST / f"{LAST}.ipynb"
    last.write_text(last.read_text().replace("# Capstone: A desk", f"# {HOSTILE}: A desk"))
    # The notebook comes first, so that the page of JupyterLab is there.
    lab_page.open("reference/reference.ipynb")
    page.get_by_role("menuitem", name="Help").click()
    page.get_by_role("menuitem", name="Start Page").click()

    start = page.locator("#hitl-start")
    expect(start.get_by_role("heading", level=1)).to_be_visible()
    expect(start.get_by_text(f"{HOSTILE}: A desk")).to_be_visible()
    assert start.locator("img").count() == 0, "a title is shown as HTML"
    expect(start.get_by_text("attempts.jsonl: 1 line cannot be read.")).to_be_visible()
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        lab_page.use_theme(theme)
        found = Axe().run(page, context="#hitl-start").response["violations"]
        bad = [each["id"] for each in found if each["impact"] in {"serious", "critical"}]
        assert bad == [], f"{theme}: {found}"
    lab_page.use_theme("JupyterLab Light")
    assert_tab_leads_through(start)

    page.evaluate("window.jupyterapp.shell.activateById('hitl-start')")
    expect(start).to_be_focused()
    page.keyboard.press("Tab")
    expect(start.locator(".hitl-continue")).to_be_focused()
    page.keyboard.press("Enter")
    lesson = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    expect(lesson.get_by_role("heading", name="Exercise 2")).to_be_in_viewport()
    lab_page.wait_until_idle()
    assert page.locator(".jp-Dialog").count() == 0, "a dialog asks the learner something"

    page.evaluate("window.jupyterapp.shell.activateById('hitl-start')")
    expect(start.get_by_text("1 of 2 exercises")).to_be_visible()
    record(workspace / FIRST / "progress.jsonl", Passed(exercise=2))
    expect(start.get_by_text("2 of 2 exercises")).to_be_visible()
