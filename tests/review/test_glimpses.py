"""What is told of a thread from its bare checkpoint is what LangGraph says when it reads it."""

from __future__ import annotations

from operator import add
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Send, interrupt

from course_utils.review.inbox.searching import Order
from course_utils.review.inbox.waiting_threads import WaitingThreads
from tests.support import foreign_graphs as foreign
from tests.support.agents import TWO_MAILS, MailAgent, thread

if TYPE_CHECKING:
    from collections.abc import Callable

    from langgraph.checkpoint.base import BaseCheckpointSaver

    Make = Callable[[Any], Any]


class Lists(TypedDict, total=False):
    """A state with messages under another name, as plain dicts."""

    chat: Annotated[list[Any], add]


def dicts(saver: Any) -> Any:
    """A graph whose messages are plain dicts, as OpenAI writes them."""
    function = {"name": "send_email", "arguments": '{"to": "alice@example.com"}'}
    call = {"id": "1", "type": "function", "function": function}
    asking = {"role": "assistant", "content": None, "tool_calls": [call]}
    builder = StateGraph(Lists)
    builder.add_node("agent", lambda state: {"chat": [asking]})
    builder.add_node("tools", lambda state: {"chat": []})
    builder.add_edge(START, "agent").add_edge("agent", "tools")
    return builder.compile(checkpointer=saver, interrupt_before=["tools"])


def sends(saver: Any) -> Any:
    """A graph that sends each call to a task of its own."""
    builder = StateGraph(MessagesState)
    builder.add_node("agent", foreign.asking_for("alice@example.com", "bob@example.com"))
    builder.add_node("tools", lambda state: {"messages": []})
    builder.add_edge(START, "agent").add_conditional_edges(
        "agent", lambda state: [Send("tools", [call]) for call in state["messages"][-1].tool_calls]
    )
    return builder.compile(checkpointer=saver, interrupt_before=["tools"])


def asks(saver: Any) -> Any:
    """A graph that asks with interrupt() in words of its own."""
    builder = StateGraph(MessagesState)
    builder.add_node("enquire", lambda state: {"messages": [interrupt({"how": "much", "to": 5})]})
    builder.add_edge(START, "enquire")
    return builder.compile(checkpointer=saver)


SHAPES: dict[str, Make] = {
    "breakpoint": lambda saver: MailAgent().compile(checkpointer=saver, interrupt_before=["tools"]),
    "after the tools": lambda saver: MailAgent().compile(
        checkpointer=saver, interrupt_before=["agent"]
    ),
    "middleware, batched": lambda saver: foreign.gated_agent([], saver),
    "middleware, per call": lambda saver: foreign.gated_agent([], saver, "per_call"),
    "agent inbox": lambda saver: foreign.inbox_agent([], saver, "alice@example.com"),
    "a question": asks,
    "in a subgraph": lambda saver: foreign.around(
        saver, foreign.mail_agent([], "alice@example.com", interrupt_before=["tools"])
    ),
    "sent": sends,
    "plain dicts": dicts,
}


def first(shape: str, words: str) -> Any:
    """What a graph of this shape is invoked with."""
    if shape == "plain dicts":
        return {"chat": [{"role": "user", "content": words}]}
    return {"messages": [HumanMessage(words)]}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_glimpse_says_what_langgraph_says(shape: str, saver: BaseCheckpointSaver[str]):
    graph = SHAPES[shape](saver)
    graph.invoke(first(shape, TWO_MAILS), thread("one"))
    (read,) = WaitingThreads(graph)
    queue = WaitingThreads(graph)
    ((_, told),) = queue._tellings()
    assert (told.asked, told.words) == (read.asked, read.words), shape
    assert (told.thread_id, told.since, told.words) == ("one", read.since, TWO_MAILS), shape


# Where no call is seen, and where a subgraph waits, only LangGraph can tell what is asked.
@pytest.mark.parametrize("shape", sorted(SHAPES.keys() - {"after the tools", "in a subgraph"}))
def test_a_search_reads_in_full_only_what_it_shows(shape: str, monkeypatch: pytest.MonkeyPatch):
    graph = SHAPES[shape](InMemorySaver())
    for name in ("one", "two", "three"):
        graph.invoke(first(shape, f"{TWO_MAILS} {name}"), thread(name))
    read: list[str] = []
    queue = WaitingThreads(graph)
    look = queue._look
    monkeypatch.setattr(queue, "_look", lambda name: read.append(name) or look(name))
    found = queue.page(1, 5, "bob@example.com two")
    assert ([one.thread_id for one in found], queue.count("three")) == (["two"], 1), shape
    queue.page(1, 1, "", Order("argument", "to", descending=True))
    assert len(read) <= 2, f"{shape}: {read}"


def test_a_question_that_was_answered_is_no_longer_found(saver: BaseCheckpointSaver[str]):
    graph = MailAgent().compile(
        checkpointer=saver, interrupt_before=["tools"], interrupt_after=["tools"]
    )
    graph.invoke({"messages": [HumanMessage(TWO_MAILS)]}, thread("one"))
    graph.invoke(None, thread("one"))
    queue = WaitingThreads(graph)
    assert (queue.page(1, 5, "send_email bob"), queue.count()) == ([], 1)
    assert [one.thread_id for one in queue.page(1, 5, "one email")] == ["one"], "the user's words"


def test_threads_of_an_older_graph_are_counted_and_those_of_a_stranger_are_not(
    saver: BaseCheckpointSaver[str],
):
    for number in range(3):
        SHAPES["breakpoint"](saver).invoke(
            {"messages": [HumanMessage(TWO_MAILS)]}, thread(f"old-{number}")
        )
    asks(saver).invoke({"messages": [HumanMessage("hello")]}, thread("a stranger's"))
    builder = StateGraph(MessagesState)
    builder.add_node("agent", lambda state: {"messages": []})
    builder.add_edge(START, "agent")
    newer = builder.compile(checkpointer=saver)
    queue = WaitingThreads(newer)
    assert (queue.count(), queue.stranded()) == (0, ["old-0", "old-1", "old-2"])
    queue.refresh()
    saver.delete_thread("old-1")
    queue.refresh()
    assert (queue.count(), queue.stranded()) == (0, ["old-0", "old-2"])
