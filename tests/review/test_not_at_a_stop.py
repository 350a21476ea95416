"""Threads that stand where their compiled graph does not stop: never called waiting."""

from threading import Event, Thread

import pytest
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt

from course_utils import Inbox
from course_utils.review.deciding.resuming import decide
from course_utils.review.deciding.shown import read_thread
from tests.support.agents import MailAgent, ask, thread
from tests.support.deciding import APPROVE, REJECT, begin, respond, waiting
from tests.support.foreign_graphs import MAIL, asking, asking_for


class Cut(BaseException):
    """Ends a run as a kill would: LangGraph writes nothing down about it."""


def mails(saver, send, **stops):
    """Return a graph whose tool is this function."""

    @tool
    def send_email(to: str, subject: str, body: str) -> str:
        """Send an email."""
        return send(to)

    builder = StateGraph(MessagesState)
    builder.add_node("agent", asking_for(MAIL["to"]))
    builder.add_node("tools", ToolNode([send_email]))
    builder.add_edge(START, "agent").add_edge("tools", "agent")
    builder.add_conditional_edges("agent", tools_condition)
    return builder.compile(saver, **stops)


def cut(_):
    raise Cut


@pytest.fixture
def running(saver):
    """A graph without breakpoints, its tool in the middle of a run in another thread."""
    begun, may_end, sent = Event(), Event(), []

    def send(to):
        sent.append(to)
        begun.set()
        may_end.wait(30)
        return "sent"

    graph = mails(saver, send)
    run = Thread(target=graph.invoke, args=({"messages": [("user", "go")]}, thread()))
    run.start()
    begun.wait(30)
    while graph.get_state(thread()).next != ("tools",):
        pass  # LangGraph saves the step before while this one runs

    def end():
        may_end.set()
        run.join()

    yield graph, sent, end
    end()


def test_a_run_in_another_thread_is_not_taken_for_a_thread_that_waits(running):
    graph, sent, end = running
    now = read_thread(graph, thread())
    assert now.status == "unclear", now
    assert "goes on right now, or was cut off" in now.explanation, now
    assert "may do that again" in now.caution, now
    assert "may come too late" in now.caution, now
    (listed,) = Inbox(graph).threads
    assert listed.status == "unclear", listed
    rejected = decide(graph, thread(), now.pause, REJECT)
    end()
    assert sent == [MAIL["to"]], "the other run sends the mail, whatever is decided"
    assert "may still carry out what was not approved" in rejected.remark, rejected


def test_a_process_that_died_in_its_first_run_left_a_thread_that_does_not_wait(saver):
    graph = mails(saver, cut)
    with pytest.raises(Cut):
        ask(graph)
    assert read_thread(graph, thread()).status == "unclear"


def test_a_stream_that_nobody_reads_to_its_end_left_a_thread_that_may_still_run(saver):
    graph = mails(saver, lambda to: "sent")
    for _ in graph.stream({"messages": [("user", "go")]}, thread(), stream_mode="updates"):
        break
    now = read_thread(graph, thread())
    assert now.status == "unclear", now
    assert "goes on right now, or was cut off" in now.explanation, now


def test_a_process_that_died_before_its_breakpoint_left_a_thread_that_does_not_wait(saver):
    builder = StateGraph(MessagesState)
    builder.add_node("agent", cut)
    builder.add_node("tools", ToolNode([]))
    builder.add_edge(START, "agent").add_edge("agent", "tools")
    graph = builder.compile(saver, interrupt_before=["tools"])
    with pytest.raises(Cut):
        ask(graph)
    now = read_thread(graph, thread())
    assert (now.status, now.nodes) == ("unclear", ("agent",)), now


def test_a_breakpoint_given_to_the_call_is_one_of_the_things_it_may_be(saver):
    sent = []
    graph = mails(saver, lambda to: sent.append(to) or "sent")
    (pause,) = begin(graph, interrupt_before=["tools"])
    now = read_thread(graph, thread())
    assert now.status == "unclear", now
    assert "a breakpoint that was given to the call" in now.explanation, now
    assert decide(graph, thread(), pause, APPROVE).thread.status == "finished"
    assert sent == [MAIL["to"]]


@pytest.mark.parametrize(
    "stops",
    [
        {"interrupt_before": ["tools"]},
        {"interrupt_before": "*"},
        {"interrupt_after": ["agent"]},
        {"interrupt_after": "*"},
    ],
    ids=repr,
)
def test_a_thread_waits_at_every_kind_of_compiled_breakpoint(saver, stops):
    graph = mails(saver, lambda to: "sent", **stops)
    ask(graph)
    while read_thread(graph, thread()).nodes != ("tools",):
        graph.invoke(None, thread())
    assert read_thread(graph, thread()).status == "paused"
    for _ in range(2):
        asked_anew = asking_for(MAIL["to"])({"messages": []})
        graph.update_state(thread(), asked_anew, as_node="agent")
    assert read_thread(graph, thread()).status == "paused", "somebody has written to the state"


def test_behind_a_breakpoint_after_a_node_a_later_step_is_no_stop(saver):
    graph = mails(saver, cut, interrupt_after=["tools"])
    with pytest.raises(Cut):
        ask(graph)
    assert read_thread(graph, thread()).status == "unclear"


def test_a_question_beside_a_node_that_still_runs_says_that_an_answer_may_run_it_again(saver):
    begun, may_end, done = Event(), Event(), []

    def pays(state):
        done.append("paid")
        begun.set()
        may_end.wait(30)
        return {"log": ["paid"]}

    def asks(state):
        begun.wait(30)
        return {"log": [interrupt("sure?")]}

    graph = asking(saver, asks, pays)
    run = Thread(target=graph.invoke, args=({"log": []}, thread()))
    run.start()
    begun.wait(30)
    while not graph.get_state(thread()).interrupts:
        pass
    now = read_thread(graph, thread())
    may_end.set()
    run.join()
    assert now.status == "unclear", now
    assert "pays has not come to its end" in now.explanation, now
    assert "may run pays again" in now.caution, now
    later = read_thread(graph, thread())
    assert (later.status, done) == ("paused", ["paid"]), later
    assert decide(graph, thread(), later.pause, respond("yes")).thread.status == "finished"
    assert done == ["paid"]


def test_a_thread_whose_node_was_renamed_is_neither_finished_nor_left_out(saver):
    agent = MailAgent("review")
    ask(agent.compile(checkpointer=saver, interrupt_before=["review"]))
    renamed = MailAgent().compile(checkpointer=saver, interrupt_before=["tools"])
    now = read_thread(renamed, thread())
    assert (now.status, now.nodes) == ("stranded", ("review",)), now
    assert "this graph does not have: review" in now.explanation, now
    assert waiting(renamed) == ()
