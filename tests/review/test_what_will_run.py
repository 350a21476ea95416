"""Whatever the waiting node would run is shown, wherever and however the state keeps it."""

import operator
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage, message_to_dict
from langgraph.channels import DeltaChannel
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.graph.message import add_messages
from langgraph.prebuilt import ToolNode
from langgraph.types import Send

from course_utils.review.deciding.resuming import decide
from course_utils.review.deciding.shown import read_thread
from course_utils.review.reading.conversations import conversations
from tests.support.agents import thread
from tests.support.deciding import APPROVE, REJECT, begin, waiting
from tests.support.foreign_graphs import MAIL, call, sender

CALL = call("bob@example.com")
OPENAI = {
    "role": "assistant",
    "content": None,
    "tool_calls": [
        {
            "id": CALL["id"],
            "type": "function",
            "function": {"name": "send_email", "arguments": '{"to": "bob@example.com"}'},
        }
    ],
}
ANTHROPIC = {
    "role": "assistant",
    "content": [
        {"type": "text", "text": "A mail."},
        {"type": "tool_use", "id": CALL["id"], "name": "send_email", "input": {"to": "bob"}},
    ],
}
RESPONSES = {
    "type": "function_call",
    "id": "fc_1",
    "call_id": CALL["id"],
    "name": "send_email",
    "arguments": '{"to": "bob"}',
}
SAID = AIMessage("", tool_calls=[CALL])


def acting(saver, state, act, *, before="act", **values):
    """Return a graph that writes these values in one node, and waits before a function."""
    builder = StateGraph(state)
    builder.add_node("agent", lambda _: values)
    builder.add_node("act", act)
    builder.add_edge(START, "agent").add_edge("agent", "act").add_edge("act", END)
    return builder.compile(saver, interrupt_before=[before])


class Two(TypedDict):
    """What the user sees, and where the agent works."""

    messages: Annotated[list[Any], add_messages]
    scratchpad: Annotated[list[Any], add_messages]


class Plain(TypedDict):
    """Whatever is added."""

    history: Annotated[list[Any], operator.add]


class Nested(TypedDict):
    """Messages inside a value."""

    work: dict[str, Any]


@pytest.mark.parametrize(
    ("state", "values"),
    [
        (Two, {"scratchpad": [SAID]}),
        (Two, {"messages": [AIMessage("Wait.")], "scratchpad": [SAID]}),
        (Nested, {"work": {"turn": {"messages": [HumanMessage("go"), SAID]}}}),
        (Nested, {"work": {"answer": SAID}}),
        (Plain, {"history": [OPENAI]}),
        (Plain, {"history": [ANTHROPIC]}),
        (Plain, {"history": [{"role": "user", "content": "go"}, RESPONSES]}),
        (Plain, {"history": [message_to_dict(SAID)]}),
        (Plain, {"history": [{"role": "assistant", "tool_calls": [CALL]}]}),
    ],
)
def test_a_pending_call_is_shown_from_any_list_and_in_any_form(saver, state, values):
    graph = acting(saver, state, lambda _: {}, **values)
    (pause,) = begin(graph, {name: [] for name in state.__annotations__ if state is not Nested})
    (action,) = pause.request["action_requests"]
    assert (action["name"], action["args"]["to"][:3]) == ("send_email", "bob"), pause
    assert "approve" in pause.decisions, pause


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (OPENAI, {"role": "tool", "tool_call_id": CALL["id"], "content": "sent"}),
        (RESPONSES, {"type": "function_call_output", "call_id": CALL["id"], "output": "sent"}),
        (
            ANTHROPIC,
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": CALL["id"], "content": "sent"}],
            },
        ),
        (message_to_dict(SAID), message_to_dict(ToolMessage("sent", tool_call_id=CALL["id"]))),
    ],
    ids=["openai", "responses", "anthropic", "langchain"],
)
def test_an_answered_call_in_plain_dicts_is_not_shown_as_pending(saver, said, answer):
    graph = acting(saver, Plain, lambda _: {}, history=[said, answer])
    (pause,) = begin(graph, {"history": []})
    assert (pause.request["action_requests"], pause.approval) == ([], "continue"), pause
    assert "What act will do cannot be told" in pause.remarks[0], pause


@pytest.mark.parametrize("said", [OPENAI, ANTHROPIC, RESPONSES], ids=["openai", "anthropic", "r"])
def test_a_rejection_is_written_in_the_form_of_the_call(saver, said):
    ran = []
    graph = acting(saver, Plain, lambda _: ran.append("act") or {}, history=[said])
    graph.invoke({"history": []}, thread())
    pause = read_thread(graph, thread(), tools_node="act").pause
    assert pause.decisions == ("approve", "reject", "respond"), pause
    assert "plain dicts" in pause.remarks[0], pause
    assert decide(graph, thread(), pause, REJECT).thread.status == "finished"
    (_, told) = graph.get_state(thread()).values["history"]
    assert isinstance(told, dict), told
    (found,) = conversations({"history": [told]})
    assert found.messages[0].tool_call_id == CALL["id"], told
    assert (ran, "wrong address" in found.messages[0].text) == ([], True)


def test_calls_in_two_lists_are_all_shown_and_not_changed(saver):
    other = AIMessage("", tool_calls=[call("eve@example.com")])
    graph = acting(saver, Two, lambda _: {}, messages=[SAID], scratchpad=[other])
    (pause,) = begin(graph, {"messages": [], "scratchpad": []})
    assert [a["args"]["to"] for a in pause.request["action_requests"]] == [
        "bob@example.com",
        "eve@example.com",
    ]
    assert pause.decisions == ("approve",), pause
    assert "several lists of messages (messages, scratchpad)" in pause.remarks[0], pause


@dataclass
class Job:
    """What a worker is to do."""

    topic: str


@pytest.mark.parametrize(
    ("jobs", "shown"),
    [
        ([{"topic": "cats"}, {"topic": "dogs"}], [{"topic": "cats"}, {"topic": "dogs"}]),
        ([Job("cats")], [{"topic": "cats"}]),
        (["cats"], [{"sent": "cats"}]),
    ],
    ids=["dicts", "dataclass", "text"],
)
def test_a_job_that_a_send_carries_is_shown_and_can_be_approved(saver, jobs, shown):
    done = []
    builder = StateGraph(Plain)
    builder.add_node("worker", lambda job: done.append(job) or {})
    builder.add_conditional_edges(START, lambda _: [Send("worker", job) for job in jobs])
    graph = builder.compile(saver, interrupt_before=["worker"])
    (pause,) = begin(graph, {"history": []})
    actions = pause.request["action_requests"]
    assert [(a["name"], a["args"]) for a in actions] == [("worker", args) for args in shown]
    assert (pause.decisions, "was sent a job" in pause.remarks[0]) == (("approve",), True), pause
    decide(graph, thread(), pause, APPROVE)
    assert len(done) == len(jobs)


def test_a_state_that_a_send_carries_shows_the_calls_in_it_and_takes_every_decision(saver):
    outbox = []

    def route(state):
        if isinstance(state["messages"][-1], ToolMessage):
            return END
        return [Send("tools", {"messages": state["messages"]})]

    builder = StateGraph(MessagesState)
    builder.add_node(
        "agent", lambda state: {"messages": [SAID] if len(state["messages"]) < 2 else []}
    )
    builder.add_node("tools", ToolNode([sender(outbox)]))
    builder.add_edge(START, "agent").add_edge("tools", "agent")
    builder.add_conditional_edges("agent", route, ["tools", END])
    graph = builder.compile(saver, interrupt_before=["tools"])
    (pause,) = begin(graph)
    assert pause.calls == (CALL,), pause
    assert pause.decisions == ("approve", "edit", "reject", "respond"), pause
    edit = {"name": "send_email", "args": MAIL | {"to": "eve@example.com"}}
    decide(graph, thread(), pause, {"type": "edit", "edited_action": edit})
    assert outbox == ["eve@example.com"]


def append_all(held, writes):
    return add_messages(held, [message for write in writes for message in write])


def keep_last_twenty(held, new):
    return add_messages(held, new)[-20:]


def newest_alone(held, new):
    return new


def refuse(held, new):
    if any(isinstance(message, HumanMessage) for message in new):
        raise TypeError("no people here")
    return [*held, *new]


@pytest.mark.parametrize(
    ("reducer", "decisions", "remark"),
    [
        (DeltaChannel(append_all), ("approve", "edit", "reject", "respond"), ""),
        (keep_last_twenty, ("approve", "edit", "reject", "respond"), ""),
        (operator.add, ("approve", "reject", "respond"), "adds every message"),
        (newest_alone, ("approve",), "replaces its messages"),
        (refuse, ("approve",), "no people here"),
    ],
    ids=["delta channel", "bounded", "add", "newest", "refuses"],
)
def test_what_a_reducer_does_with_a_message_decides_what_is_offered(
    saver, reducer, decisions, remark
):
    state = TypedDict("state", {"messages": Annotated[list[Any], reducer]})  # noqa: UP013
    outbox = []
    builder = StateGraph(state)
    builder.add_node("agent", lambda _: {"messages": [SAID]})
    builder.add_node("tools", ToolNode([sender(outbox)]))
    builder.add_edge(START, "agent").add_edge("agent", "tools")
    graph = builder.compile(saver, interrupt_before=["tools"])
    (pause,) = begin(graph, {"messages": []})
    assert pause.decisions == decisions, pause
    assert remark in " ".join(pause.remarks), pause
    if "reject" in decisions:
        assert decide(graph, thread(), pause, REJECT).thread.status == "finished"
        assert outbox == []
    assert all(p.approval != "carry on" for p in waiting(graph))
