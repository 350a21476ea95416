"""The report on a class in a browser: nothing runs, nothing is asked for, anybody can read it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from course_utils.grading.reports.class_report.contents import contents
from course_utils.grading.reports.class_report.render import lesson_page, overview_page
from tests.support.hostile_class import hostile_class
from tests.support.invented_class import LESSON, invented_class

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

MADE = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
TOO_WIDE = """() => [...document.querySelectorAll('body *')].filter(element => {
    const box = element.getBoundingClientRect();
    return box.width && !element.matches('.skip') && box.right > innerWidth;
}).map(element => element.outerHTML.slice(0, 80))"""
CUT_SVG = """() => [...document.querySelectorAll('svg')].filter(svg => {
    const page = svg.getBoundingClientRect();
    return [...svg.querySelectorAll('rect, text, line')].some(drawn => {
        const box = drawn.getBoundingClientRect();
        return box.left < page.left - 1 || box.right > page.right + 1
            || box.top < page.top - 1 || box.bottom > page.bottom + 1;
    });
}).map(svg => svg.outerHTML.slice(0, 80))"""
CSP = "Content-Security-Policy"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the reports on an invented and on a hostile class, and an overview."""
    folder = tmp_path_factory.mktemp("reports")
    invented, hostile = contents(invented_class(30)), contents(hostile_class())
    files = {invented.lesson: "invented.html", hostile.lesson: "hostile.html"}
    pages = {
        "invented.html": lesson_page(invented, MADE),
        "hostile.html": lesson_page(hostile, MADE),
        "overview.html": overview_page([invented, hostile], files, MADE),
    }
    # Without its policy a page has escaping alone, which has to be enough.
    pages["unguarded.html"] = pages["hostile.html"].replace(CSP, "X-Nothing")
    for name, html in pages.items():
        (folder / name).write_text(html, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["invented", "hostile", "unguarded", "overview"])
def test_a_report_runs_nothing_and_asks_for_nothing(
    browser: Browser, reports: Path, name: str
) -> None:
    told: list[str] = []
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        context.expose_function("ran", lambda place: told.append(f"ran {place}"))
        page = context.new_page()
        page.on("dialog", lambda dialog: told.append(dialog.message))
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("request", lambda request: told.append(request.url))
        address = (reports / f"{name}.html").as_uri()
        page.goto(address)
        # What a click or a key could start.
        for link in page.locator("nav a").all():
            link.click()
        assert page.locator("h1").count() == 1
        page.evaluate("() => ran('the listener')")
    assert set(told) == {address, "ran the listener"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["invented", "overview"])
def test_a_report_is_for_everybody_in_both_themes(
    browser: Browser, reports: Path, name: str, scheme: str
) -> None:
    with browser.new_context(
        viewport={"width": 1280, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,  # for axe, which is a script
    ) as context:
        page = context.new_page()
        page.goto((reports / f"{name}.html").as_uri())
        ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate(TOO_WIDE) == []
        assert page.evaluate(CUT_SVG) == []


def test_a_printed_report_cuts_no_chart(page: Page, reports: Path) -> None:
    page.goto((reports / "invented.html").as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    # A4 without its margins, at 96 pixels an inch.
    page.set_viewport_size({"width": 688, "height": 1017})
    ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate(CUT_SVG) == []
    assert page.locator("nav").is_hidden()
    kept = page.evaluate(
        "() => ['figure', 'tr', '.flag'].map("
        "one => getComputedStyle(document.querySelector(one)).breakInside)"
    )
    assert kept == ["avoid"] * 3


def test_the_keyboard_reaches_the_content_and_every_part(page: Page, reports: Path) -> None:
    page.goto((reports / "invented.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    for link in page.locator("nav a").all():
        page.keyboard.press("Tab")
        focused = page.evaluate("() => document.activeElement.getAttribute('href')")
        assert focused == link.get_attribute("href")
        assert page.locator(focused).count() == 1
    assert LESSON in page.title()
