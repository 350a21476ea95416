"""What a person does with a notebook of widgets, reload after reload and from a second browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from course_utils.quiz.released import released_questions
from tests.support.lab_page import LabPage
from tests.support.small_bank import bank_from
from tests.support.small_notebook import written

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

MAILS = """
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from course_utils import ApprovalCard, Inbox

@tool
def send_email(to: str) -> str:
    "Send an email."
    return f"sent to {to}"

def agent(state):
    number = sum(isinstance(message, ToolMessage) for message in state["messages"])
    call = {"name": "send_email", "args": {"to": f"mail-{number}"}, "id": str(number)}
    return {"messages": [AIMessage("", tool_calls=[call])]}

builder = StateGraph(MessagesState).add_node(agent).add_node("tools", ToolNode([send_email]))
builder.add_edge(START, "agent").add_conditional_edges("agent", tools_condition)
builder.add_edge("tools", "agent")
graph = builder.compile(checkpointer=InMemorySaver(), interrupt_before=["tools"])
config = {"configurable": {"thread_id": "mails"}}
graph.invoke({"messages": [("user", "mail them")]}, config)
ApprovalCard(graph, config)
"""
INBOX = """
for name in ("order-1", "order-2"):
    graph.invoke({"messages": [("user", "mail")]}, {"configurable": {"thread_id": name}})
Inbox(graph, page_size=2)
"""
QUIZ = """
from course_utils import ask
ask("01_pauses/needs")
"""
BUTTON = """
import ipywidgets
bare = ipywidgets.Button(description="Pressed 0 times")

def count(button):
    button.description = f"Pressed {int(button.description.split()[1]) + 1} times"

bare.on_click(count)
bare
"""


def decide_save_and_reload(
    lab_page: LabPage, browser: Browser, workspace: Path, *, times: int
) -> None:
    """Use every widget, save, reload, look at all and use all from a second browser, so many times.

    Args:
        lab_page: the page of a running JupyterLab.
        browser: opens the second page, which has nothing but the printed address.
        workspace: the learner's folder, in which a bank for one question is made too.
        times: how often.
    """
    questions = released_questions(bank_from(workspace.parent), "practice")
    (workspace / "questions.json").write_bytes(questions)
    name = written(workspace / "all.ipynb", MAILS, INBOX, QUIZ, BUTTON)
    lab_page.open(name)
    lab_page.run_all()
    assert lab_page.errors() == []
    for turn in range(times):
        use_all(lab_page, 2 * turn)
        lab_page.save()
        lab_page.reload()
        assert_all_is_there(lab_page, 2 * turn + 1)
        with browser.new_context(viewport={"width": 1280, "height": 800}) as elsewhere:
            second = LabPage(elsewhere.new_page(), lab_page.address)
            second.open(name)
            assert_all_is_there(second, 2 * turn + 1)
            use_all(second, 2 * turn + 1)
        assert_all_is_there(lab_page, 2 * turn + 2)


def use_all(lab_page: LabPage, before: int) -> None:
    """Use every widget once; `before` is how often that has been done."""
    card = lab_page.output("ApprovalCard(graph")
    card.get_by_role("button", name="Approve").click()
    expect(card.get_by_role("cell", name=f"mail-{before + 1}")).to_be_visible()
    inbox = lab_page.output("Inbox(graph")
    inbox.get_by_role("button", name="Next in line").click()
    expect(inbox).to_contain_text("is open below")
    quiz = lab_page.output("ask(")
    quiz.get_by_label(("Luck", "A model")[before % 2], exact=True).click()
    quiz.get_by_role("button", name="Submit").click()
    expect(quiz).to_contain_text("Saved.")
    lab_page.output("ipywidgets.Button").get_by_role("button").click()
    assert_all_is_there(lab_page, before + 1)


def assert_all_is_there(lab_page: LabPage, used: int) -> None:
    """Look at every widget, as it must stand after so many uses."""
    card = lab_page.output("ApprovalCard(graph")
    expect(card.get_by_role("cell", name=f"mail-{used}")).to_be_visible()
    expect(card.get_by_role("button", name="Approve")).to_be_enabled()
    inbox = lab_page.output("Inbox(graph")
    # One row closes and another opens in two messages: for a moment two rows say "Close".
    expect(inbox.get_by_role("button", name="Close ")).to_have_count(1)
    opened = inbox.locator(".hitl-approval")
    expect(opened.get_by_role("button", name="Approve")).to_be_enabled()
    expect(lab_page.output("ask(")).to_contain_text("Saved.")
    bare = lab_page.output("ipywidgets.Button")
    expect(bare).to_contain_text(f"Pressed {used} times")
