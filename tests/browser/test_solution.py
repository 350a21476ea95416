"""The worked solution in a real JupyterLab: asked about once, then beside the learner's code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import nbformat
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from course_utils.exercises.kept import Failed, SolutionShown, read_kept
from tests.support.lesson import NOTEBOOKS, Lesson
from tests.support.small_notebook import written

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.lab_page import LabPage

LESSON = "00_start_here"
HOSTILE = "<img src=x onerror=document.title=1>"
MINE = f"def sent(decisions):\n    # {HOSTILE}\n    return list(decisions)"
TEST = """
from course_utils import exercise

with exercise(2, sent) as check:
    check.equal("sent({'a': None})", sent({"a": None}), [], "Nobody has decided.")
"""
SHOW, HIDE = "Show the worked solution", "Hide the worked solution"
# What a learner types into the first cell, and does not save.
TYPE = """source => window.jupyterapp.shell.currentWidget.content.widgets[0]
    .model.sharedModel.setSource(source)"""
MODE = "() => window.jupyterapp.shell.currentWidget.content.mode"
RIGHT_OF = "(one, other) => one.getBoundingClientRect().left > other.getBoundingClientRect().left"


def test_it_asks_once_and_shows_what_stands_in_the_page_beside_the_solution(
    lab_page: LabPage, workspace: Path
) -> None:
    page, folder = lab_page.page, workspace / LESSON
    lab_page.open(f"{LESSON}/{written(folder / 'mine.ipynb', MINE, TEST)}")
    lab_page.run("def sent")
    lab_page.run("with exercise")
    end = lab_page.output("with exercise")
    show, alert = end.get_by_role("button", name=SHOW), end.get_by_role("alert")
    shown = end.get_by_role("region", name="Worked solution: Say which mails go out")

    show.focus()
    page.keyboard.press("Enter")
    expect(alert).to_have_text(
        "You have tried this once. Try again, or see the worked solution anyway?"
    )
    expect(end.get_by_role("button", name="Try again")).to_be_focused()
    page.keyboard.press("Enter")
    expect(alert).to_have_count(0)
    expect(show).to_be_focused()
    assert page.evaluate(MODE) == "command", "a key pressed on the button went to the notebook"
    assert [type(event) for event in read_kept(folder / "progress.jsonl")] == [Failed]

    page.evaluate(TYPE, MINE.replace("list(decisions)", "[*decisions]"))
    page.keyboard.press("Space")
    expect(alert).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(shown).to_be_focused()
    expect(shown.locator(".hitl-why")).to_contain_text("Only Approve runs a call.")
    yours, worked = shown.locator(".hitl-yours"), shown.locator(".hitl-worked")
    expect(yours).to_have_text(f"\u2212    # {HOSTILE}\u2212    return [*decisions]")
    expect(worked).to_contain_text("+    return [to for to, decision in decisions.items()")
    signs = [("only in yours", 2), ("only in the worked solution", 1)]
    for name, count in signs:
        expect(shown.get_by_role("img", name=name, exact=True)).to_have_count(count)
    assert shown.locator("img").count() == 0, "the learner's code is shown as HTML"
    kept = read_kept(folder / "progress.jsonl")
    assert [type(event) for event in kept] == [Failed, SolutionShown]
    _looks_well(lab_page, ".hitl-solution")

    assert worked.evaluate(RIGHT_OF, yours.element_handle())
    page.set_viewport_size({"width": 640, "height": 800})
    expect(shown.get_by_text("\u2212 is only in yours, + is only in")).to_be_visible()
    assert not worked.evaluate(RIGHT_OF, yours.element_handle())
    page.set_viewport_size({"width": 1280, "height": 800})

    end.get_by_role("button", name=HIDE).press("Enter")
    expect(shown).to_have_count(0)
    show.press("Enter")
    expect(shown).to_be_visible()
    lab_page.save()
    saved = (folder / "mine.ipynb").read_text()
    assert "decisions.items()" not in saved, "the notebook holds the solution"
    assert json.dumps({"exercise": 2}) in json.dumps(json.loads(saved))


def test_a_pass_and_a_third_failure_need_no_question_and_an_instructors_lesson_has_no_button(
    lab_page: LabPage, workspace: Path
) -> None:
    page, folder = lab_page.page, workspace / LESSON
    questions = folder / "questions.json"
    practice = questions.read_text()
    without_key = json.loads(practice)
    for question in without_key["questions"]:
        del question["key"]
    questions.write_text(json.dumps({**without_key, "mode": "deferred"}))
    lab_page.open(f"{LESSON}/{written(folder / 'mine.ipynb', MINE, TEST)}")
    end, show = lab_page.output("with exercise"), page.get_by_role("button", name=SHOW)
    lab_page.run("def sent")
    lab_page.run("with exercise")
    expect(end).to_contain_text("Exercise 2 did not pass.")
    expect(show).to_have_count(0)

    questions.write_text(practice)
    for _ in range(2):
        lab_page.run("with exercise")
    show.click()
    expect(end.get_by_role("region")).to_contain_text("return list(decisions)")
    expect(end.get_by_role("alert")).to_have_count(0)

    (folder / "progress.jsonl").unlink()
    page.evaluate(TYPE, Lesson(NOTEBOOKS[0]).reference("sent").replace("### END SOLUTION", ""))
    lab_page.run("def sent")
    lab_page.run("with exercise")
    expect(end).to_contain_text("Exercise 2 passed: 1 check")
    show.click()
    expect(end.get_by_role("region")).to_contain_text("for to, decision in decisions.items()")
    expect(end.get_by_role("alert")).to_have_count(0)


def test_no_file_of_a_workspace_holds_a_solution_or_an_explanation(workspace: Path) -> None:
    for path in NOTEBOOKS:
        lesson = Lesson(path)
        files = [file for file in (workspace / lesson.name).iterdir() if file.is_file()]
        held = "".join(file.read_text() for file in files)
        cells = nbformat.read(workspace / lesson.name / path.name, 4).cells
        for cell in lesson.cells:
            if cell.id in lesson.exercises:
                assert json.dumps(cell.metadata["explanation"]) not in held, cell.id
                solved = cell.source.split("### BEGIN SOLUTION\n")[1].split("### END")[0].rstrip()
                assert not any(solved in each.source for each in cells), f"{cell.id}: {solved}"


def _looks_well(lab_page: LabPage, context: str) -> None:
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        lab_page.use_theme(theme)
        found = Axe().run(lab_page.page, context=context).response["violations"]
        assert [(fault["id"], fault["impact"]) for fault in found] == [], theme
