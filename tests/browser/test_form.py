"""The form in a real JupyterLab: typed in, left, and said to be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from browser.small_notebook import written
from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from browser.lab_page import LabPage

FORM = """
from course_utils.review.fields import fields_of
from course_utils.widgets.form import Form

schema = {
    "type": "object",
    "properties": {
        "to": {"type": "string", "title": "To", "description": "Who gets the mail."},
        "subject": {"type": "string", "title": "Subject"},
        "body": {"type": "string", "title": "Body"},
        "priority": {"enum": ["low", "high"], "title": "Priority"},
        "copies": {"type": "integer", "title": "Copies"},
        "confidential": {"type": "boolean", "title": "Confidential", "default": False},
        "attachments": {"type": "array", "title": "Attachments"},
        "log": {"type": "string", "title": "Log"},
    },
    "required": ["to", "body"],
}
mail = {"to": "alice@example.com", "subject": "Lunch", "body": "Dear Alice,\\nat noon?",
        "copies": 1, "attachments": ["menu.pdf"], "log": "a line of the log\\n" * 2_000}
form = Form(fields_of(schema, mail), title="Edit send_email")
form
"""


def test_a_field_that_was_typed_in_and_left_says_that_it_is_changed(
    lab_page: LabPage, workspace: Path
) -> None:
    told = "print(form.values()['to'], len(form.values()))"
    lab_page.open(written(workspace / "form.ipynb", FORM, told))
    lab_page.run_up_to("form = Form(")
    form = lab_page.output("form = Form(")

    form.get_by_label("To (required)").fill("bob@example.com")
    form.get_by_label("Priority").select_option("high")
    form.get_by_label("Copies").fill("two")
    lab_page.page.keyboard.press("Tab")

    expect(form).to_contain_text("To: changed, was: alice@example.com")
    expect(form.get_by_role("alert")).to_have_text("Copies: not a whole number: 'two'")
    form.get_by_label("Copies").fill("2")
    form.get_by_role("button", name="Edit this long value").click()
    expect(form.get_by_label("Log")).to_be_focused()
    expect(form.get_by_role("alert")).to_have_count(0)
    found = Axe().run(lab_page.page, context=".hitl-form").response["violations"]
    assert [fault["id"] for fault in found if fault["impact"] in {"serious", "critical"}] == []
    lab_page.run_from("print(form.values()")
    expect(lab_page.output("print(form.values()")).to_have_text("bob@example.com 7")
