"""Every state of the approval card in a real JupyterLab, in both themes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.small_notebook import written

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.lab_page import LabPage

AGENT = """
import os, signal, sqlite3
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.messages import AIMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import interrupt
from pydantic import BaseModel, Field
from course_utils import ApprovalCard, chat_model, decide, read_thread

@tool
def send_email(to: str, subject: str, body: str) -> str:
    "Send an email."
    if body == "bounce":
        raise ConnectionError("smtp down")
    if body == "cut":
        os.kill(os.getpid(), signal.SIGKILL)
    return f"sent to {to}"

def mails(saver, **arguments):
    "A mail agent, paused before its tool."
    mail = {"to": "alice@example.com", "subject": "Lunch", "body": "At noon?"} | arguments
    call = {"name": "send_email", "args": mail, "id": "1", "type": "tool_call"}
    done = lambda state: len(state["messages"]) > 2
    builder = StateGraph(MessagesState)
    builder.add_node("agent", lambda state: {"messages": [
        AIMessage("Done." if done(state) else "", tool_calls=[] if done(state) else [call])]})
    builder.add_node("tools", ToolNode([send_email], handle_tool_errors=False))
    builder.add_edge(START, "agent").add_edge("tools", "agent")
    builder.add_conditional_edges("agent", lambda s: "__end__" if done(s) else "tools")
    graph = builder.compile(checkpointer=saver, interrupt_before=["tools"])
    graph.invoke({"messages": [("user", "Mail Alice")]}, config)
    return graph

def asks(question):
    "A graph whose one node asks."
    builder = StateGraph(MessagesState)
    builder.add_node("ask", lambda state: {"messages": [str(question())]})
    builder.add_edge(START, "ask")
    graph = builder.compile(checkpointer=InMemorySaver())
    graph.invoke({"messages": []}, config)
    return graph

config = {"configurable": {"thread_id": "t"}}
"""
STATES = {
    "waiting": "card = ApprovalCard(mails(InMemorySaver()), config); card",
    "edit": """
card = ApprovalCard(mails(InMemorySaver()), config)
card.press("edit")
card.controls[0].forms[0].fill("to", "bob@example.com")
card""",
    "respond": 'card = ApprovalCard(mails(InMemorySaver()), config); card.press("respond"); card',
    "done": 'card = ApprovalCard(mails(InMemorySaver()), config); card.press("approve"); card',
    "rejected": 'card = ApprovalCard(mails(InMemorySaver()), config); card.press("reject"); card',
    "changed by a person": """
card = ApprovalCard(mails(InMemorySaver()), config)
card.press("edit")
card.controls[0].forms[0].fill("body", "At one?")
card.press("send")
card""",
    "in a person's own words": """
card = ApprovalCard(asks(lambda: interrupt("In how many hours?")), config)
card.controls[0].text.value = "3 hours"
card.press("send")
card""",
    "stopped": """
def stop(state):
    raise KeyboardInterrupt

builder = StateGraph(MessagesState).add_node("tidy", stop).add_edge(START, "tidy")
graph = builder.compile(checkpointer=InMemorySaver(), interrupt_before=["tidy"])
graph.invoke({"messages": [("user", "Tidy up. " * 100)]}, config)
card = ApprovalCard(graph, config)
card.press("approve")
card""",
    "unfolded": """
card = ApprovalCard(mails(InMemorySaver(), body="bounce"), config)
card.press("approve")
card.press("approve")
for unfolding in (card._head.conversation, card._head.decisions):
    unfolding.toggle.value = True
card""",
    "crashed": """
card = ApprovalCard(mails(InMemorySaver(), body="bounce"), config)
card.press("approve")
card""",
    "several": """
gate = HumanInTheLoopMiddleware(interrupt_on={"send_email": True})
agent = create_agent(chat_model(), [send_email], middleware=[gate], checkpointer=InMemorySaver())
words = 'Email alice@example.com and bob@example.com with subject "Lunch" and body "At noon?"'
agent.invoke({"messages": [("user", words)]}, config)
card = ApprovalCard(agent, config)
card.press("approve", 0)
card""",
    "form": """
class Transfer(BaseModel):
    amount: int = Field(description="In euros, whole.")
    to: str
    urgent: bool = False

card = ApprovalCard(asks(lambda: interrupt("How much?", response_schema=Transfer)), config)
card.controls[0].form.fill("amount", "a lot")
card.press("send")
card""",
    "question": 'card = ApprovalCard(asks(lambda: interrupt("How much?")), config); card',
    "folded": """
card = ApprovalCard(mails(InMemorySaver(), body="All work and no play. " * 50_000), config)
card""",
    "lost": """
graph = mails(InMemorySaver())
first = ApprovalCard(graph, config, reviewer="alice")
card = ApprovalCard(graph, config, reviewer="bob")
first.press("reject")
card.press("approve")
card""",
    "interrupted": """
def cut():
    "A mail agent on a file, in a connection of its own."
    saver = SqliteSaver(sqlite3.connect("cut.sqlite", check_same_thread=False))
    return mails(InMemorySaver(), body="cut").copy(update={"checkpointer": saver})

graph = cut()
graph.invoke({"messages": [("user", "Mail Alice")]}, config)
alice = os.fork()
if not alice:
    theirs = cut()
    decide(theirs, config, read_thread(theirs, config).pause, {"type": "approve"}, reviewer="alice")
os.waitpid(alice, 0)
card = ApprovalCard(graph, config, reviewer="bob")
card""",
    "resumed elsewhere": """
from course_utils.review.record.opening import journal_of
saver = InMemorySaver()
graph = mails(saver)
key = read_thread(graph, config).pause.key
lock = journal_of(saver).lock("t")
lock.__enter__()
journal_of(saver).claim([(key, {"type": "approve"}, [])], "alice")
card = ApprovalCard(graph, config, reviewer="bob")
card""",
}


@pytest.fixture
def states(lab_page: LabPage, workspace: Path) -> LabPage:
    """A notebook with a card in every state, run to its end."""
    cells = [f"# {name}\n{code.strip()}" for name, code in STATES.items()]
    lab_page.open(written(workspace / "states.ipynb", AGENT, *cells))
    lab_page.run_all(seconds=60)
    return lab_page


def test_every_state_can_be_read_and_used_without_sight_in_both_themes(
    states: LabPage, tmp_path: Path
) -> None:
    assert states.errors() == []
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        states.use_theme(theme)
        for name in STATES:
            card = states.output(f"# {name}").locator(".hitl-approval")
            expect(card).to_be_visible()
            card.screenshot(path=tmp_path / f"{name}, {theme}.png")
            found = Axe().run(states.page, ".hitl-approval").response["violations"]
            grave = [(v["id"], v["nodes"]) for v in found if v["impact"] in ("serious", "critical")]
            assert grave == [], f"{name} in {theme}: {grave}"
