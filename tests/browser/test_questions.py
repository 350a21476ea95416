"""Questions answered by mouse and by keyboard in a real JupyterLab."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from course_utils.quiz.released import released_questions
from tests.support.aloud import assert_read_out, regions
from tests.support.small_bank import bank_from
from tests.support.small_notebook import written

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.lab_page import LabPage

ASYNC_GRAPH = """
import asyncio
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import interrupt
from course_utils import ApprovalCard

loops = []

async def ask(state):
    loops.append(asyncio.get_running_loop())
    answer = interrupt({"question": "Send the mail?"})
    await asyncio.sleep(0)
    return {"messages": [("ai", f"It heard {answer!r}.")]}

builder = StateGraph(MessagesState).add_node(ask).add_edge(START, "ask")
graph = builder.compile(checkpointer=InMemorySaver())
config = {"configurable": {"thread_id": "async"}}
await graph.ainvoke({"messages": []}, config)
ApprovalCard(graph, config)
"""
TWO_CALLS = """
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.tools import tool
from course_utils import chat_model

outbox = []

@tool
def send_email(to: str, subject: str, body: str) -> str:
    "Send an email."
    outbox.append(to)
    return f"Email sent to {to}"

gate = HumanInTheLoopMiddleware({"send_email": True}, interrupt_mode="per_call")
agent = create_agent(chat_model(), [send_email], middleware=[gate], checkpointer=InMemorySaver())
words = 'Email alice@example.com and bob@example.com with subject "Lunch" and body "At noon?"'
two = {"configurable": {"thread_id": "two"}}
agent.invoke({"messages": [("user", words)]}, two)
ApprovalCard(agent, two)
"""


@pytest.fixture
def questions(lab_page: LabPage, workspace: Path) -> LabPage:
    """A notebook with an async graph and an agent that asks about two calls, both run."""
    sources = [ASYNC_GRAPH, TWO_CALLS, "print('loops:', len(set(loops)))", "print('sent:', outbox)"]
    lab_page.open(written(workspace / "questions.ipynb", *sources))
    lab_page.run_up_to("ApprovalCard(agent")
    assert lab_page.errors() == []
    return lab_page


def test_an_async_graph_and_two_calls_at_once_are_decided_with_the_mouse(
    questions: LabPage,
) -> None:
    card = questions.output("ApprovalCard(graph")
    card.get_by_role("textbox").fill("no")
    card.get_by_role("combobox").select_option("yes or no")
    card.get_by_role("button", name="Send the answer").click()
    expect(card).to_contain_text("It heard False.")
    expect(card).to_contain_text("Finished")
    questions.run_from("print('loops:'")
    expect(questions.output("print('loops:'")).to_have_text("loops: 1")

    card = questions.output("ApprovalCard(agent")
    silent = regions(questions.page)
    card.get_by_role("button", name="Reject").first.click()
    expect(card).to_contain_text("Chosen: reject. Nothing is sent yet.")
    assert_read_out(questions.page, silent, "Chosen: reject. Nothing is sent yet.")
    card.get_by_role("button", name="Edit").last.click()
    card.get_by_role("textbox", name="to").fill("eve@example.com")
    card.get_by_role("button", name="Choose this edit").click()
    expect(card).to_contain_text("Chosen: edit. Nothing is sent yet.")
    card.get_by_role("button", name="Send the decisions").click()
    expect(card).to_contain_text("You rejected send_email (alice@example.com).")
    expect(card).to_contain_text("Email sent to eve@example.com")
    questions.run_from("print('sent:'")
    expect(questions.output("print('sent:'")).to_have_text("sent: ['eve@example.com']")


def test_the_keys_in_a_question_choose_and_submit_and_leave_the_notebook_as_it_is(
    lab_page: LabPage, workspace: Path
) -> None:
    questions = released_questions(bank_from(workspace.parent), "practice")
    (workspace / "questions.json").write_bytes(questions)
    names = ("needs", "effects", "parameter", "final")
    cells = [f"from course_utils import ask\nask('01_pauses/{name}')" for name in names]
    lab_page.open(written(workspace / "quiz.ipynb", *cells, "# the end"))
    lab_page.run_all()
    needs, effects, blank, final = (lab_page.output(f"/{name}") for name in names)
    press = lab_page.page.keyboard.press

    needs.get_by_label("Luck").focus()
    silent = regions(lab_page.page)
    for key in ("Enter", "ArrowDown", "ArrowUp", "x", "d", "d", "a", "m"):
        press(key)
    expect(needs.get_by_label("Luck")).to_be_checked()
    expect(needs).to_contain_text("Not answered yet.")
    press("Enter")
    expect(needs).to_contain_text("Wrong. Luck saves nothing.")
    assert_read_out(lab_page.page, silent, "Wrong. Luck saves nothing.")

    effects.get_by_label("The graph").focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"):
        press(key)
    expect(effects.get_by_label("The node")).to_be_focused()
    press("Space")
    press("Enter")
    expect(effects).to_contain_text("Partly right.")

    blank.get_by_label("Answer:").focus()
    lab_page.page.keyboard.type("interrupt_before")
    press("ArrowUp")
    press("Enter")
    expect(blank).to_contain_text("Right.")

    final.get_by_label("False").check()
    press("Tab")
    press("ArrowDown")
    press("x")
    press("Enter")
    expect(final).to_contain_text("Right.")
    assert lab_page.active_cell() == 3, "the cell that the focus was put in, and not one below"
    notebook = "window.jupyterapp.shell.currentWidget.content"
    kept = lab_page.page.evaluate(f"() => [{notebook}.mode, {notebook}.widgets.length]")
    assert kept == ["command", 5]

    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        lab_page.use_theme(theme)
        found = Axe().run(lab_page.page, context=".hitl-card").response["violations"]
        assert [(fault["id"], fault["impact"]) for fault in found] == [], theme
