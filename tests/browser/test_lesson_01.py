"""Lesson 01 in a real JupyterLab, under a learner's hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from playwright.sync_api import expect

from course_utils.places import COURSE_ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.lab_page import LabPage

LESSON = "01_interrupt_before/01_interrupt_before.ipynb"
CARD = "ApprovalCard(graph, paused"
FIRST_TEST = "with exercise(1, supervise)"
AFTER_THE_CARD = 'story = paused("story")'


@pytest.fixture
def solved(workspace: Path) -> None:
    """A learner's copy in which the exercises are done."""
    lesson = nbformat.read(COURSE_ROOT / "notebooks" / LESSON, as_version=4)
    for cell in lesson.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(lesson, workspace / LESSON)


@pytest.mark.usefixtures("solved")
@pytest.mark.parametrize(
    ("button", "told"),
    [
        ("Approve", ["You approved send_email.", "Email sent to alice@example.com"]),
        ("Reject", ["You rejected send_email.", "A person rejected this call."]),
    ],
)
def test_whichever_button_is_pressed_the_rest_of_the_lesson_runs(
    lab_page: LabPage, button: str, told: list[str]
) -> None:
    lab_page.open(LESSON)
    lab_page.run_up_to(CARD)
    card = lab_page.output(CARD)
    expect(card).to_contain_text("Waiting for you")

    card.get_by_role("button", name=button).click()

    for words in told:
        expect(card).to_contain_text(words)
    expect(card.get_by_role("button", name=button)).to_have_count(0)
    lab_page.run_from(AFTER_THE_CARD)
    assert lab_page.errors() == []


def test_run_all_on_a_fresh_copy_stops_at_nothing_but_the_exercises(lab_page: LabPage) -> None:
    lab_page.open(LESSON)
    lab_page.run_all()
    expect(lab_page.output("interrupt_before/reject")).to_contain_text("Choose all that apply.")
    undone = ("Exercise 1", "Exercise 2", "Exercise 3, part 1", "Exercise 3, part 2")
    assert lab_page.errors() == [f"ExerciseNotDoneError: {name}: not done yet." for name in undone]

    calm = lab_page.output(FIRST_TEST).get_by_text("Exercise 1: not done yet.")
    ground = "element => getComputedStyle(element.closest('.jp-OutputArea-output')).backgroundColor"
    assert calm.evaluate(ground) == "rgba(0, 0, 0, 0)", "JupyterLab shows it on red"
    expect(calm).to_be_visible()

    cell = lab_page.page.locator(f"[data-windowed-list-index='{lab_page.index('def pending(')}']")
    expect(lab_page.output("progress()")).to_contain_text("Exercises: 0 of 3 passed.")
    expect(cell).not_to_be_in_viewport()
    lab_page.output("progress()").get_by_role("link", name="Exercise 2").click()
    expect(cell).to_be_in_viewport()


def test_a_question_is_answered_by_keyboard_alone_and_survives_a_restart(lab_page: LabPage) -> None:
    question, keyboard = "interrupt_before/parameter", lab_page.page.keyboard
    lab_page.open(LESSON)
    lab_page.run_up_to(question)
    blank = lab_page.output(question).get_by_role("textbox")
    blank.focus()
    keyboard.press("Tab")
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(lab_page.output(question)).to_contain_text("Does the graph stop before the node runs")
    keyboard.press("Shift+Tab")
    keyboard.press("Shift+Tab")
    keyboard.type("interrupt-before")
    keyboard.press("Enter")
    expect(lab_page.output(question)).to_contain_text("0.9 of 1 point")
    expect(lab_page.output(question)).to_contain_text("Saved.")

    lab_page.restart()
    lab_page.run_up_to(question)

    expect(lab_page.output(question)).to_contain_text("0.9 of 1 point")
    expect(lab_page.output(question).get_by_role("textbox")).to_have_value("interrupt-before")
