"""The approval card: real buttons pressed, and what a person then sees."""

from dataclasses import dataclass
from typing import Annotated

import pytest
from langchain.agents import create_agent
from langchain.tools import ToolRuntime
from langchain_core.messages import AIMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import interrupt
from pydantic import Field

from course_utils import ApprovalCard
from tests.support.agents import TWO_MAILS, MailAgent, ask, thread
from tests.support.cards import buttons, html, seen
from tests.support.foreign_graphs import asking
from tests.support.scripted import calls_then_tells


def waiting(agent: MailAgent, **how):
    graph = agent.compile(**({"interrupt_before": ["tools"]} | how))
    ask(graph)
    return graph


def test_it_shows_tool_and_arguments_and_two_buttons():
    card = ApprovalCard(waiting(MailAgent()), thread())
    assert card.status == "paused"
    assert buttons(card) == ["Approve", "Reject", "Edit", "Respond"]
    for word in ("send_email", "alice@example.com", "Lunch", "At noon?"):
        assert word in seen(card), seen(card)


def test_approve_sends_and_the_card_tells_what_happened():
    agent = MailAgent()
    card = ApprovalCard(waiting(agent), thread())
    card.press("approve")
    assert (agent.outbox, card.status, buttons(card)) == (["alice@example.com"], "finished", [])
    assert "You approved send_email." in seen(card)
    assert "Email sent to alice@example.com" in seen(card)


def test_reject_with_a_reason_sends_nothing_and_the_agent_closes_the_turn():
    agent = MailAgent()
    graph = waiting(agent)
    card = ApprovalCard(graph, thread())
    card.controls[0].reason.value = "not Alice"
    card.press("reject")
    graph.invoke(None, thread())
    assert (agent.outbox, card.status, buttons(card)) == ([], "finished", [])
    assert "You rejected send_email." in seen(card)
    assert "not Alice" in seen(card)
    assert graph.get_state(thread()).values["messages"][-1].type == "ai"


def test_the_trap_of_a_review_node_before_the_tool_node_is_not_sprung():
    agent = MailAgent("review")
    graph = waiting(agent, interrupt_before=["review"])
    card = ApprovalCard(graph, thread())
    card.press("reject")
    graph.invoke(None, thread())
    assert agent.outbox == []


def test_a_second_click_does_nothing():
    agent = MailAgent()
    card = ApprovalCard(waiting(agent), thread())
    approve = card.controls[0].buttons["approve"]
    approve.click()
    approve.click()
    assert agent.outbox == ["alice@example.com"]


def test_a_card_left_over_from_before_is_told_that_it_came_too_late():
    agent = MailAgent()
    graph = waiting(agent)
    first, second = ApprovalCard(graph, thread()), ApprovalCard(graph, thread())
    first.press("reject")
    second.press("approve")
    assert agent.outbox == []
    assert "decided this first" in seen(second)
    assert second.status == "finished"


def test_the_next_pause_is_shown_with_buttons_of_its_own():
    agent = MailAgent()
    graph = waiting(agent, interrupt_after=["tools"])
    card = ApprovalCard(graph, thread())
    card.press("approve")
    assert (card.status, buttons(card)) == ("paused", ["Continue"])
    assert "Paused before agent" in seen(card)
    card.press("approve")
    assert card.status == "finished"


def test_a_tool_that_fails_is_shown_as_a_crash_and_can_be_run_again_or_rejected():
    agent = MailAgent(fails=1)
    card = ApprovalCard(waiting(agent), thread())
    card.press("approve")
    assert (card.status, agent.outbox) == ("crashed", [])
    assert buttons(card) == ["Run again", "Reject", "Edit", "Respond"]
    assert "ConnectionError: smtp down" in seen(card)
    assert "does the step once more" in seen(card)
    card.press("approve")
    assert (card.status, agent.outbox) == ("finished", ["alice@example.com"])
    assert "You ran send_email again." in seen(card)


@pytest.mark.parametrize(
    ("how", "config", "status"),
    [
        ({"checkpointer": None}, thread(), "unsaved"),
        ({}, thread("other"), "unknown"),
        ({"interrupt_before": []}, thread(), "finished"),
    ],
)
def test_a_thread_that_does_not_wait_gets_words_and_no_buttons(how, config, status):
    card = ApprovalCard(waiting(MailAgent(), **how), config)
    assert (card.status, buttons(card)) == (status, [])
    assert len(seen(card).split()) > 8, seen(card)


def test_pressing_a_button_that_is_not_there_says_which_are():
    card = ApprovalCard(waiting(MailAgent("function")), thread())
    with pytest.raises(ValueError, match=r"approve.*not 'reject'"):
        card.press("reject")


def test_all_calls_of_one_message_are_shown_and_rejected_together():
    agent = MailAgent()
    graph = agent.compile(interrupt_before=["tools"])
    ask(graph, TWO_MAILS)
    card = ApprovalCard(graph, thread())
    assert "alice@example.com" in seen(card)
    assert "bob@example.com" in seen(card)
    card.press("reject")
    assert agent.outbox == []


def test_of_calls_edited_together_the_unchanged_one_is_told_as_approved():
    agent = MailAgent()
    graph = agent.compile(interrupt_before=["tools"])
    ask(graph, TWO_MAILS)
    card = ApprovalCard(graph, thread())
    card.press("edit")
    card.controls[0].forms[1].fill("to", "carol@example.com")
    card.press("send")
    assert agent.outbox == ["alice@example.com", "carol@example.com"]
    told = seen(card)
    assert "You approved send_email (alice@example.com)." in told
    assert "You edited send_email (bob@example.com)." in told


def test_nothing_that_comes_from_the_agent_is_rendered_as_markup():
    evil = "<img src=x onerror=alert(1)>"
    call = {"name": evil, "args": {evil: evil}, "id": "1", "type": "tool_call"}
    builder = StateGraph(MessagesState)
    builder.add_node("agent", lambda state: {"messages": [AIMessage("", tool_calls=[call])]})
    builder.add_node("tools", lambda state: {"messages": []})
    builder.add_edge(START, "agent")
    builder.add_edge("agent", "tools")
    graph = builder.compile(checkpointer=InMemorySaver(), interrupt_before=["tools"])
    ask(graph)
    card = ApprovalCard(graph, thread(), tools_node="tools")
    card.press("reject")
    twin = card._repr_mimebundle_()["text/html"]
    for shown in (html(card), twin):
        assert "<img" not in shown, shown


def test_the_static_twin_names_tool_arguments_and_status_and_holds_no_ids():
    graph = waiting(MailAgent())
    bundle = ApprovalCard(graph, thread())._repr_mimebundle_()
    call_id = graph.get_state(thread()).values["messages"][-1].tool_calls[0]["id"]
    assert bundle["text/plain"] == "ApprovalCard(paused)"
    for word in ("Waiting for you", "send_email", "alice@example.com"):
        assert word in bundle["text/html"], bundle["text/html"]
    assert call_id not in bundle["text/html"]
    again = ApprovalCard(graph, thread())._repr_mimebundle_()
    assert bundle["text/html"] == again["text/html"]


def a_company_mailer(sent):
    """Return a graph that reads a context and a secret, its tool with a default, paused."""

    @dataclass
    class Company:
        """A context."""

        tenant: str

    @tool
    def send_email(to: str, runtime: ToolRuntime[Company], priority: str = "low") -> str:
        """Send an email."""
        sent.append((runtime.context.tenant, priority))
        return f"sent with {runtime.config['configurable']['apikey']}"

    call = {"name": "send_email", "args": {"to": "bob"}, "id": "1"}
    graph = create_agent(
        calls_then_tells(call),
        [send_email],
        context_schema=Company,
        checkpointer=InMemorySaver(),
        interrupt_before=["tools"],
    )
    config = {"configurable": {"thread_id": "t", "apikey": "sk-123456"}}
    graph.invoke({"messages": [("user", "go")]}, config, context=Company("acme"))
    return graph, Company("acme")


def test_a_graph_with_a_context_is_shown_and_without_a_context_has_no_button():
    sent = []
    graph, context = a_company_mailer(sent)
    card = ApprovalCard(graph, thread())
    assert (card.status, card.controls) == ("paused", [])
    assert "no context was given" in seen(card), seen(card)
    card = ApprovalCard(graph.with_retry(), thread(), context=context)
    card.press("approve")
    assert (card.status, sent) == ("finished", [("acme", "low")])


def test_an_argument_that_the_call_leaves_out_is_shown_with_its_default():
    graph, context = a_company_mailer([])
    card = ApprovalCard(graph, thread(), context=context)
    assert "priority:</th><td>low <em>(default: the call leaves it out)" in html(card)


def test_a_secret_of_the_run_is_hidden_in_what_the_card_tells():
    graph, context = a_company_mailer([])
    card = ApprovalCard(graph, thread(), context=context)
    card.press("approve")
    assert "sent with (hidden)" in seen(card), seen(card)
    assert "sk-123456" not in seen(card), seen(card)


def test_a_call_that_its_own_tool_would_refuse_is_said_to_be_one_before_the_click():
    @tool
    def refund(amount: Annotated[int, Field(le=500)]) -> str:
        """Refund."""
        return "refunded"

    graph = create_agent(
        calls_then_tells({"name": "refund", "args": {"amount": 900}, "id": "1"}),
        [refund],
        checkpointer=InMemorySaver(),
        interrupt_before=["tools"],
    )
    ask(graph)
    card = ApprovalCard(graph, thread())
    assert "As it stands, refund would refuse this call: amount: " in seen(card), seen(card)
    assert buttons(card) == ["Approve", "Reject", "Edit", "Respond"]


def test_a_node_that_asks_without_words_is_said_to():
    def wait(state):
        return {"log": [interrupt(None)]}

    graph = asking(InMemorySaver(), wait)
    graph.invoke({"log": []}, thread())
    assert "This node asks without words" in seen(ApprovalCard(graph, thread()))
