"""Questions answered with the mouse in a real JupyterLab, whose own loop an async graph runs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

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
    card.get_by_role("button", name="Reject").first.click()
    expect(card).to_contain_text("Chosen: reject. Nothing is sent yet.")
    card.get_by_role("button", name="Edit").last.click()
    card.get_by_role("textbox", name="to").fill("eve@example.com")
    card.get_by_role("button", name="Send the edit").click()
    expect(card).to_contain_text("Chosen: edit. Nothing is sent yet.")
    card.get_by_role("button", name="Send the decisions").click()
    expect(card).to_contain_text("You rejected send_email (alice@example.com).")
    expect(card).to_contain_text("Email sent to eve@example.com")
    questions.run_from("print('sent:'")
    expect(questions.output("print('sent:'")).to_have_text("sent: ['eve@example.com']")
