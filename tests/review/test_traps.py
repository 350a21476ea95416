"""Graphs built so that a rejected call runs after all, or one that nobody was shown.

A ToolNode runs every call of the latest AI message, also those that have been answered. Each graph
here leads to one in a way of its own.
"""

import operator
from collections.abc import Callable
from typing import Annotated, Any, TypedDict

import pytest
from langchain_core.messages import AIMessage, BaseMessage, SystemMessage, ToolMessage
from langchain_core.tools import BaseTool, tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.graph.message import add_messages
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import Command, Send

from course_utils import ApprovalCard
from course_utils.review.deciding.resuming import decide
from course_utils.review.deciding.shown import read_thread
from tests.support.agents import thread
from tests.support.cards import buttons, html

Outbox = list[str]


def call(to: str = "alice", name: str = "send_email") -> dict[str, Any]:
    return {"name": name, "args": {"to": to}, "id": f"call-{to}", "type": "tool_call"}


def asks(*calls: dict[str, Any]) -> Callable[[Any], dict[str, list[BaseMessage]]]:
    """An agent that asks for these calls, and once they are answered says that it is done."""

    def agent(state: Any) -> dict[str, list[BaseMessage]]:
        answered = isinstance(state["messages"][-1], ToolMessage)
        return {
            "messages": [
                AIMessage("done" if answered else "", tool_calls=[] if answered else calls)
            ]
        }

    return agent


def sender(outbox: Outbox) -> BaseTool:
    @tool
    def send_email(to: str) -> str:
        """Send an email."""
        outbox.append(to)
        return f"sent to {to}"

    return send_email


@tool
def weather(place: str) -> str:
    """Tell the weather."""
    return f"{place}: sunny"


def last_failed(state: MessagesState) -> bool:
    return getattr(state["messages"][-1], "status", "") == "error"


def with_agent(state: Any = MessagesState, **nodes: Any) -> StateGraph[Any]:
    builder = StateGraph(state)
    for name, node in ({"agent": asks(call())} | nodes).items():
        builder.add_node(name, node)
    builder.add_edge(START, "agent")
    return builder


def two_tool_nodes(outbox: Outbox) -> Any:
    tools = ToolNode([sender(outbox)])
    builder = with_agent(dry_run=tools, tools=tools)
    builder.add_conditional_edges("agent", tools_condition, {"tools": "dry_run", END: END})
    builder.add_edge("dry_run", "tools")
    builder.add_edge("tools", "agent")
    return builder.compile(InMemorySaver(), interrupt_before=["dry_run"])


def readers_before_writers(outbox: Outbox) -> Any:
    builder = with_agent(read=ToolNode([weather]), write=ToolNode([sender(outbox)]))
    builder.add_conditional_edges("agent", tools_condition, {"tools": "read", END: END})
    builder.add_edge("read", "write")
    builder.add_edge("write", "agent")
    return builder.compile(InMemorySaver(), interrupt_before=["read"])


def tried_again_on_error(outbox: Outbox) -> Any:
    builder = with_agent(tools=ToolNode([sender(outbox)]))
    builder.add_conditional_edges("agent", tools_condition)
    builder.add_conditional_edges("tools", lambda s: "tools" if last_failed(s) else "agent")
    return builder.compile(InMemorySaver(), interrupt_before=["tools"])


def tried_again_after_a_while(outbox: Outbox) -> Any:
    tools = ToolNode([sender(outbox)])
    builder = with_agent(review=lambda s: {}, tools=tools, backoff=lambda s: {})
    builder.add_conditional_edges("agent", tools_condition, {"tools": "review", END: END})
    builder.add_edge("review", "tools")
    builder.add_edge("backoff", "tools")
    builder.add_conditional_edges("tools", lambda s: "backoff" if last_failed(s) else "agent")
    return builder.compile(InMemorySaver(), interrupt_before=["review"])


def sent_back_by_a_command(outbox: Outbox) -> Any:
    def check(state: MessagesState) -> Command[Any]:
        return Command(goto="tools" if last_failed(state) else END)

    builder = with_agent(tools=ToolNode([sender(outbox)]), check=check)
    builder.add_edge("agent", "tools")
    builder.add_edge("tools", "check")
    return builder.compile(InMemorySaver(), interrupt_after=["agent"])


def joined_with_another_branch(outbox: Outbox) -> Any:
    tools = sender(outbox)
    builder = with_agent(aside=lambda s: {}, tools=ToolNode([tools]), sync=ToolNode([tools]))
    builder.add_edge("agent", "aside")
    builder.add_edge("aside", "tools")
    builder.add_edge(["aside", "tools"], "sync")
    return builder.compile(InMemorySaver(), interrupt_before=["tools"])


def reviewed(outbox: Outbox) -> Any:
    builder = with_agent(review=lambda s: {}, tools=ToolNode([sender(outbox)]))
    builder.add_conditional_edges("agent", tools_condition, {"tools": "review", END: END})
    builder.add_edge("review", "tools")
    builder.add_edge("tools", "agent")
    return builder.compile(InMemorySaver(), interrupt_before=["review"])


REJECTED = [
    (two_tool_nodes, None),
    (readers_before_writers, None),
    (tried_again_on_error, None),
    (tried_again_after_a_while, None),
    (sent_back_by_a_command, None),
    (joined_with_another_branch, None),
    (reviewed, None),
    (reviewed, "review"),
    (reviewed, "agent"),
]


@pytest.mark.parametrize(("build", "tools_node"), REJECTED)
def test_a_rejected_call_never_runs_wherever_the_graph_leads_back(build, tools_node):
    outbox: Outbox = []
    graph = build(outbox)
    graph.invoke({"messages": [("user", "mail alice")]}, thread())
    card = ApprovalCard(graph, thread(), tools_node=tools_node)
    card.press("reject")
    graph.invoke(None, thread())
    while any(word in buttons(card) for word in ("Approve", "Continue")):
        card.press("approve")
    assert outbox == [], f"{build.__name__}, tools_node={tools_node}: the rejected mail went out"
    assert card.status == "finished", card.status
    told = html(card)
    assert any(words in told for words in ("The agent: done", "ended here", "no reply")), told


def half_answered(outbox: Outbox) -> Any:
    guard = ToolMessage("refused by policy", tool_call_id="call-eve", status="error")
    builder = with_agent(
        agent=asks(call("eve"), call("bob")),
        guard=lambda s: {"messages": [guard]},
        tools=ToolNode([sender(outbox)]),
    )
    builder.add_conditional_edges("agent", tools_condition, {"tools": "guard", END: END})
    builder.add_edge("guard", "tools")
    builder.add_edge("tools", "agent")
    return builder.compile(InMemorySaver(), interrupt_before=["tools"])


def noted_on_the_way(outbox: Outbox) -> Any:
    builder = with_agent(
        note=lambda s: {"messages": [SystemMessage("seen by policy")]},
        tools=ToolNode([sender(outbox)]),
    )
    builder.add_edge("agent", "note")
    builder.add_edge("note", "tools")
    return builder.compile(InMemorySaver(), interrupt_before=["tools"])


class Work(TypedDict):
    """A state with two lists of messages."""

    messages: Annotated[list[Any], add_messages]
    work: Annotated[list[Any], add_messages]


def under_another_key(outbox: Outbox) -> Any:
    builder = with_agent(
        Work,
        agent=lambda s: {"work": [AIMessage("", tool_calls=[call()])]},
        tools=ToolNode([sender(outbox)], messages_key="work"),
    )
    builder.add_edge("agent", "tools")
    return builder.compile(InMemorySaver(), interrupt_before=["tools"])


def a_state_that_is_a_list(outbox: Outbox) -> Any:
    builder = with_agent(
        Annotated[list[Any], add_messages],
        agent=lambda s: [AIMessage("", tool_calls=[call()])],
        tools=ToolNode([sender(outbox)]),
    )
    builder.add_edge("agent", "tools")
    return builder.compile(InMemorySaver(), interrupt_before=["tools"])


def sent_one_by_one(outbox: Outbox) -> Any:
    calls = [call("alice"), call("bob")]
    builder = with_agent(agent=lambda s: {}, tools=ToolNode([sender(outbox)]))
    builder.add_conditional_edges("agent", lambda s: [Send("tools", [c]) for c in calls], ["tools"])
    return builder.compile(InMemorySaver(), interrupt_before=["tools"])


def sent_with_other_arguments(outbox: Outbox) -> Any:
    builder = with_agent(tools=ToolNode([sender(outbox)]))
    builder.add_conditional_edges("agent", lambda s: [Send("tools", [call("eve")])], ["tools"])
    return builder.compile(InMemorySaver(), interrupt_before=["tools"])


def sent_something_else(outbox: Outbox) -> Any:
    builder = with_agent(work=lambda s: outbox.append(s["to"]))
    builder.add_conditional_edges("agent", lambda s: [Send("work", {"to": "eve"})], ["work"])
    return builder.compile(InMemorySaver(), interrupt_before=["work"])


SHOWN = [
    half_answered,
    noted_on_the_way,
    under_another_key,
    a_state_that_is_a_list,
    sent_one_by_one,
    sent_with_other_arguments,
    sent_something_else,
]


@pytest.mark.parametrize("build", SHOWN)
def test_nothing_can_be_approved_that_was_not_shown(build):
    outbox: Outbox = []
    graph = build(outbox)
    message = ("user", "mail them")
    graph.invoke(
        [message] if build is a_state_that_is_a_list else {"messages": [message]}, thread()
    )
    card = ApprovalCard(graph, thread())
    shown = html(card)
    if any(word in buttons(card) for word in ("Approve", "Continue")):
        card.press("approve")
        assert outbox, f"{build.__name__}: approved, and nothing ran"
    unseen = [to for to in outbox if f"<td>{to}</td>" not in shown]
    assert unseen == [], f"{build.__name__} ran what the card did not show: {shown}"


def test_a_call_that_was_answered_already_is_not_approved_along_with_the_others():
    outbox: Outbox = []
    graph = half_answered(outbox)
    graph.invoke({"messages": [("user", "mail them")]}, thread())
    card = ApprovalCard(graph, thread())
    assert buttons(card) == ["Reject", "Respond"], html(card)
    assert "answered already" in html(card)
    card.press("reject")
    assert (outbox, card.status) == ([], "finished")


def mails_one_after_another(outbox: Outbox) -> StateGraph[Any]:
    def agent(state: MessagesState) -> dict[str, list[BaseMessage]]:
        sent = sum(isinstance(message, ToolMessage) for message in state["messages"])
        calls = [call(f"mail-{sent}")] if sent < 3 else []
        return {"messages": [AIMessage("" if calls else "done", tool_calls=calls)]}

    builder = with_agent(agent=agent, tools=ToolNode([sender(outbox)]))
    builder.add_conditional_edges("agent", tools_condition)
    builder.add_edge("tools", "agent")
    return builder


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_a_breakpoint_that_was_given_to_invoke_holds_for_the_next_call_too(decision):
    outbox: Outbox = []
    graph = mails_one_after_another(outbox).compile(InMemorySaver())
    start = {"messages": [("user", "mail them")]}
    graph.invoke(start, thread(), interrupt_before=["tools"])
    card = ApprovalCard(graph, thread())
    card.press(decision)
    assert outbox == (["mail-0"] if decision == "approve" else [])
    assert "mail-1" in html(card), html(card)


def test_a_double_click_does_not_approve_the_call_that_comes_next():
    outbox: Outbox = []
    graph = mails_one_after_another(outbox).compile(InMemorySaver(), interrupt_before=["tools"])
    graph.invoke({"messages": [("user", "mail them")]}, thread())
    card = ApprovalCard(graph, thread())
    clicked = card.controls[0].buttons["approve"]
    clicked.click()
    clicked.click()
    assert outbox == ["mail-0"], "the second click approved a mail that nobody had seen"
    assert "mail-1" in html(card)


def test_after_a_rejection_a_safe_tool_without_a_breakpoint_runs_unasked():
    outbox: Outbox = []

    def agent(state: MessagesState) -> dict[str, list[BaseMessage]]:
        told = sum(isinstance(message, ToolMessage) for message in state["messages"])
        look = {"name": "weather", "args": {"place": "Paris"}, "id": "look", "type": "tool_call"}
        calls = [[call()], [look], []][told]
        return {"messages": [AIMessage("" if calls else "done", tool_calls=calls)]}

    def road(state: MessagesState) -> str:
        calls = state["messages"][-1].tool_calls
        return {"send_email": "tools", "weather": "safe"}[calls[0]["name"]] if calls else END

    builder = with_agent(agent=agent, tools=ToolNode([sender(outbox)]), safe=ToolNode([weather]))
    builder.add_conditional_edges("agent", road, ["tools", "safe", END])
    builder.add_edge("tools", "agent")
    builder.add_edge("safe", "agent")
    graph = builder.compile(InMemorySaver(), interrupt_before=["tools"])
    graph.invoke({"messages": [("user", "mail alice")]}, thread())
    card = ApprovalCard(graph, thread())
    card.press("reject")
    assert (outbox, card.status) == ([], "finished")
    assert "Paris: sunny" in html(card)


def test_an_edited_call_runs_where_a_command_had_led_to_the_breakpoint():
    outbox: Outbox = []

    def agent(state: MessagesState) -> Command[str]:
        written = asks(call())(state)
        asked = written["messages"][0].tool_calls
        return Command(update=written, goto="tools" if asked else END)

    builder = with_agent(agent=agent, tools=ToolNode([sender(outbox)]))
    builder.add_edge("tools", "agent")
    graph = builder.compile(InMemorySaver(), interrupt_before=["tools"])
    graph.invoke({"messages": [("user", "mail alice")]}, thread())
    edited = {"name": "send_email", "args": {"to": "bob"}}
    pause = read_thread(graph, thread()).pause
    done = decide(graph, thread(), pause, {"type": "edit", "edited_action": edited})
    assert (outbox, done.thread.status, done.remark) == (["bob"], "finished", "")


class Replaced(TypedDict):
    """A state whose messages have no reducer."""

    messages: list[Any]
    log: Annotated[list[str], operator.add]


def test_a_state_that_replaces_its_messages_is_not_rejected_into_oblivion():
    outbox: Outbox = []
    builder = with_agent(Replaced, tools=ToolNode([sender(outbox)]))
    builder.add_edge("agent", "tools")
    graph = builder.compile(InMemorySaver(), interrupt_before=["tools"])
    graph.invoke({"messages": [("user", "mail alice")]}, thread())
    pause = read_thread(graph, thread()).pause
    assert pause is not None
    assert pause.decisions == ("approve",), pause
    assert "erase the conversation" in pause.remarks[0]


def test_a_tool_that_ends_the_program_does_not_leave_the_card_running():
    @tool
    def send_email(to: str) -> str:
        """Send an email."""
        raise SystemExit(1)

    builder = with_agent(tools=ToolNode([send_email]))
    builder.add_edge("agent", "tools")
    graph = builder.compile(InMemorySaver(), interrupt_before=["tools"])
    graph.invoke({"messages": [("user", "mail alice")]}, thread())
    card = ApprovalCard(graph, thread())
    with pytest.raises(SystemExit):
        card.press("approve")
    assert card.status != "running"


def test_characters_that_reorder_text_are_shown_by_their_code():
    builder = with_agent(agent=asks(call("\u202emoc.elpmaxe@ecila")), tools=ToolNode([sender([])]))
    builder.add_edge("agent", "tools")
    graph = builder.compile(InMemorySaver(), interrupt_before=["tools"])
    graph.invoke({"messages": [("user", "mail alice")]}, thread())
    card = ApprovalCard(graph, thread())
    assert "\\u202emoc.elpmaxe@ecila" in html(card)
