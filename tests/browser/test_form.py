"""The form in a real JupyterLab: typed in, left, and said to be changed; and then the journal."""

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
from course_utils.widgets.card.form import Form

schema = {
    "type": "object",
    "properties": {
        "to": {"type": "string", "title": "To", "description": "Who gets the mail."},
        "subject": {"type": "string", "title": "Subject"},
        "body": {"type": "string", "title": "Body"},
        "priority": {"enum": ["low", "high"], "title": "Priority"},
        "copies": {"type": "integer", "title": "Copies", "minimum": 1, "maximum": 9},
        "confidential": {"type": "boolean", "title": "Confidential", "default": False},
        "attachments": {"type": "array", "title": "Attachments"},
        "log": {"type": "string", "title": "Log"},
    },
    "required": ["to", "body"],
}
mail = {"to": "alice@example.com", "subject": "Lunch", "body": "Dear Alice,\\r\\nat noon?",
        "copies": 1, "attachments": ["menu.pdf"], "log": "a line of the log\\n" * 2_000}
form = Form(fields_of(schema, mail), title="Edit send_email")
form
"""

JOURNAL = """
from course_utils import journal
from course_utils.review.record.entries import PauseKey
from course_utils.review.record.opening import journal_of
from langgraph.checkpoint.memory import InMemorySaver

def said(number, decision, asked=({"name": "send_email", "args": mail},)):
    key = PauseKey(f"thread-1f0c9b1e-7a52-6c1c-bfff-{number:012}", "", "c", "static")
    kept.finish(kept.claim([(key, [decision], list(asked))], "alice@example.com"), "done")

kept = journal_of(saver := InMemorySaver())
edited = {"name": "send_email", "args": form.values()}
said(1, {"type": "edit", "edited_action": edited})
said(2, {"type": "reject", "message": "The menu is not that of " + "this_week" * 20})
question = {"name": "ask", "args": {"question": "When?"}}
said(3, {"type": "respond", "message": {"hours": 3}}, [question])
journal(saver)
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
    told = "print(form.values()['to'], len(form.values()), repr(form.values()['body']))"
    lab_page.open(written(workspace / "form.ipynb", FORM, told, JOURNAL))
    lab_page.run_up_to("form = Form(")
    form = lab_page.output("form = Form(")

    form.get_by_label("To (required)").fill("bob@example.com")
    form.get_by_label("Priority").select_option("high")
    form.get_by_label("Copies").fill("two")
    lab_page.page.keyboard.press("Tab")

    expect(form).to_contain_text("To: changed, was: alice@example.com")
    expect(form.get_by_role("alert")).to_have_text("Copies: not a whole number: 'two'")
    expect(form).to_contain_text("From 1 to 9.")
    form.get_by_label("Copies").fill("2")
    form.get_by_label("Body").press("Control+End")
    lab_page.page.keyboard.press("Enter")
    lab_page.page.keyboard.type("Bo")
    lab_page.page.keyboard.press("Tab")
    form.get_by_text("Body: changed, 1 line added").click()
    expect(form.locator("ins")).to_have_text("Bo")
    form.get_by_role("button", name="Edit this long value").click()
    expect(form.get_by_label("Log")).to_be_focused()
    expect(form.get_by_role("alert")).to_have_count(0)
    found = Axe().run(lab_page.page, context=".hitl-form").response["violations"]
    assert [fault["id"] for fault in found if fault["impact"] in {"serious", "critical"}] == []
    lab_page.run_from("print(form.values()")
    body = "'Dear Alice,\\r\\nat noon?\\r\\nBo'"
    expect(lab_page.output("print(form.values()")).to_have_text(f"bob@example.com 7 {body}")
    assert_the_journal_can_be_read(lab_page)


def assert_the_journal_can_be_read(lab_page: LabPage) -> None:
    """No cell is cut, aligned to the right or striped, and nothing has to be scrolled sideways."""
    journal = lab_page.output("journal(saver)").locator(".hitl-journal")
    expect(journal).to_contain_text("copies: 1 → 2")
    journal.get_by_text("body: 1 line added").click()
    looks = """table => [...table.querySelectorAll('td, th')].map(cell => {
        const {textAlign, backgroundColor} = getComputedStyle(cell);
        const row = getComputedStyle(cell.parentElement).backgroundColor;
        return [textAlign, backgroundColor, row, cell.scrollWidth <= cell.clientWidth].join(' ');
    })"""
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        lab_page.use_theme(theme)
        found = set(journal.locator("table").evaluate(looks))
        assert found == {"left rgba(0, 0, 0, 0) rgba(0, 0, 0, 0) true"}, f"{theme}: {found}"
    for box in (journal, journal.locator("xpath=ancestor::*[contains(@class, 'jp-OutputArea')]")):
        assert box.first.evaluate("box => box.scrollWidth <= box.clientWidth"), "it is too wide"
    grave = {"serious", "critical"}
    faults = Axe().run(lab_page.page, context=".hitl-journal").response["violations"]
    assert [fault["id"] for fault in faults if fault["impact"] in grave] == []


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
