"""The form in a real JupyterLab: typed in, left, and said to be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.small_notebook import written

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.lab_page import LabPage

FORM = """
from course_utils.review.forms.fields import fields_of
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

ASKED = """
from course_utils import ApprovalCard
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from pydantic import BaseModel, Field

class Delay(BaseModel):
    hours: int = Field(ge=0, le=24)

def ask(state):
    interrupt("Send in how many hours?", response_schema=Delay)

graph = StateGraph(dict).add_node(ask).add_edge(START, "ask").compile(InMemorySaver())
config = {"configurable": {"thread_id": "1"}}
graph.invoke({"subject": "Lunch"}, config)
ApprovalCard(graph, config)
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


def test_send_is_not_missed_by_a_mouse_that_leaves_a_field_for_it(
    lab_page: LabPage, workspace: Path
) -> None:
    lab_page.open(written(workspace / "asked.ipynb", ASKED))
    lab_page.run_up_to("ApprovalCard(graph, config)")
    card, mouse = lab_page.output("ApprovalCard(graph, config)"), lab_page.page.mouse
    send, hours = card.get_by_role("button", name="Send"), card.get_by_label("Hours")

    def send_slowly(typed: str) -> None:
        hours.fill(typed)
        send.hover()
        mouse.down()
        # The field was left, and the card has heard of it.
        expect(card.locator(".hitl-was")).to_have_text("Hours: changed, was: empty")
        mouse.up()

    send_slowly("99")
    expect(card.get_by_role("alert")).to_have_text("Hours: 99 is greater than the maximum of 24")
    send_slowly("3")
    expect(card).to_contain_text("Finished")
