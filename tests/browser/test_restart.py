"""What the cards of a notebook show when their kernel has ended, and how they come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from course_utils.quiz.released import released_questions
from tests.support.lab_page import LabPage
from tests.support.reloads import BUTTON, INBOX, MAILS, QUIZ
from tests.support.small_bank import bank_from
from tests.support.small_notebook import written

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator

ENDED = "The kernel behind this has ended. Run the cell again."
BOX = "import ipywidgets\nbox = ipywidgets.VBox([ask('01_pauses/effects')])\nbox"
CARD, LIST, QUESTION = "InMemorySaver", "Inbox(graph", "01_pauses/needs"
BARE, BOXED = "bare.on_click", "01_pauses/effects"
OURS = {
    CARD: "Paused before tools.",
    LIST: "1-2 of 3",
    QUESTION: "What does a pause need?",
    BOXED: "",
}
# JupyterLab resolves at once what it knows; it gives up on a widget after six seconds.
GIVES_UP = 30_000  # ms; a page looks for a kernel for some seconds, and more on a busy machine
BROKEN_LINKS = """output => [...output.querySelectorAll(".jupyter-widgets-disconnected")].filter(
    part => part.checkVisibility() && getComputedStyle(part, "::before").content.includes("\\uf127")
).length"""


@pytest.fixture
def notebook(lab_page: LabPage, workspace: Path) -> LabPage:
    """A notebook with each of our widgets, one in a box, and a learner's own button; all run."""
    questions = released_questions(bank_from(workspace.parent), "practice")
    (workspace / "questions.json").write_bytes(questions)
    lab_page.open(
        written(workspace / "all.ipynb", MAILS, INBOX, QUIZ, BUTTON, BOX, "later = graph")
    )
    lab_page.run_all()
    assert lab_page.errors() == []
    return lab_page


def test_a_page_that_is_open_or_reloaded_shows_nothing_alive_and_each_cell_can_be_run_again(
    notebook: LabPage, browser: Browser
) -> None:
    notebook.save()
    with browser.new_context(viewport={"width": 1280, "height": 800}) as elsewhere:
        second = LabPage(elsewhere.new_page(), notebook.address)
        second.open("all.ipynb")
        expect(second.output(QUESTION).get_by_role("button", name="Submit")).to_be_enabled()
        notebook.restart()
        for page in (notebook, second):
            for text, words in OURS.items():
                assert_ended(page.output(text), words)
        expect(notebook.output(QUESTION).get_by_label("Luck")).to_be_disabled()
        assert faults(notebook) == []
    expect(notebook.output(BARE).get_by_role("button", name="Pressed 0 times")).to_be_visible()
    assert notebook.output(BARE).evaluate(BROKEN_LINKS) == 1, "the learner's own is JupyterLab's"

    notebook.save()
    notebook.reload()
    for text, words in OURS.items():
        assert_ended(notebook.output(text), words)
    assert faults(notebook) == []
    expect(notebook.output(BARE)).to_contain_text("model not found", timeout=GIVES_UP)

    notebook.run(QUESTION)
    expect(notebook.output(QUESTION).get_by_role("button", name="Submit")).to_be_enabled()
    assert ENDED not in notebook.output(QUESTION).inner_text()
    notebook.run("later = graph")
    assert notebook.errors() == ["NameError: name 'graph' is not defined"]
    expect(notebook.output("later = graph")).to_contain_text(
        "graph is made in a cell above, in the line graph = builder.compile("
    )
    notebook.run(CARD)
    notebook.output(CARD).get_by_role("button", name="Approve").click()
    expect(notebook.output(CARD).get_by_role("cell", name="mail-1")).to_be_visible()
    notebook.run(BARE)
    notebook.output(BARE).get_by_role("button").click()
    expect(notebook.output(BARE)).to_contain_text("Pressed 1 times")


def test_a_kernel_that_is_shut_down_or_replaced_has_ended_and_one_connected_anew_has_not(
    notebook: LabPage,
) -> None:
    session = "window.jupyterapp.shell.currentWidget.sessionContext"
    submit = notebook.output(QUESTION).get_by_role("button", name="Submit")
    notebook.page.evaluate(f"() => {session}.session.kernel.reconnect()")
    notebook.wait_until_idle()
    luck = notebook.output(QUESTION).get_by_label("Luck")
    luck.check()
    expect(luck).to_be_checked()
    submit.click()
    expect(notebook.output(QUESTION)).to_contain_text("Luck saves nothing.")
    for end in ("shutdown()", "changeKernel({name: 'python3'})"):
        notebook.page.evaluate(f"() => {session}.{end}")
        for text, words in OURS.items():
            assert_ended(notebook.output(text), words)
        notebook.page.evaluate(f"() => {session}.startKernel()")
        notebook.wait_until_idle()
        notebook.run_all()
        expect(submit).to_be_enabled()


def faults(page: LabPage) -> list[str]:
    """What axe-core finds in what is left of the cards."""
    found = Axe().run(page.page, context=".hitl-ended").response["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]


def assert_ended(output: Locator, words: str) -> None:
    """A card says that its kernel has ended, keeps its words, and has nothing to press."""
    expect(output).to_contain_text(ENDED, timeout=GIVES_UP)
    expect(output).to_contain_text(words)
    assert output.get_by_text(ENDED).locator("visible=true").count() == 1
    assert output.get_by_role("button", disabled=False).count() == 0
    assert output.locator("input:enabled, textarea:enabled, select:enabled").count() == 0
    assert output.evaluate(BROKEN_LINKS) == 0
