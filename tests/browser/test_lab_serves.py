"""`hitl lab` gives a JupyterLab in which a widget answers the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
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


def test_the_lab_asks_a_learner_nothing_and_shows_no_grader(lab: str, page: Page) -> None:
    page.goto(lab)

    expect(page.get_by_role("heading", name="Your way through the course")).to_be_visible()
    assert page.locator(".jp-Dialog").count() == 0, "a dialog asks the learner something"
    assert page.locator(".Toastify__toast").count() == 0, (
        "a notification asks the learner something"
    )
    assert page.get_by_text("Nbgrader").count() == 0, "the instructor's menu shows for the learner"


def test_a_stranger_without_the_token_sees_no_lesson(lab: str, page: Page) -> None:
    page.goto(lab.partition("?")[0])

    expect(page.get_by_label("Password or token")).to_be_visible()
