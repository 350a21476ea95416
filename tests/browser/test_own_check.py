"""The button at a lesson's end checks the work, in a real JupyterLab, and links to the page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from course_utils.cli.page_check import NO_LESSON
from tests.support.aloud import assert_read_out, regions
from tests.support.running_lab import ask_server, asked_of_server

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Route

    from tests.support.lab_page import LabPage

LESSON = "00_start_here"
RUNS = "Your work is being checked."
CELLS = 18
NOTEBOOKS = "**/api/contents/**/*.ipynb*"
SECONDS = 60
RIGHT = "def sent(decisions):\n    return [to for to, how in decisions.items() if how == 'approve']"
TYPE = """([cell, source]) => window.jupyterapp.shell.currentWidget.content.widgets[cell]
    .model.sharedModel.setSource(source)"""
IN_FRONT = "() => window.jupyterapp.shell.currentWidget.context.path"
# Keeps what the bar says of itself each time that it says something new.
WATCH = """() => {
    window.said = [];
    new MutationObserver(() => {
        const bar = document.querySelector(".hitl-check [role=progressbar]");
        const now = bar && [bar.ariaLabel, Number(bar.ariaValueNow), bar.ariaValueText];
        if (now && String(now) !== String(window.said.at(-1))) window.said.push(now);
    }).observe(document.body, {subtree: true, childList: true, attributes: true});
}"""


def test_a_press_checks_what_stands_in_the_page_and_the_link_opens_the_page_of_it(
    lab_page: LabPage, workspace: Path
) -> None:
    page = lab_page.page
    lab_page.open(f"{LESSON}/{LESSON}.ipynb")
    lab_page.run("progress()")
    end = lab_page.output("progress()")
    button, bar = end.get_by_role("button", name="Check my work"), end.get_by_role("progressbar")
    told = end.get_by_role("status")
    expect(told).to_have_text("It saves the notebook, and checks it as an instructor would.")
    assert_nothing_is_checked_that_cannot_be_saved(lab_page)
    # What is right is typed, and not saved.
    page.evaluate(TYPE, [lab_page.index("def sent("), RIGHT])
    page.evaluate(WATCH)
    silent = regions(page)
    button.focus()
    button.press("Enter")
    expect(told).to_have_text(RUNS)
    expect(bar).to_have_attribute("aria-valuemin", "0")
    expect(told).to_have_text("Your work is checked: 8 of 20 points.", timeout=SECONDS * 1000)
    assert_read_out(page, silent, "8 of 20")
    expect(bar).to_have_count(0)
    expect(button).to_be_focused()
    rows = [" ".join(row.split()) for row in end.get_by_role("row").all_inner_texts()]
    assert rows[1].endswith("not done yet 0 of 8"), rows
    assert rows[2].endswith("passed 8 of 8"), rows
    assert_it_moved(page.evaluate("window.said"))
    problems = Axe().run(page, context=".hitl-check").response["violations"]
    assert [one["id"] for one in problems if one["impact"] in {"serious", "critical"}] == []

    # The page is there, behind the lesson.
    assert (workspace / LESSON / "check.html").exists()
    expect(page.locator(".lm-TabBar-tabLabel", has_text="Check of 00")).to_be_visible()
    assert page.evaluate(IN_FRONT) == f"{LESSON}/{LESSON}.ipynb"
    end.get_by_role("link", name="Open the page").click()
    tab = page.locator(".jp-HTMLViewer iframe")
    expect(tab).to_be_visible()
    expect(tab.content_frame.get_by_text(f"{LESSON} (Score: 8.0 / 20.0)")).to_be_visible()


def assert_it_moved(said: list[tuple[str, float, str]]) -> None:
    """Check what the bar said of itself: it has a name, and went on with cells and tests."""
    assert {name for name, _, _ in said} == {"How much of your work is checked"}, said
    values = [value for _, value, _ in said]
    assert values == sorted(values), said
    assert values[0] == 0, said
    assert 0 < values[-1] <= 100, said
    assert f"{CELLS} of {CELLS} cells run, 2 of 2 tests marked." in [each[2] for each in said]


def assert_nothing_is_checked_that_cannot_be_saved(lab_page: LabPage) -> None:
    """Press the button while the server refuses to save."""
    page, end, asked = lab_page.page, lab_page.output("progress()"), list[str]()
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.route(NOTEBOOKS, _fail_to_save)
    end.get_by_role("button", name="Check my work").click()
    said = "Nothing was checked: the notebook could not be saved."
    expect(end.get_by_role("status")).to_contain_text(said)
    expect(end.get_by_role("progressbar")).to_have_count(0)
    page.unroute(NOTEBOOKS)
    assert [path for path in asked if path.endswith("/hitl/check")] == []
    page.locator(".jp-Dialog").get_by_role("button").last.click()


def _fail_to_save(route: Route) -> None:
    if route.request.method == "PUT":
        route.fulfill(status=500, body='{"message": "No space left on device"}')
    else:
        route.fallback()


def test_a_page_that_is_closed_ends_no_check_and_the_next_one_waits(
    lab: str, workspace: Path
) -> None:
    with asked_of_server(lab, "check", {"folder": LESSON}) as answer:
        first = json.loads(answer.readline())
    assert first.keys() <= {"cells", "tests"}, first
    answered = [ask_server(lab, "check", {"folder": name}) for name in ("kept", f"../{LESSON}")]
    assert (workspace / LESSON / "check.html").exists()
    assert answered == [(200, {"problem": NO_LESSON})] * 2
    refused = [ask_server(lab, "check", told)[0] for told in ({"folder": 1}, [], {})]
    assert refused == [400, 400, 400]
