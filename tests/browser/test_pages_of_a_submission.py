"""What a student wrote runs in nobody's browser: not on a feedback page, not in Formgrader."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import nbformat
import pytest

from tests.support.hostile_page import STOCK_RUNS, hostile_code, hostile_notebook, tag
from tests.support.nbgrader_pages import feedback_page, formgrader, ours, submission_address
from tests.support.rows import scores
from tests.support.small_course import LESSON, small_course
from tests.support.submissions import hand_in, solutions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page, Route

    from tests.support.course import Course

STUDENT = "x' onmouseover=ran(1) &amp;"
CSP = re.compile(r'<meta [^>]*http-equiv="Content-Security-Policy"[^>]*>')
IN_BODY = """() => [...document.body.querySelectorAll('*')].flatMap(element => [
    ...element.matches('script, iframe, object, embed, form, svg') ? [element.tagName] : [],
    ...element.protocol === 'javascript:' ? [element.href] : [],
    ...element.getAttributeNames().filter(name => name.startsWith('on')),
])"""
TRY_ALL = """() => document.querySelectorAll('*').forEach(element => {
    if (element.protocol === 'javascript:') element.click();
    for (const name of element.getAttributeNames().filter(name => name.startsWith('on')))
        element.dispatchEvent(new Event(name.slice(2)));
})"""
TELL_BLOCKED = """addEventListener('securitypolicyviolation',
    event => event.effectiveDirective.startsWith('script') && blocked(event.sourceFile))"""


@dataclass
class Seen:
    """What a browser saw of a page.

    Attributes:
        ran: the places whose scripts ran.
        blocked: what the page's policy kept from running.
        live: what could run in its body.
        asked: what it asked other machines for.
        text: what a reader sees.
    """

    ran: set[str] = field(default_factory=set)
    blocked: list[str] = field(default_factory=list)
    live: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    text: str = ""


def listen(context: BrowserContext) -> Seen:
    """Have whatever runs on the pages of a context told; no other machine is asked."""
    seen = Seen()
    context.expose_function("ran", lambda place: seen.ran.add(str(place)))
    context.expose_function("blocked", lambda source: seen.blocked.append(str(source)))
    context.add_init_script(TELL_BLOCKED)
    context.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: route.abort())
    context.on("dialog", lambda dialog: seen.ran.add(dialog.message))
    context.on(
        "requestfailed",
        lambda request: request.url.startswith("http") and seen.asked.append(request.url),
    )
    return seen


def try_all(page: Page, seen: Seen) -> Seen:
    """Do on an open page whatever could make something run."""
    seen.live = page.evaluate(IN_BODY)
    page.evaluate(TRY_ALL)
    # What ran by now is told before this is.
    page.evaluate("() => ran('the listener')")
    assert "the listener" in seen.ran, "the page would not tell what runs on it"
    seen.ran.remove("the listener")
    seen.text = page.inner_text("body")
    return seen


@pytest.fixture
def look(browser: Browser, tmp_path: Path) -> Callable[[str], Seen]:
    """Open a page as a file, as a student does, and do all that could run something."""

    def open_page(html: str) -> Seen:
        path = tmp_path / "page.html"
        path.write_text(html, encoding="utf-8")
        with browser.new_context() as context:
            seen = listen(context)
            page = context.new_page()
            page.goto(path.as_uri())
            return try_all(page, seen)

    return open_page


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A graded submission whose kernel sent all it could, with its feedback page."""
    course = small_course(tmp_path_factory.mktemp("pages"))
    course.release()
    hand_in(course, STUDENT, {**solutions(course), "double": hostile_code()}, None)
    course.must("autograde", LESSON)
    course.must("generate_feedback", LESSON)
    return course


@pytest.fixture(scope="module")
def page_of_all(course: Course) -> str:
    """The feedback page of a notebook with a script in every place, by our configuration."""
    return feedback_page(hostile_notebook(valid=False), ours(course.root))


@pytest.fixture(scope="module")
def stock_page() -> str:
    return feedback_page(hostile_notebook(valid=True))


def test_nbgraders_own_page_runs_what_a_student_wrote(
    look: Callable[[str], Seen], stock_page: str
) -> None:
    assert look(stock_page).ran == STOCK_RUNS


@pytest.mark.parametrize("wall", ["with its policy", "without"])
def test_nothing_on_a_feedback_page_could_run(
    look: Callable[[str], Seen], page_of_all: str, wall: str
) -> None:
    page = page_of_all if wall == "with its policy" else CSP.sub("", page_of_all)
    assert len(CSP.findall(page)) == (wall == "with its policy")
    seen = look(page)
    assert "ran('cell/code')" in seen.text, "the page does not show the cell at all"
    assert (seen.ran, seen.blocked, seen.live, seen.asked) == (set(), [], [], [])


def test_the_policy_alone_keeps_all_of_it_from_running(
    look: Callable[[str], Seen], stock_page: str, page_of_all: str
) -> None:
    policy = CSP.findall(page_of_all)[0]
    seen = look(stock_page.replace("<head>", f"<head>{policy}", 1))
    assert seen.ran == set()
    assert seen.blocked


def test_what_a_kernel_sent_is_graded_and_runs_on_no_page(
    look: Callable[[str], Seen], course: Course
) -> None:
    assert scores(course, STUDENT)["double-test"] == 0
    seen = look(course.page(STUDENT))
    assert "ran('stream/stdout')" in seen.text, "the page does not show what the kernel sent"
    assert (seen.ran, seen.blocked, seen.live, seen.asked) == (set(), [], [], [])


@pytest.fixture(scope="module")
def served(course: Course) -> Iterator[str]:
    """Formgrader's address; it shows a notebook that somebody's code wrote after the grading."""
    graded = course.root / "grading" / "autograded" / STUDENT / LESSON / f"{LESSON}.ipynb"
    own = nbformat.read(graded, as_version=4)
    hostile = hostile_notebook(valid=False)
    hostile.cells += own.cells
    graded.write_text(nbformat.v4.writes(hostile))
    with formgrader(course) as address:
        yield address


def test_formgrader_runs_its_own_scripts_and_nothing_else(
    browser: Browser, course: Course, served: str
) -> None:
    with browser.new_context() as context:
        seen = listen(context)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(submission_address(course, served, STUDENT))
        page.wait_for_function("() => formgrader.loaded && formgrader.grades.loaded")
        with page.expect_response(lambda response: response.request.method == "PUT") as saved:
            page.locator("#double-more").fill("1.5")
            page.locator("#double-more").blur()
        page.locator(".name-hidden.glyphicon").click()
        assert page.locator("a.name-shown").inner_text().strip() == STUDENT
        try_all(page, seen)
        assert saved.value.json()["manual_score"] == 1.5
    assert "ran('cell/code')" in seen.text, "the page does not show the cell at all"
    assert (seen.ran, seen.blocked, seen.asked, errors) == (set(), [], [], [])
    assert seen.live == ["onclick", "onclick", "SCRIPT"]


def test_formgraders_policy_alone_keeps_markup_from_running(
    browser: Browser, course: Course, served: str
) -> None:
    address = submission_address(course, served, STUDENT)

    def with_markup(route: Route) -> None:
        page = route.fetch().text()
        assert "<body>" in page
        route.fulfill(body=page.replace("<body>", f"<body>{tag('body')}"), content_type="text/html")

    with browser.new_context() as context:
        seen = listen(context)
        context.route(address, with_markup)
        page = context.new_page()
        page.goto(address)
        try_all(page, seen)
    assert seen.ran == set()
    assert seen.blocked
