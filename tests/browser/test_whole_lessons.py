"""Two whole lessons in a real JupyterLab: anybody can read and use what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.tab_key import assert_tab_leads_through

if TYPE_CHECKING:
    from tests.support.lab_page import LabPage

# The lesson's own: its texts and whatever its cells show. What JupyterLab puts around it, as the
# editors of code, the prompts and the toolbars, is not the course's to change.
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
OURS = {"include": [[f"{PANEL} .jp-RenderedMarkdown"], [f"{PANEL} .jp-OutputArea"]]}
# JupyterLab leaves cells out of the page that are far from what is seen.
SHOW_EVERY_CELL = """() => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.notebookConfig = {...notebook.notebookConfig, windowingMode: "defer"};
}"""
EVERY_CELL_IS_THERE = f"""() => {{
    const cells = window.jupyterapp.shell.currentWidget.content.widgets.length;
    return document.querySelectorAll("{PANEL} .jp-Cell").length === cells;
}}"""


GRAVE = {"serious", "critical"}


def test_the_first_lesson_is_for_everybody_and_is_used_by_keyboard(lab_page: LabPage) -> None:
    run_whole(lab_page, "00_start_here")
    assert faults_in_both_themes(lab_page) == []

    card = lab_page.output('paused("yours"))').locator(".hitl-approval")
    expect(card.get_by_role("button", name="Approve")).to_be_visible()
    reached = assert_tab_leads_through(card)
    wanted = ["Approve", "Reject", "Reason, if you reject (optional)", "Edit", "Respond"]
    assert reached[-len(wanted) :] == wanted, reached
    question = lab_page.output("00_start_here/returned").locator(".hitl-quiz")
    reached = assert_tab_leads_through(question)
    assert "Submit" in reached, reached
    reached = assert_tab_leads_through(lab_page.output("progress()"))
    assert reached[0] == "Check my work", reached
    assert any("Exercise 1" in name for name in reached), reached
    drawing = lab_page.output("show_graph").get_by_role("img")
    assert "paused before: tools" in str(drawing.get_attribute("alt"))


def test_lesson_01_is_for_everybody(lab_page: LabPage) -> None:
    run_whole(lab_page, "01_interrupt_before")
    assert faults_in_both_themes(lab_page) == []


def run_whole(lab_page: LabPage, lesson: str) -> None:
    """Open a lesson, run all of it, and have all of it in the page."""
    lab_page.open(f"{lesson}/{lesson}.ipynb")
    lab_page.run_all(60)
    lab_page.page.evaluate(SHOW_EVERY_CELL)
    lab_page.page.wait_for_function(EVERY_CELL_IS_THERE)


def faults_in_both_themes(lab_page: LabPage) -> list[str]:
    """What axe-core finds in the lesson, if it is serious or critical."""
    told = []
    # Of all that is looked at, a theme changes colours alone.
    contrast = {"runOnly": ["color-contrast"]}
    for theme, options in (("JupyterLab Dark", contrast), ("JupyterLab Light", None)):
        lab_page.use_theme(theme)
        found = Axe().run(lab_page.page, context=OURS, options=options).response
        assert "color-contrast" in [rule["id"] for rule in found["passes"]], "axe saw no text"
        grave = [fault for fault in found["violations"] if fault["impact"] in GRAVE]
        told += [f"{theme}, {f['id']}: {node['html']}" for f in grave for node in f["nodes"]]
    return told
