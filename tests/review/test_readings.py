"""What a reading costs, and what it gives: plain data, by one look at the state and the journal."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.pregel import Pregel

from course_utils.review.deciding.resuming import decide
from course_utils.review.deciding.shown import read_thread
from course_utils.review.inbox.waiting_threads import WaitingThreads
from course_utils.review.reading.places import Place
from course_utils.review.record.opening import journal_of
from tests.support.agents import MailAgent, ask, thread
from tests.support.deciding import APPROVE, begin, respond, statements
from tests.support.foreign_graphs import around, mail_agent, sent_in_parallel


@pytest.mark.parametrize("count", [2, 50])
def test_a_reading_asks_the_journal_once_however_many_questions_wait(saver, count):
    graph = sent_in_parallel([], saver, *(f"{n}@example.com" for n in range(count)))
    pauses = begin(graph, {"log": []})
    decide(graph, thread(), pauses[0], respond(True))
    with statements(journal_of(saver)) as asked:
        now = read_thread(graph, thread())
    assert (len(now.pauses), len(asked)) == (count - 1, 1), asked


def test_a_page_of_the_inbox_asks_the_journal_once_for_each_of_its_lines(saver):
    graph = MailAgent().compile(checkpointer=saver, interrupt_before=["tools"])
    ask(graph)
    decide(graph, thread(), read_thread(graph, thread()).pause, APPROVE)
    for number in range(5):
        graph.invoke({"messages": [("user", "Email al@example.com")]}, thread(f"{number}"))
    with statements(journal_of(saver)) as asked:
        page = WaitingThreads(graph).page(1, 20)
    assert (len(page), len(asked)) == (5, 5), asked


def at_a_breakpoint() -> Any:
    """Return a graph that waits before a call."""
    graph = MailAgent().compile(interrupt_before=["tools"])
    ask(graph)
    return graph


def in_a_subgraph() -> Any:
    """Return a graph that waits before a call inside a graph of its own."""
    inner = mail_agent([], "alice@example.com", interrupt_before=["tools"])
    graph = around(InMemorySaver(), inner)
    begin(graph)
    return graph


def at_questions() -> Any:
    """Return a graph with two questions at once."""
    graph = sent_in_parallel([], InMemorySaver(), "alice@example.com", "bob@example.com")
    begin(graph, {"log": []})
    return graph


@pytest.mark.parametrize("began", [at_a_breakpoint, in_a_subgraph, at_questions])
def test_what_describes_a_pause_is_plain_data_and_holds_no_live_graph(began):
    pauses = read_thread(began(), thread()).pauses
    assert pauses
    assert pickle.loads(pickle.dumps(pauses)) == pauses  # noqa: S301 - just written
    parts = [part for pause in pauses for part in vars(pause).values()]
    assert not [part for part in parts if isinstance(part, Pregel | Place)], parts
