"""The inbox in a real JupyterLab, without a mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.small_notebook import written

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator

    from tests.support.lab_page import LabPage

INBOX = """
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from course_utils import Inbox

outbox = []

@tool
def send_email(to: str, subject: str, body: str) -> str:
    "Send an email."
    outbox.append(to)
    return "sent"

def agent(state):
    if isinstance(state["messages"][-1], ToolMessage):
        return {"messages": [AIMessage("It is sent.")]}
    body = "The parcel was held back by the carrier and arrives a day late, we are sorry. " * 3
    mail = {"to": state["messages"][0].content, "subject": "Your order", "body": body}
    call = {"name": "send_email", "args": mail, "id": "1"}
    return {"messages": [AIMessage("", tool_calls=[call])]}

builder = StateGraph(MessagesState).add_node(agent).add_node("tools", ToolNode([send_email]))
builder.add_edge(START, "agent").add_conditional_edges("agent", tools_condition)
builder.add_edge("tools", "agent")
graph = builder.compile(checkpointer=InMemorySaver(), interrupt_before=["tools"])
for number in range(1, 31):
    config = {"configurable": {"thread_id": f"order-{number:02}"}}
    graph.invoke({"messages": [("user", f"customer-{number}@example.com")]}, config)
inbox = Inbox(graph, reviewer="alice", page_size=8)
inbox
"""


@pytest.fixture
def thirty_orders(lab: str, workspace: Path) -> str:
    """A notebook with an inbox in which thirty threads wait."""
    return written(workspace / "inbox.ipynb", INBOX, "print('sent:', outbox)")


def test_a_thread_is_found_opened_and_decided_by_keyboard_alone(
    lab_page: LabPage, thirty_orders: str
) -> None:
    lab_page.open(thirty_orders)
    lab_page.run_up_to("inbox = Inbox(")
    inbox = lab_page.output("inbox = Inbox(")
    keys = lab_page.page.keyboard
    announced = inbox.get_by_role("status").first
    expect(announced).to_contain_text("1-8 of 30 waiting")

    inbox.get_by_label("Filter:").focus()
    keys.type("order-17 send_email")
    keys.press("Enter")
    expect(announced).to_contain_text("1-1 of 1 waiting")
    opening = inbox.get_by_role("button", name="Open order-17")
    _tab_to(lab_page, opening)
    keys.press("Enter")
    expect(announced).to_contain_text("Thread order-17 is open below.")
    assert _faults(lab_page) == []
    approve = inbox.get_by_role("button", name="Approve")
    _tab_to(lab_page, approve)
    keys.press("Enter")

    expect(announced).to_contain_text("No waiting thread mentions")
    expect(inbox).to_contain_text("You approved send_email.")
    lab_page.run_from("print('sent:'")
    expect(lab_page.output("print('sent:'")).to_have_text("sent: ['customer-17@example.com']")


def _tab_to(lab_page: LabPage, button: Locator) -> None:
    """Press Tab until a button has the focus, and see that the focus shows."""
    for _ in range(12):
        lab_page.page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            outline = button.evaluate("element => getComputedStyle(element).outlineStyle")
            assert outline == "solid", f"the focus does not show: its outline is {outline}"
            return
    raise AssertionError(f"twelve times Tab did not lead to {button}")


def _faults(lab_page: LabPage) -> list[str]:
    """What axe-core finds in the inbox and its card, if it is serious or critical."""
    found = Axe().run(lab_page.page, context=".hitl-inbox").response["violations"]
    grave = [fault for fault in found if fault["impact"] in {"serious", "critical"}]
    return [f"{fault['id']}: {node['html']}" for fault in grave for node in fault["nodes"]]
