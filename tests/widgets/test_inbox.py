"""The inbox: what it lists, what its buttons do, and what it survives."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from langchain_core.messages import AIMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import START, MessagesState, StateGraph

from course_utils import ApprovalCard, Inbox
from course_utils.widgets.inbox.html import age_words
from tests.support.agents import ONE_MAIL, MailAgent, thread
from tests.support.inboxes import listed, numbered, page, row_of, said_of, seen, waiting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SqliteSaver]:
    with SqliteSaver.from_conn_string(str(tmp_path / "threads.sqlite")) as saver:
        yield saver


def test_an_empty_inbox_says_so():
    inbox = Inbox(MailAgent().compile())
    assert inbox.status == "The inbox is empty: no thread waits."
    assert (listed(inbox), "empty" in seen(inbox)) == ([], True)
    with pytest.raises(ValueError, match="offers refresh, not 'next'"):
        inbox.press("next")


def test_it_lists_thread_tool_arguments_age_and_status(file: SqliteSaver):
    graph = waiting(MailAgent(), "lunch", checkpointer=file)
    inbox = Inbox(graph)
    assert inbox.status == "1-1 of 1 thread"
    assert listed(inbox) == ["lunch"]
    for word in ("send_email", "alice@example.com", "waiting, less than a minute"):
        assert word in seen(inbox), seen(inbox)


def test_open_shows_the_card_and_a_decision_takes_the_thread_off_the_list(file: SqliteSaver):
    agent = MailAgent()
    inbox = Inbox(waiting(agent, "one", "two", checkpointer=file))
    row_of(inbox, "two").opening.click()
    assert (inbox.opened, "Thread two is open below" in seen(inbox)) == ("two", True)
    assert isinstance(inbox.card, ApprovalCard)
    inbox.card.press("approve")
    assert agent.outbox == ["alice@example.com"]
    assert (page(inbox), inbox.status) == (["one"], "1-1 of 1 thread")
    assert (inbox.opened, inbox.card.status) == ("two", "finished"), "the card stays"
    assert listed(inbox) == ["one", "two"], "and so does the row above it"


def test_the_card_follows_its_thread_to_the_next_pause_and_so_does_the_list():
    graph = waiting(MailAgent(), "one", "two", interrupt_after=["tools"])
    inbox = Inbox(graph)
    inbox.open_thread("one")
    card = inbox.card
    assert card is not None
    card.press("approve")
    assert (inbox.card is card, card.status) == (True, "paused")
    assert page(inbox) == ["two", "one"], "the new pause is younger"
    assert listed(inbox) == ["one", "two"], "the row stays above its card"
    inbox.press("refresh")
    assert listed(inbox) == ["two", "one"]


def test_next_in_line_opens_the_oldest_that_is_not_open():
    agent = MailAgent()
    inbox = Inbox(waiting(agent, "a", "b", "c"))
    opened = []
    for _ in range(3):
        inbox.press("next in line")
        opened.append(inbox.opened)
        assert inbox.card is not None
        inbox.card.press("reject")
    assert (opened, inbox.threads, agent.outbox) == (["a", "b", "c"], [], [])
    assert inbox._view.buttons["next in line"].disabled


def test_paging():
    inbox = Inbox(waiting(MailAgent(), *numbered(5)), page_size=2)
    pages = [(inbox.status, listed(inbox))]
    for _ in range(2):
        inbox.press("next")
        pages.append((inbox.status, listed(inbox)))
    assert pages == [
        ("1-2 of 5 threads", ["order-01", "order-02"]),
        ("3-4 of 5 threads", ["order-03", "order-04"]),
        ("5-5 of 5 threads", ["order-05"]),
    ]
    with pytest.raises(ValueError, match="not 'next'"):
        inbox.press("next")
    inbox.press("previous")
    assert listed(inbox) == ["order-03", "order-04"]


def test_a_page_that_has_emptied_gives_way_to_the_last_one():
    inbox = Inbox(waiting(MailAgent(), *numbered(3)), page_size=2)
    inbox.press("next")
    inbox.open_thread("order-03")
    assert inbox.card is not None
    inbox.card.press("approve")
    assert (inbox.status, page(inbox)) == ("1-2 of 2 threads", ["order-01", "order-02"])


def test_the_filter_takes_words_of_thread_tool_and_arguments():
    inbox = Inbox(waiting(MailAgent(), *numbered(12)), page_size=5)
    inbox.press("next")
    inbox.filter("ORDER-1 Send_Email")
    assert (listed(inbox), inbox.status) == (
        ["order-10", "order-11", "order-12"],
        "1-3 of 3 threads",
    )
    inbox.filter("order-1 nobody")
    assert inbox.status == "No thread of this inbox mentions 'order-1 nobody'."
    inbox.filter("")
    assert inbox.status == "1-5 of 12 threads"


def test_refresh_shows_what_has_come_since():
    graph = waiting(MailAgent(), "one")
    inbox = Inbox(graph)
    graph.invoke({"messages": [("user", ONE_MAIL)]}, thread("two"))
    assert listed(inbox) == ["one"]
    inbox.press("refresh")
    assert listed(inbox) == ["one", "two"]


def test_a_thread_decided_in_another_inbox_breaks_nothing(tmp_path: Path):
    agent = MailAgent()
    path = str(tmp_path / "shared.sqlite")
    with SqliteSaver.from_conn_string(path) as here, SqliteSaver.from_conn_string(path) as there:
        mine = Inbox(waiting(agent, "one", "two", checkpointer=here), reviewer="alice")
        theirs = Inbox(waiting(agent, checkpointer=there), reviewer="bob")
        for inbox in (mine, theirs):
            inbox.open_thread("one")
            assert inbox.card is not None
        theirs.card.press("approve")
        mine.card.press("approve")
        assert agent.outbox == ["alice@example.com"]
        assert "bob" in mine.card._told.value, mine.card._told.value
        assert (page(mine), page(theirs)) == (["two"], ["two"])
        here.delete_thread("two")
        mine.press("next in line")
        mine.press("refresh")
        assert (mine.card.status, page(mine)) == ("unknown", [])


def test_a_thread_deleted_after_it_was_listed_is_opened_as_unknown():
    graph = waiting(MailAgent(), "one")
    inbox = Inbox(graph)
    graph.checkpointer.delete_thread("one")
    row_of(inbox, "one").opening.click()
    assert inbox.card is not None
    assert inbox.card.status == "unknown"


def test_a_thread_that_cannot_be_read_has_a_line_and_opens_without_harm(file: SqliteSaver):
    inbox = Inbox(waiting(MailAgent(), "one", "two", checkpointer=file))
    with closing(
        file.conn.execute("UPDATE checkpoints SET checkpoint = x'c1' WHERE thread_id = 'one'")
    ):
        file.conn.commit()
    inbox.press("refresh")
    assert listed(inbox) == ["one", "two"]
    assert "This thread cannot be read" in seen(inbox), seen(inbox)
    inbox.press("next in line")
    assert inbox.opened == "two", "a thread that cannot be read cannot be decided"
    inbox.open_thread("one")
    assert (inbox.card.status, inbox.card.controls) == ("unreadable", []), seen(inbox)


def test_a_database_that_has_gone_is_said_in_one_line(file: SqliteSaver, tmp_path: Path):
    inbox = Inbox(waiting(MailAgent(), "one", checkpointer=file))
    file.conn.execute("PRAGMA journal_mode=DELETE")
    (tmp_path / "threads.sqlite").rename(tmp_path / "elsewhere.sqlite")
    inbox.press("refresh")
    assert "threads.sqlite cannot be read" in seen(inbox), seen(inbox)
    (tmp_path / "elsewhere.sqlite").rename(tmp_path / "threads.sqlite")
    inbox.press("refresh")
    assert listed(inbox) == ["one"]
    assert "cannot be read" not in seen(inbox), seen(inbox)


def test_a_graph_compiled_without_the_checkpointer_is_given_it():
    saver = InMemorySaver()
    agent = MailAgent()
    waiting(agent, "one", checkpointer=saver)
    bare = agent.compile(checkpointer=None, interrupt_before=["tools"])
    with pytest.raises(ValueError, match="without a checkpointer"):
        Inbox(bare)
    inbox = Inbox(bare, saver)
    inbox.open_thread("one")
    assert inbox.card is not None
    inbox.card.press("approve")
    assert (agent.outbox, bare.checkpointer) == (["alice@example.com"], None)


def test_who_is_resuming_is_said():
    agent = MailAgent()
    graph = waiting(agent, "one")
    during: list[str] = []
    tools = graph.nodes["tools"].bound.tools_by_name
    tools["send_email"].func = lambda **_: during.append(seen(Inbox(graph))) or "sent"
    inbox = Inbox(graph, reviewer="alice <b>")
    inbox.open_thread("one")
    assert inbox.card is not None
    inbox.card.press("approve")
    assert "being resumed by alice &lt;b&gt;" in during[0], during


def test_nothing_foreign_is_rendered_as_markup():
    evil = "<img src=x onerror=alert(1)>"
    call = {"name": evil, "args": {evil: evil}, "id": "1", "type": "tool_call"}
    builder = StateGraph(MessagesState)
    builder.add_node("agent", lambda state: {"messages": [AIMessage("", tool_calls=[call])]})
    builder.add_node("tools", lambda state: {"messages": []})
    builder.add_edge(START, "agent").add_edge("agent", "tools")
    graph = builder.compile(checkpointer=InMemorySaver(), interrupt_before=["tools"])
    graph.invoke({"messages": [("user", "x")]}, thread(evil))
    inbox = Inbox(graph)
    inbox.open_thread(evil)
    inbox.filter(evil)
    shown = [inbox._view.told.value, inbox._view.list.rows[0].children[2].value]
    inbox.filter(f"{evil} not there")
    for html in [*shown, inbox._view.told.value, inbox._repr_mimebundle_()["text/html"]]:
        assert "<img" not in html, html


def test_threads_at_a_node_that_the_graph_does_not_have_are_named():
    saver = InMemorySaver()
    for number in range(5):
        waiting(MailAgent(), f"<b>-{number}", checkpointer=saver)
    builder = StateGraph(MessagesState).add_node("agent", lambda state: {"messages": []})
    inbox = Inbox(builder.add_edge(START, "agent").compile(checkpointer=saver))
    told = inbox._view.told.value
    stand = "5 threads wait at a node that this graph does not have: "
    assert f"{stand}&lt;b&gt;-0, &lt;b&gt;-1, &lt;b&gt;-2 and 2 more." in told, told


def test_of_what_does_not_simply_wait_the_age_is_that_of_its_last_step():
    graph = waiting(MailAgent(fails=1), *numbered(2))
    with pytest.raises(ConnectionError):
        graph.invoke(None, thread("order-01"))
    inbox = Inbox(graph)
    assert "crashed, last step less than a minute ago" in said_of(inbox, "order-01")
    assert "waiting, less than a minute |" in said_of(inbox, "order-02")


def test_a_long_argument_is_cut_short():
    agent = MailAgent()
    graph = agent.compile(interrupt_before=["tools"])
    graph.invoke({"messages": [("user", ONE_MAIL)]}, thread("long"))
    state = graph.get_state(thread("long"))
    message = state.values["messages"][-1]
    message.tool_calls[0]["args"]["to"] = "a" * 1_000_000
    graph.update_state(thread("long"), {"messages": [message]})
    inbox = Inbox(graph)
    assert len(seen(inbox)) < 2_000
    assert "a" * 40 in seen(inbox)


def test_the_static_twin_names_threads_and_tools_and_does_not_age():
    graph = waiting(MailAgent(), "one", "two")
    bundle = Inbox(graph)._repr_mimebundle_()
    assert bundle["text/plain"] == "Inbox(1-2 of 2 threads)"
    for word in ("1-2 of 2 threads", "one", "two", "send_email", "alice@example.com"):
        assert word in bundle["text/html"], bundle["text/html"]
    assert "minute" not in bundle["text/html"], bundle["text/html"]
    assert Inbox(graph)._repr_mimebundle_()["text/html"] == bundle["text/html"]


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "less than a minute"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(seconds=60), "1 minute"),
        (timedelta(minutes=3, seconds=59), "3 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=47), "1 day"),
        (timedelta(days=1200), "1,200 days"),
    ],
)
def test_ages_in_words(age: timedelta, words: str):
    assert age_words(age) == words
