"""An inbox for a day's work: opened in place, several at once, not now, and what others do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode

from course_utils import Inbox
from course_utils.review.deciding.resuming import decide
from course_utils.review.deciding.shown import read_thread
from course_utils.review.record.opening import journal_of
from course_utils.widgets.inbox import page as inbox_page
from course_utils.widgets.inbox import watch as inbox_watch
from course_utils.widgets.page.parts import is_hidden
from tests.support import foreign_graphs as foreign
from tests.support.agents import ONE_MAIL, TWO_MAILS, MailAgent, thread
from tests.support.inboxes import listed, numbered, page, row_of, said_of, seen, waiting, words

if TYPE_CHECKING:
    from pathlib import Path

EVIL = "<img src=x onerror=alert(1)>"


def opened_below(inbox: Inbox) -> str:
    """The thread whose row stands right above the card, '' where no card shows."""
    if is_hidden(inbox._view.thread):
        return ""
    above = [row for row in inbox._view.list._above.children if not is_hidden(row)]
    return str(above[-1].thread_id)


def decided_elsewhere(graph: Any, name: str, reviewer: str = "bob", kind: str = "approve") -> None:
    pause = read_thread(graph, thread(name)).pauses[0]
    decide(graph, thread(name), pause, {"type": kind}, reviewer=reviewer)


# --- Opened in place


def test_the_card_stands_below_its_row_and_never_moves_in_the_list():
    inbox = Inbox(waiting(MailAgent(), *numbered(6)), page_size=4)
    assert (opened_below(inbox), inbox.card) == ("", None)
    parts = inbox._view.list.children
    for name in ("order-03", "order-01", "order-04"):
        row_of(inbox, name).opening.click()
        assert (opened_below(inbox), listed(inbox)) == (name, numbered(4))
        assert inbox._view.list.children == parts, "a part that moved would be drawn anew"
    row_of(inbox, "order-04").opening.click()
    assert (opened_below(inbox), inbox.opened, inbox.card) == ("", "", None), "Close closes"


def test_a_thread_that_the_page_does_not_have_is_opened_in_a_row_of_its_own():
    inbox = Inbox(waiting(MailAgent(), *numbered(4)), page_size=2)
    inbox.open_thread("order-04")
    assert (opened_below(inbox), listed(inbox)) == ("order-04", ["order-04", *numbered(2)])
    assert "not on this page of the list" in said_of(inbox, "order-04")
    assert page(inbox) == numbered(2)
    inbox.press("next")
    assert listed(inbox) == ["order-03", "order-04"]
    inbox.filter("order-01")
    assert (page(inbox), opened_below(inbox)) == (["order-01"], "order-04")


def test_decide_and_next_says_what_became_of_it_and_opens_the_next():
    agent = MailAgent()
    inbox = Inbox(waiting(agent, *numbered(3)), reviewer="alice")
    inbox._view.bar.then_next.value = True
    inbox.press("next in line")
    assert inbox.card is not None
    inbox.card.press("approve")
    assert (inbox.opened, inbox.card.status) == ("order-02", "paused")
    assert "Thread order-01: alice decided: approve." in seen(inbox), seen(inbox)
    assert listed(inbox) == ["order-02", "order-03"]
    inbox.card.press("reject")
    inbox.card.press("approve")
    assert "No other thread of this list can be decided now." in seen(inbox)
    assert len(agent.outbox) == 2


def test_a_decision_that_failed_or_asks_again_keeps_its_card_open():
    inbox = Inbox(waiting(MailAgent(fails=1), *numbered(2)))
    inbox._view.bar.then_next.value = True
    inbox.press("next in line")
    assert inbox.card is not None
    inbox.card.press("approve")
    assert (inbox.opened, inbox.card.status) == ("order-01", "crashed")


def test_the_next_in_line_is_on_another_page_and_not_one_that_somebody_has_open():
    graph = waiting(MailAgent(), *numbered(4))
    theirs = Inbox(graph, reviewer="bob <b>")
    theirs.open_thread("order-01")
    inbox = Inbox(graph, reviewer="alice", page_size=2)
    assert "bob &lt;b&gt; has this open" in said_of(inbox, "order-01")
    inbox.press("next in line")
    assert inbox.opened == "order-02"
    inbox.press("next in line")
    assert inbox.opened == "order-03"
    inbox.put_card_away()
    for name in ("order-02", "order-03", "order-04"):
        theirs.open_thread(name)
        theirs = Inbox(graph, reviewer="bob")
    theirs.open_thread("order-01")
    inbox.press("next in line")
    assert inbox.opened == "order-01", "a mark keeps nobody from deciding"
    inbox.open_thread("order-01")
    assert inbox.card is not None
    inbox.card.press("approve")
    assert inbox.card.status == "finished"


def test_a_mark_goes_with_its_inbox():
    graph = waiting(MailAgent(), "one")
    theirs = Inbox(graph, reviewer="bob")
    theirs.open_thread("one")
    theirs.close()
    assert "bob" not in seen(Inbox(graph, reviewer="alice"))


# --- Sorted and filtered


def test_it_is_sorted_by_any_argument_and_by_what_else_the_list_shows():
    agent = MailAgent()
    graph = waiting(agent)
    for name, to in (("b", "zoe"), ("a", "adam"), ("c", "mia")):
        mail = ONE_MAIL.replace("alice", to)
        graph.invoke({"messages": [("user", mail)]}, thread(name))
    inbox = Inbox(graph, page_size=2)
    orders = {}
    for by, down in (("to", False), ("to", True), ("thread", False), ("age", True), ("tool", True)):
        inbox.sort(by, descending=down)
        orders[by, down] = listed(inbox)
    assert orders == {
        ("to", False): ["a", "c"],
        ("to", True): ["b", "c"],
        ("thread", False): ["a", "b"],
        ("age", True): ["c", "a"],
        ("tool", True): ["b", "a"],
    }
    assert {"to", "subject", "body"} <= set(inbox._view.bar.names), inbox._view.bar.names
    inbox._view.bar.direction.click()
    assert inbox._view.bar.order.descending is False


def test_the_filter_finds_numbers_and_the_users_words_letter_by_letter():
    graph = waiting(MailAgent(), "a")
    graph.invoke({"messages": [("user", f"{ONE_MAIL}, please hurry")]}, thread("b"))
    inbox = Inbox(graph)
    found = []
    for typed in ("pl", "please", "please hurry", "to: alice", "to: bob", "55"):
        inbox._view.bar.filter.value = typed
        found.append(page(inbox))
    assert found == [["a", "b"], ["b"], ["b"], ["a", "b"], [], []], found
    inbox.filter("")
    assert "please hurry" in said_of(inbox, "b")


# --- Several together


def test_several_are_approved_after_one_look_and_the_losers_are_told(tmp_path: Path):
    agent, path = MailAgent(), str(tmp_path / "c.sqlite")
    with SqliteSaver.from_conn_string(path) as here, SqliteSaver.from_conn_string(path) as there:
        inbox = Inbox(waiting(agent, *numbered(4), checkpointer=here), reviewer="alice")
        inbox.select("order-01", "order-02", "order-04")
        inbox.press("approve selected")
        look = words(inbox._view.bulk.told)
        for name in ("order-01", "order-02", "order-04", "send_email", "to: alice@example.com"):
            assert name in look, look
        assert ("order-03" in look, agent.outbox) == (False, []), "nothing runs before the look"
        decided_elsewhere(waiting(agent, checkpointer=there), "order-02")
        inbox.press("confirm")
    came = words(inbox._view.bulk.told)
    assert "order-01 : approved." in came, came
    assert "order-02 : not carried out. bob decided this first" in came, came
    assert (len(agent.outbox), page(inbox), inbox.selected) == (3, ["order-03"], [])
    assert "alice decided: approve" in said_of(inbox, "order-01"), "its row stays, and says so"
    assert "bob decided: approve" in said_of(inbox, "order-02")
    title = inbox._view.bulk.title.value
    assert title.startswith("Approve: 2 of 3 done. "), f"one was lost, and it says: {title}"
    inbox.press("cancel")
    assert listed(inbox) == ["order-03"]
    with pytest.raises(ValueError, match="not 'confirm'"):
        inbox.press("confirm")


def test_several_are_rejected_with_one_reason():
    agent = MailAgent()
    graph = waiting(agent, *numbered(3))
    inbox = Inbox(graph)
    inbox.press("select page")
    inbox.select("order-02")
    inbox.press("reject selected")
    inbox._view.bulk.reason.value = " not today "
    inbox.press("confirm")
    assert (agent.outbox, page(inbox)) == ([], ["order-02"])
    messages = graph.get_state(thread("order-01")).values["messages"]
    assert any("not today" in message.text for message in messages), messages


def test_what_one_decision_cannot_answer_is_named_and_left():
    outbox: list[str] = []
    graph = foreign.gated_agent(outbox, InMemorySaver(), "per_call")
    for name, mails in (("one", ONE_MAIL), (EVIL, TWO_MAILS)):
        graph.invoke({"messages": [HumanMessage(mails)]}, thread(name))
    inbox = Inbox(graph)
    inbox.press("select page")
    inbox.press("approve selected")
    look = inbox._view.bulk.told
    assert "it asks several things at once" in words(look), look
    assert inbox._view.bulk.buttons["confirm"].description == "Approve this thread"
    assert ("<img" in look, inbox._view.bulk.title.value.startswith("Approve 1 thread:")) == (
        False,
        True,
    )
    inbox.press("confirm")
    assert (outbox, page(inbox)) == (["alice@example.com"], [EVIL])


def test_the_look_shows_an_argument_whole_and_nothing_foreign_as_markup():
    graph = waiting(MailAgent(), "one")
    state = graph.get_state(thread("one"))
    message = state.values["messages"][-1]
    message.tool_calls[0]["args"] |= {"to": "a" * 1_500, "body": EVIL}
    graph.update_state(thread("one"), {"messages": [message]})
    inbox = Inbox(graph)
    inbox.select("one")
    inbox.press("approve selected")
    assert "a" * 1_500 in inbox._view.bulk.told
    assert "<img" not in inbox._view.bulk.told
    assert "&lt;img" in inbox._view.bulk.told


def test_the_look_shows_what_a_call_leaves_out_and_its_tool_fills_in():
    @tool
    def pay(amount: float, currency: str = "EUR <b>") -> str:
        """Pay."""
        return "paid"

    call = {"name": "pay", "args": {"amount": 5}, "id": "1", "type": "tool_call"}
    builder = StateGraph(MessagesState)
    builder.add_node("agent", lambda state: {"messages": [AIMessage("", tool_calls=[call])]})
    builder.add_node("tools", ToolNode([pay]))
    builder.add_edge(START, "agent").add_edge("agent", "tools")
    graph = builder.compile(checkpointer=InMemorySaver(), interrupt_before=["tools"])
    graph.invoke({"messages": [HumanMessage("pay")]}, thread("one"))
    inbox = Inbox(graph)
    inbox.select("one")
    inbox.press("approve selected")
    assert "currency: EUR &lt;b&gt;  (default" in words(inbox._view.bulk.told)


def test_a_press_on_a_box_that_shows_another_thread_by_now_selects_nothing():
    inbox = Inbox(waiting(MailAgent(), *numbered(4)), page_size=2)
    box = row_of(inbox, "order-01")._select
    assert box.description == "Select order-01"
    inbox.press("next")
    (presses,) = [part for part in inbox.children if type(part).__name__ == "Presses"]
    presses.take({"pressed": box.model_id, "words": "Select order-01", "fields": {}})
    assert (box.description, inbox.selected) == ("Select order-03", [])


@pytest.mark.asyncio
async def test_an_async_graph_is_decided_for_several_threads():
    agent = MailAgent()
    graph = waiting(agent, *numbered(2))

    async def send(**given: Any) -> str:
        agent.outbox.append(given["to"])
        return "sent"

    sending = graph.nodes["tools"].bound.tools_by_name["send_email"]
    sending.func, sending.coroutine = None, send
    inbox = Inbox(graph)
    inbox.press("select page")
    inbox.press("approve selected")
    inbox.press("confirm")
    await inbox.settled()
    assert (len(agent.outbox), page(inbox)) == (2, [])
    inbox.close()


# --- Not now


def test_not_now_moves_a_thread_down_denies_nothing_and_opens_the_next():
    agent = MailAgent()
    inbox = Inbox(waiting(agent, *numbered(3)), page_size=2)
    inbox.press("next in line")
    inbox.press("not now")
    assert (inbox.opened, page(inbox)) == ("order-02", ["order-02", "order-03"])
    assert "Nothing is decided on it" in seen(inbox)
    inbox.press("next")
    assert page(inbox) == ["order-01"]
    assert "put off by you" in said_of(inbox, "order-01")
    inbox.select("order-01")
    inbox.press("previous")
    inbox.select("order-02")
    assert inbox.selected == ["order-01", "order-02"], "a selection goes over several pages"
    inbox.press("put off selected")
    assert (page(inbox), inbox.selected) == (["order-03", "order-01"], [])
    assert agent.outbox == []
    with pytest.raises(ValueError, match="not 'put off selected'"):
        inbox.press("put off selected")


def test_what_is_decided_cannot_be_put_off():
    inbox = Inbox(waiting(MailAgent(), *numbered(2)))
    inbox.open_thread("order-01")
    not_now = inbox._view.thread.not_now
    assert (is_hidden(not_now), not_now.disabled) == (False, False)
    assert inbox.card is not None
    inbox.card.press("approve")
    assert (is_hidden(not_now), not_now.disabled) == (True, True)
    inbox.open_thread("order-02")
    assert (is_hidden(not_now), not_now.disabled) == (False, False)


# --- By itself


async def until(inbox: Inbox, words_: str) -> None:
    """Wait until the inbox says something, by itself."""
    said = asyncio.Event()
    tell = lambda *_: said.set() if words_ in seen(inbox) else None  # noqa: E731
    for part in (inbox._view.told, *(row.children[2] for row in inbox._view.list.rows)):
        part.observe(tell, "value")
    tell()
    await asyncio.wait_for(said.wait(), 20)


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_watch, "EVERY_SECONDS", 0.01)


@pytest.mark.asyncio
async def test_it_tells_what_has_happened_and_moves_no_row(quickly: None):
    graph = waiting(MailAgent(), *numbered(3))
    inbox = Inbox(graph, reviewer="alice", page_size=2)
    inbox.open_thread("order-02")
    assert inbox.card is not None
    inbox.card.controls[0].reason.value = "half a reason"
    buttons = inbox.card.controls[0].buttons
    await asyncio.to_thread(decided_elsewhere, graph, "order-01")
    await asyncio.to_thread(graph.invoke, {"messages": [("user", ONE_MAIL)]}, thread("new"))
    theirs = Inbox(graph, reviewer="carol")
    theirs.open_thread("order-02")
    await until(inbox, "1 new, 1 decided or moved on. Refresh shows the list as it is now.")
    await until(inbox, "bob decided: approve")
    await until(inbox, "carol has this open")
    assert (listed(inbox), opened_below(inbox)) == (numbered(2), "order-02")
    assert inbox.card.controls[0].buttons is buttons
    assert inbox.card.controls[0].reason.value == "half a reason"
    assert inbox.status == "1-2 of 3 threads", "the list is as it was drawn"
    inbox.press("refresh")
    assert (listed(inbox), "decided or moved on" in seen(inbox)) == (
        ["order-02", "order-03"],
        False,
    )
    inbox.close()
    theirs.close()


@pytest.mark.asyncio
async def test_an_open_card_follows_what_somebody_else_runs_and_the_inbox_goes_nowhere(
    quickly: None,
):
    graph = waiting(MailAgent(), *numbered(2))
    inbox = Inbox(graph, reviewer="alice")
    inbox._view.bar.then_next.value = True
    journal, pause = journal_of(graph.checkpointer), read_thread(graph, thread("order-01")).pause
    assert pause is not None
    with journal.lock("order-01"):
        entry = journal.claim([(pause.key, {"type": "approve"}, [])], "bob")
        inbox.open_thread("order-01")
        assert inbox.card is not None
        assert inbox.card.resumed_elsewhere, "bob holds the thread"
        assert "bob was resuming the thread" in inbox.card._explanation.value
    journal.finish(entry, "failed")
    moved_on = asyncio.Event()
    inbox.card.observe(lambda _: moved_on.set(), "status")
    await asyncio.wait_for(moved_on.wait(), 20)
    assert (inbox.opened, inbox.card.status) == ("order-01", "paused")
    inbox.close()


@pytest.mark.asyncio
async def test_what_became_of_the_last_thread_is_said_until_something_else_is_done(quickly: None):
    inbox = Inbox(waiting(MailAgent(), *numbered(3)), reviewer="alice")
    inbox._view.bar.then_next.value = True
    inbox.press("next in line")
    assert inbox.card is not None
    inbox.card.press("approve")
    became = "Thread order-01: alice decided: approve."
    await until(inbox, became)
    await asyncio.to_thread(decided_elsewhere, inbox._graph, "order-03")
    await until(inbox, "bob decided: approve")
    assert became in seen(inbox), "the inbox has looked again by itself"
    inbox.put_card_away()
    assert became not in seen(inbox)
    inbox.close()


@pytest.mark.asyncio
async def test_it_looks_no_more_once_it_is_closed_or_its_page_is_gone(
    quickly: None, monkeypatch: pytest.MonkeyPatch
):
    looks: list[Inbox] = []
    monkeypatch.setattr(Inbox, "_look", lambda self: looks.append(self) or ([], {}))
    monkeypatch.setattr(inbox_page, "SILENCE_SECONDS", -1)
    graph = waiting(MailAgent(), "one")
    closed, silent, alive = Inbox(graph), Inbox(graph), Inbox(graph)
    silent._view.page.take({"beat": True})
    closed.close()
    before = len(looks)
    while looks.count(alive) < 3:
        await asyncio.sleep(0)
    assert (looks[before:].count(closed), looks[before:].count(silent)) == (0, 0)
    alive.close()


@pytest.mark.asyncio
async def test_a_look_that_fails_ends_nothing(quickly: None, tmp_path: Path):
    with SqliteSaver.from_conn_string(str(tmp_path / "c.sqlite")) as saver:
        graph = waiting(MailAgent(), "one", checkpointer=saver)
        inbox = Inbox(graph)
        saver.conn.execute("PRAGMA journal_mode=DELETE")
        (tmp_path / "c.sqlite").rename(tmp_path / "d.sqlite")
        with pytest.raises(Exception, match="cannot be read"):
            inbox._look()
        (tmp_path / "d.sqlite").rename(tmp_path / "c.sqlite")
        await asyncio.to_thread(graph.invoke, {"messages": [("user", ONE_MAIL)]}, thread("two"))
        await until(inbox, "1 new")
        inbox.close()
