"""The buttons that reset: one question, the copy's place, and the open notebook as it is now."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import nbformat
from playwright.sync_api import expect

from course_utils.exercises.kept import Passed, record
from tests.support.lab_page import NOTEBOOK
from tests.support.running_lab import ask_server

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.lab_page import LabPage

LESSON = "01_interrupt_before"
PATH = f"{LESSON}/{LESSON}.ipynb"
MINE = "def pending(graph, config):\n    return 'mine, not saved'"
WRITE = f"""([index, source]) => {{
    {NOTEBOOK}
    notebook.activeCellIndex = index;
    notebook.activeCell.model.sharedModel.setSource(source);
}}"""
CELL = f"""id => {{
    {NOTEBOOK}
    return notebook.widgets.find(cell => cell.model.id === id).model.sharedModel.getSource();
}}"""
# In the middle of the page, and how far down that is.
SHOW = f"index => {{ {NOTEBOOK} return notebook.scrollToItem(index, 'center'); }}"
TOP = f"""id => {{
    {NOTEBOOK}
    const cell = notebook.widgets.find(cell => cell.model.id === id);
    return Math.round(cell.node.getBoundingClientRect().top);
}}"""
ASKED = "Choose what becomes as it was released. A dated copy of your work is kept."
WHOLE = "The whole lesson and your answers to its questions"


def source(path: Path, cell: str) -> str:
    cells = nbformat.read(path, 4).cells
    (found,) = [each.source for each in cells if each.id == cell]
    return str(found)


def test_what_cannot_be_reset_changes_nothing_and_is_said(lab: str, workspace: Path) -> None:
    before = {path: path.read_bytes() for path in workspace.rglob("*.ipynb")}
    code, answer = ask_server(lab, "reset", {"lesson": "77"})
    assert code == 200, answer
    assert answer["problem"].startswith("'77' is no lesson. Name one of these:")
    code, answer = ask_server(lab, "reset", {"lesson": LESSON, "exercise": "9"})
    assert answer["problem"].startswith(f"{LESSON} has no exercise '9'.")
    refused = [ask_server(lab, "reset", told)[0] for told in ({"lesson": 1}, [], "77")]
    assert refused == [400, 400, 400]
    assert {path: path.read_bytes() for path in workspace.rglob("*.ipynb")} == before


def test_an_exercise_is_reset_in_the_open_notebook_and_the_copy_has_what_was_not_saved(
    lab_page: LabPage, workspace: Path
) -> None:
    page, released = lab_page.page, source(workspace / PATH, "pending")
    record(workspace / LESSON / "progress.jsonl", Passed(exercise=2))
    lab_page.open(PATH)
    page.evaluate(WRITE, [lab_page.index("def pending("), MINE])
    page.evaluate(SHOW, lab_page.index("def pending("))
    top = page.evaluate(TOP, "pending")
    page.get_by_role("button", name="Reset").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(ASKED)).to_be_visible()
    # The exercise that the learner is at is chosen.
    chosen = dialog.locator("option:checked")
    expect(chosen).to_have_text("Exercise 2: List the calls that wait")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("It is reset")).to_be_visible()

    (kept,) = (workspace / "kept").iterdir()
    expect(dialog).to_contain_text(f"in kept/{kept.name}.")
    assert source(kept / f"{LESSON}.ipynb", "pending") == MINE, "what was not saved is lost"
    assert source(workspace / PATH, "pending") == released
    assert page.evaluate(CELL, "pending") == released, "the page shows what the disk has not"
    assert (workspace / LESSON / "progress.jsonl").read_text() == ""
    page.wait_for_function(f"top => Math.abs(({TOP})('pending') - top) < 3", arg=top)
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    lab_page.save()
    assert page.locator(".jp-Dialog").count() == 0, "JupyterLab asks which file to keep"


def test_a_lesson_is_reset_from_the_start_page_and_what_another_program_writes_is_shown(
    lab_page: LabPage, workspace: Path
) -> None:
    page = lab_page.page
    record(workspace / LESSON / "progress.jsonl", Passed(exercise=1))
    lab_page.open(PATH)
    lab_page.wait_until_saved()
    released = page.evaluate(CELL, "pending")
    # As `hitl reset` in a terminal, or another JupyterLab.
    notebook = nbformat.read(workspace / PATH, 4)
    next(cell for cell in notebook.cells if cell.id == "pending").source = MINE
    nbformat.write(notebook, workspace / PATH)
    later = (workspace / PATH).stat().st_mtime + 5
    os.utime(workspace / PATH, (later, later))
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.wait_for_function(f"mine => ({CELL})('pending') === mine", arg=MINE)

    page.evaluate("window.jupyterapp.commands.execute('course-utils:start')")
    page.get_by_role("button", name="Reset lesson 01, Stop before").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("option:checked")).to_have_text(WHOLE)
    dialog.get_by_role("button", name="Reset").click()
    expect(dialog.get_by_text("It is reset")).to_be_visible()
    (kept,) = (workspace / "kept").iterdir()
    assert source(kept / f"{LESSON}.ipynb", "pending") == MINE
    dialog.get_by_role("button", name="Open the copy").click()
    expect(page.get_by_role("tab", name="Copy of 01")).to_be_visible()
    assert source(workspace / PATH, "pending") == released
