"""A lesson in JupyterLab has its title, contents and last place, and is closed without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from course_utils.exercises.kept import Passed, record
from tests.support.lab_page import NOTEBOOK
from tests.support.running_lab import ask_server

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.support.lab_page import LabPage

LESSON = "01_interrupt_before"
TITLE = "01 Stop before the act: interrupt_before"
CELL = "two-calls"
# As a learner who scrolls there. JupyterLab scrolls too while it draws the cells above, and takes
# another's scrolling back with an error.
GO_TO = f"""async id => {{
    {NOTEBOOK}
    const at = notebook.widgets.findIndex(cell => cell.model.id === id);
    notebook.activeCellIndex = at;
    const isThere = () => notebook.scrollToItem(at, 'start').then(() => true, () => false);
    while (!await isThere());
}}"""
LIST = """path => {
    const {commands, shell} = window.jupyterapp;
    shell.activateById('filebrowser');
    return commands.execute('filebrowser:go-to-path', {path});
}"""


def test_a_lesson_opens_with_its_title_and_contents_and_closes_without_a_question(
    lab_page: LabPage, workspace: Path
) -> None:
    page = lab_page.page
    there = sorted(path.name for path in (workspace / LESSON).iterdir())
    assert there == [f"{LESSON}.ipynb", "questions.json"]
    lab_page.open(f"{LESSON}/{LESSON}.ipynb")

    tab = page.get_by_role("tab", name=TITLE)
    expect(tab).to_be_visible()
    contents = page.locator("#table-of-contents")
    expect(contents.get_by_text("Exercise 2: List the calls that wait")).to_be_visible()
    # The kernel writes its name into the notebook, and that is saved.
    lab_page.wait_until_saved()
    page.evaluate(LIST, LESSON)
    listed = page.locator("#filebrowser .jp-DirListing-item")
    expect(listed).to_have_text([f"{LESSON}.ipynb"])
    tab.locator(".lm-TabBar-tabCloseIcon").click()
    expect(tab).to_have_count(0)
    assert page.locator(".jp-Dialog").count() == 0, "closing a lesson asks something"
    assert sorted(path.name for path in (workspace / LESSON).glob("[!.]*")) == there, "renamed"


def test_another_start_leads_back_to_the_cell_that_was_in_sight(
    lab: str, lab_page: LabPage, workspace: Path, page: Page
) -> None:
    record(workspace / LESSON / "progress.jsonl", Passed(exercise=1))
    lab_page.open(f"{LESSON}/{LESSON}.ipynb")
    with lab_page.page.expect_request(lambda sent: CELL in (sent.post_data or "")) as told:
        lab_page.page.evaluate(GO_TO, CELL)
    assert "/hitl/places" in told.value.url, told.value.url
    assert told.value.response() is not None

    page.goto(lab)
    page.get_by_role("button", name="Skip the tour").click()
    link = page.get_by_role("link", name="One approval covers every pending call")
    expect(link).to_have_text(f"{TITLE}: One approval covers every pending call")
    link.click()
    active = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell.jp-mod-active")
    expect(active).to_contain_text("two_mails")
    expect(active).to_be_in_viewport()

    # A link to another cell goes there, and not to the last place.
    page.get_by_role("tab", name=TITLE).locator(".lm-TabBar-tabCloseIcon").click()
    page.get_by_role("link", name="Continue").click()
    expect(active).to_contain_text("Exercise 2: List the calls that wait")
    expect(active).to_be_in_viewport()


def test_a_place_that_cannot_be_kept_stops_nobody(lab: str, workspace: Path) -> None:
    # Nothing can be written in its place, as on a disk that is full.
    (workspace / ".places.json").mkdir()
    assert ask_server(lab, "places", {"lesson": LESSON, "cell": CELL}) == (409, None)
    assert ask_server(lab, "places") == (200, {"cells": {}, "shown": []})
    code, page = ask_server(lab, "start")
    assert (code, page["last"]) == (200, None)
    assert page["lessons"]
