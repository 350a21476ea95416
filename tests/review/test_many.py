"""One decision on many threads: each is claimed by itself, and what came of each is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver

from course_utils.review.deciding.many import Chosen, decide_each, reason_arrives, why_not
from course_utils.review.deciding.resuming import decide
from course_utils.review.deciding.shown import read_thread
from course_utils.review.record.opening import journal_of
from tests.support import foreign_graphs as foreign
from tests.support.agents import ONE_MAIL, TWO_MAILS, MailAgent, thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langgraph.checkpoint.base import BaseCheckpointSaver

APPROVE: Any = {"type": "approve"}


def begun(graph: Any, *names: str, words: str = ONE_MAIL) -> list[Chosen]:
    """Threads that wait, as they are shown now."""
    for name in names:
        graph.invoke({"messages": [HumanMessage(words)]}, thread(name))
    return [Chosen(thread(name), read_thread(graph, thread(name))) for name in names]


def told(came: Sequence[Any]) -> list[tuple[str, str]]:
    """What came of each, in a word."""
    ends = ["lost" if c.lost else "failed" if c.error else c.outcome.thread.status for c in came]
    return [(one.chosen.id, end) for one, end in zip(came, ends, strict=True)]


def test_each_is_claimed_by_itself_and_the_loser_is_told(saver: BaseCheckpointSaver[str]):
    agent = MailAgent()
    graph = agent.compile(checkpointer=saver, interrupt_before=["tools"])
    chosen = begun(graph, "one", "two", "three")
    decide(graph, thread("two"), chosen[1].pause, {"type": "reject"}, reviewer="bob")
    came = list(decide_each(graph, chosen, APPROVE, reviewer="alice"))
    assert told(came) == [("one", "finished"), ("two", "lost"), ("three", "finished")]
    assert "bob decided this first" in str(came[1].error), came[1].error
    assert len(agent.outbox) == 2
    entries = journal_of(saver).entries()
    assert [(e.key.thread_id, e.reviewer, e.told_decision, e.outcome) for e in entries] == [
        ("two", "bob", "reject", "done"),
        ("one", "alice", "approve", "done"),
        ("three", "alice", "approve", "done"),
    ]


def test_a_run_that_fails_holds_back_no_other_and_whoever_stops_asking_stops_deciding():
    agent = MailAgent(fails=1)
    graph = agent.compile(interrupt_before=["tools"])
    each = decide_each(graph, begun(graph, "one", "two", "three"), APPROVE)
    came = [next(each), next(each)]
    assert told(came) == [("one", "failed"), ("two", "finished")]
    assert "smtp down" in str(came[0].error)
    each.close()
    assert read_thread(graph, thread("three")).status == "paused"
    assert len(agent.outbox) == 1


def test_what_has_changed_since_it_was_shown_is_not_decided():
    agent = MailAgent()
    graph = agent.compile(interrupt_before=["tools"])
    chosen = begun(graph, "one")
    state = graph.get_state(thread("one"))
    message = state.values["messages"][-1]
    message.tool_calls[0]["args"]["to"] = "eve@example.com"
    graph.update_state(thread("one"), {"messages": [message]})
    assert told(list(decide_each(graph, chosen, APPROVE))) == [("one", "lost")]
    assert agent.outbox == []


@pytest.mark.parametrize("mode", ["batched", "per_call"])
def test_one_decision_answers_every_call_of_a_request(mode: str):
    outbox: list[str] = []
    graph = foreign.gated_agent(outbox, InMemorySaver(), mode)
    chosen = begun(graph, "one", words=TWO_MAILS)
    reason = why_not(chosen[0].thread, "approve")
    if mode == "per_call":
        assert reason == "it asks several things at once"
        return
    assert reason == ""
    assert told(list(decide_each(graph, chosen, APPROVE))) == [("one", "finished")]
    assert sorted(outbox) == ["alice@example.com", "bob@example.com"]


def test_a_rejection_reaches_every_call_with_its_reason():
    agent = MailAgent()
    graph = agent.compile(interrupt_before=["tools"])
    reject: Any = {"type": "reject", "message": "not today"}
    came = list(decide_each(graph, begun(graph, "one", words=TWO_MAILS), reject))
    assert told(came) == [("one", "finished")]
    said = [m.text for m in graph.get_state(thread("one")).values["messages"] if m.type == "tool"]
    assert [("not today" in one) for one in said] == [True, True], said
    assert agent.outbox == []


def test_what_one_decision_cannot_answer_whole_says_why():
    saver = InMemorySaver()
    mails = MailAgent(fails=1).compile(checkpointer=saver, interrupt_before=["tools"])
    (crashed,) = begun(mails, "crashed")
    with pytest.raises(ConnectionError):
        mails.invoke(None, thread("crashed"))
    crashed = Chosen(crashed.config, read_thread(mails, thread("crashed")))
    assert why_not(crashed.thread, "approve").startswith("it does not simply wait: Node 'tools'")

    after = MailAgent().compile(interrupt_after=["tools"])
    (goes_on,) = begun(after, "one")
    assert why_not(goes_on.thread, "approve") == "it names nothing that would run"

    only_yes = foreign.gated_agent([], InMemorySaver(), on={"allowed_decisions": ["approve"]})
    (asked,) = begun(only_yes, "one")
    assert (why_not(asked.thread, "approve"), why_not(asked.thread, "reject")) == (
        "",
        "reject is not offered for all that it asks: open its card",
    )
    assert why_not(read_thread(only_yes, thread("nobody")), "approve").startswith("it does not")


def test_whether_a_reason_arrives_is_known():
    (batched,) = begun(foreign.gated_agent([], InMemorySaver()), "one")
    (inbox,) = begun(foreign.inbox_agent([], InMemorySaver(), "alice@example.com"), "one")
    assert (reason_arrives(batched.thread), reason_arrives(inbox.thread)) == (True, False)
