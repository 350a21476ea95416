"""`hitl lab` gives a JupyterLab in which a widget answers the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.support.lab_page import LabPage

BUTTON = """
import ipywidgets
button = ipywidgets.Button(description="Press me")
button.on_click(lambda pressed: setattr(pressed, "description", "Pressed"))
button
"""


@pytest.fixture
def notebook(lab: str, workspace: Path) -> str:
    """A small notebook beside the lessons, long enough not to fit the screen."""
    cells = [new_markdown_cell("\n\n".join(["A line."] * 80)), new_code_cell(BUTTON)]
    cells += [new_code_cell("print(button.description)"), new_code_cell("1 / 0")]
    # Without this JupyterLab asks which kernel to use.
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), workspace / "small.ipynb")
    return "small.ipynb"


def test_a_button_answers_the_mouse(lab_page: LabPage, notebook: str) -> None:
    lab_page.open(notebook)
    lab_page.run_up_to("ipywidgets.Button")

    lab_page.output("ipywidgets.Button").get_by_role("button", name="Press me").click()

    pressed = lab_page.output("ipywidgets.Button").get_by_role("button", name="Pressed")
    expect(pressed).to_be_visible()
    lab_page.run_from("print(button")
    expect(lab_page.output("print(button")).to_have_text("Pressed")
    assert lab_page.errors() == ["ZeroDivisionError: division by zero"]


def test_a_restarted_kernel_has_forgotten_and_can_run_all(lab_page: LabPage, notebook: str) -> None:
    lab_page.open(notebook)
    lab_page.run_all()

    lab_page.restart()
    lab_page.run_from("print(button")
    assert lab_page.errors()[0] == "NameError: name 'button' is not defined"

    lab_page.restart_and_run_all()
    expect(lab_page.output("print(button")).to_have_text("Press me")


def assert_nothing_is_asked(page: Page) -> None:
    assert page.locator(".jp-Dialog").count() == 0, "a dialog asks the learner something"
    assert page.locator(".Toastify__toast").count() == 0, (
        "a notification asks the learner something"
    )
    assert page.get_by_text("Nbgrader").count() == 0, "the instructor's menu shows for the learner"


def test_the_first_start_shows_a_tour_by_keys_alone_and_no_other_start_does(
    lab: str, workspace: Path, page: Page
) -> None:
    page.goto(lab)
    tour = page.get_by_role("dialog", name="Tour of the page")
    expect(tour.get_by_role("button", name="Next")).to_be_focused()
    expect(tour.locator(".hitl-ring")).to_be_in_viewport()
    found = Axe().run(page, context="#hitl-tour").response["violations"]
    assert [each["id"] for each in found if each["impact"] in {"serious", "critical"}] == [], found
    page.keyboard.press("Enter")
    expect(tour.get_by_text("Step 2 of 5")).to_be_visible()
    page.keyboard.press("Escape")
    expect(tour).to_have_count(0)
    expect(page.locator("#hitl-start")).to_be_focused()
    assert_nothing_is_asked(page)

    # As another browser would: what is known stands in the workspace.
    page.context.clear_cookies()
    page.goto(lab)
    expect(page.get_by_role("heading", name="Your way through the course")).to_be_visible()
    # The command of each start is awaited; whether it shows the tour is decided by then.
    page.evaluate("window.jupyterapp.commands.execute('course-utils:tour', {once: true})")
    expect(tour).to_have_count(0)
    assert_nothing_is_asked(page)

    page.get_by_role("menuitem", name="Help").click()
    page.get_by_role("menuitem", name="Tour of the Page").click()
    for number in range(1, 6):
        expect(tour.get_by_text(f"Step {number} of 5")).to_be_visible()
        page.keyboard.press("Enter")
    expect(tour).to_have_count(0)


def test_a_stranger_without_the_token_sees_no_lesson(lab: str, page: Page) -> None:
    page.goto(lab.partition("?")[0])

    expect(page.get_by_label("Password or token")).to_be_visible()
