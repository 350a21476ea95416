"""The life of widgets: what goes is closed whole, and every live widget can tell its state."""

from __future__ import annotations

import ast
import logging
from typing import TYPE_CHECKING, Any

import pytest
from comm import get_comm_manager
from ipywidgets import HTML, Button, Text, VBox
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt

from course_utils import ApprovalCard, Inbox, ask
from course_utils.places import COURSE_ROOT
from course_utils.review.record.opening import journal_of
from course_utils.widgets.page.parts import Panel, Row, hide, is_hidden
from tests.support.agents import ONE_MAIL, MailAgent, thread
from tests.support.cards import buttons, seen
from tests.support.deciding import begin, outcomes
from tests.support.foreign_graphs import asking, gated_agent
from tests.support.live_widgets import live, stateless
from tests.support.small_bank import LESSON, write_bank

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TIMES = 50
WIDGETS = COURSE_ROOT / "course_utils" / "widgets"


@pytest.fixture(autouse=True)
def _none_before() -> None:
    """Let no test hear of the widgets that another left."""
    for widget in live().values():
        widget.close()


def endless() -> Any:
    """A graph whose agent asks for one mail after another, without end, waiting for the first."""

    def agent(state: MessagesState) -> dict[str, Any]:
        sent = sum(isinstance(message, ToolMessage) for message in state["messages"])
        mail = {"to": f"{sent}@example.com", "subject": "Lunch", "body": "At noon?"}
        call = {"name": "send_email", "args": mail, "id": str(sent), "type": "tool_call"}
        return {"messages": [AIMessage("", tool_calls=[call])]}

    tools = ToolNode([MailAgent().send_email])
    builder = StateGraph(MessagesState).add_node(agent).add_node("tools", tools)
    builder.add_edge(START, "agent").add_conditional_edges("agent", tools_condition)
    builder.add_edge("tools", "agent")
    graph = builder.compile(checkpointer=InMemorySaver(), interrupt_before=["tools"])
    graph.invoke({"messages": [("user", "mail")]}, thread())
    return graph


def assert_nothing_is_added(act: Callable[[], None]) -> None:
    """Do something fifty times, after a first time that may make what is then used again."""
    act()
    before = live()
    for _ in range(TIMES):
        act()
        assert stateless() == []
    added = [type(widget).__name__ for key, widget in live().items() if key not in before]
    assert len(live()) == len(before), f"{TIMES} times left {len(live()) - len(before)}: {added}"


# --- A panel and what it owns


def test_what_a_panel_no_longer_lists_is_closed_with_all_below_it() -> None:
    stays, goes = Button(), Panel([Row(Button(), Text())])
    panel = Panel([goes, stays])
    kept = {panel.model_id, panel.layout.model_id}
    kept |= {stays.model_id, stays.layout.model_id, stays.style.model_id}
    panel.children = [stays]
    assert live().keys() == kept
    panel.close()
    assert live() == {}


def test_no_box_lists_a_closed_widget_at_any_moment() -> None:
    panel = Panel([Panel([Button()]), Button()])
    VBox([panel])
    wrong: list[str] = []
    panel.children[0].observe(lambda _: wrong.extend(stateless()), "comm")
    panel.children[0].children[0].observe(lambda _: wrong.extend(stateless()), "comm")
    panel.children = []
    assert wrong == []


def test_what_is_only_hidden_stays() -> None:
    part = HTML("here")
    panel = Panel([part])
    hide(part, hidden=True)
    assert (is_hidden(part), part.model_id in live(), panel.children) == (True, True, (part,))
    hide(part, hidden=False)
    assert not is_hidden(part)


def test_a_click_on_a_button_that_has_gone_is_heard_by_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard = []
    button = Button()
    button.on_click(heard.append)
    panel = Panel([button])
    click = {
        "content": {
            "comm_id": button.model_id,
            "data": {"method": "custom", "content": {"event": "click"}},
        },
        "buffers": [],
    }
    get_comm_manager().comm_msg(None, None, click)
    assert heard == [button]
    panel.children = []
    with caplog.at_level(logging.WARNING):
        get_comm_manager().comm_msg(None, None, click)
    assert (heard, caplog.messages) == ([button], [])


def test_only_panels_hold_parts_and_only_they_close_any() -> None:
    """A box of ipywidgets' own would go on listing what was closed."""
    wrong = []
    for path in sorted(WIDGETS.glob("*.py")):
        if path.name == "parts.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            closes = isinstance(node, ast.Attribute) and node.attr in {"close", "close_all"}
            boxed = isinstance(node, ast.alias) and node.name in {"Box", "HBox", "VBox", "GridBox"}
            wrong += [f"{path.name}:{node.lineno}"] if closes or boxed else []
    assert wrong == [], "widgets are closed, and boxes made, in parts.py alone"


# --- Cards


def test_refreshing_a_card_adds_no_live_widget_and_keeps_what_is_typed() -> None:
    card = ApprovalCard(endless(), thread())
    card.press("edit")
    card.controls[0].forms[0].fill("to", "eve@example.com")
    assert_nothing_is_added(card.refresh)
    assert card.controls[0].forms[0].changed == ("to",)


def test_decisions_add_no_live_widget() -> None:
    card = ApprovalCard(endless(), thread())
    assert_nothing_is_added(lambda: card.press("approve"))
    assert "51@example.com" in seen(card), seen(card)


def test_edits_and_responses_opened_cancelled_and_sent_add_no_live_widget() -> None:
    card = ApprovalCard(endless(), thread())

    def edit() -> None:
        card.press("respond")
        card.press("cancel")
        card.press("edit")
        card.controls[0].forms[0].fill("subject", "Dinner")
        card.press("send")

    assert_nothing_is_added(edit)
    assert buttons(card) == ["Approve", "Reject", "Edit", "Respond"]


def test_answers_refused_and_taken_add_no_live_widget() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}

    def asks(state: Any) -> dict[str, Any]:
        while True:
            interrupt("How many?", response_schema=schema)

    card = ApprovalCard(asking(InMemorySaver(), asks), thread())
    begin(card._graph, {"log": []})
    card.refresh()

    def answer() -> None:
        card.press("send")
        card.controls[0].form.fill("n", "1")
        card.press("send")

    assert_nothing_is_added(answer)
    assert (card.status, buttons(card)) == ("paused", ["Send the answer"])


def test_openings_and_refreshes_of_an_inbox_add_no_live_widget() -> None:
    graph = MailAgent().compile(interrupt_before=["tools"])
    for name in ("one", "two", "three"):
        graph.invoke({"messages": [("user", ONE_MAIL)]}, thread(name))
    inbox = Inbox(graph, page_size=2)

    def look_through() -> None:
        inbox.press("next in line")
        inbox.filter("two")
        inbox.press("refresh")
        inbox.filter("")
        inbox.press("next")
        inbox.press("previous")

    look_through()
    inbox.open_thread("two")
    assert_nothing_is_added(look_through)


def test_answers_to_a_quiz_question_add_no_live_widget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_bank(tmp_path)
    monkeypatch.setenv("HITL_QUIZZES", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    card = ask(f"{LESSON}/needs")

    def answer() -> None:
        card.answer("luck" if card.feedback else "model")
        card.press("submit")
        card.refresh()

    assert_nothing_is_added(answer)


def test_a_card_that_is_closed_leaves_nothing() -> None:
    graph = gated_agent([], InMemorySaver(), "per_call")
    begin(graph, {"messages": [("user", ONE_MAIL)]})
    card = ApprovalCard(graph, thread())
    card.press("edit")
    card.close()
    inbox = Inbox(graph)
    inbox.open_thread("t")
    inbox.close()
    assert [type(widget).__name__ for widget in live().values()] == []


# --- Late presses


def test_a_late_press_on_a_pause_that_has_gone_decides_and_says_nothing() -> None:
    graph = endless()
    card = ApprovalCard(graph, thread())
    approve, reject = (card.controls[0].buttons[name] for name in ("approve", "reject"))
    card.press("approve")
    told, decided = seen(card), outcomes(graph)
    for late in (approve, reject):
        late.click()
        assert (seen(card), outcomes(graph), card.status) == (told, decided, "paused")
    assert "1@example.com" in told, told


def test_an_approve_that_was_pressed_while_an_edit_opened_approves_nothing() -> None:
    graph = endless()
    card = ApprovalCard(graph, thread())
    approve = card.controls[0].buttons["approve"]
    card.press("edit")
    approve.click()
    assert (outcomes(graph), buttons(card)) == ([], ["Send the edit", "Cancel"])


def test_a_press_on_a_thread_that_an_inbox_has_left_does_not_reach_the_next_one() -> None:
    agent = MailAgent()
    graph = agent.compile(interrupt_before=["tools"])
    for name in ("one", "two"):
        graph.invoke({"messages": [("user", ONE_MAIL)]}, thread(name))
    inbox = Inbox(graph)
    inbox.open_thread("one")
    assert inbox.card is not None
    approve = inbox.card.controls[0].buttons["approve"]
    inbox.open_thread("two")
    approve.click()
    kept = journal_of(graph.checkpointer).entries()
    assert (agent.outbox, list(kept), inbox.card.status) == ([], [], "paused")
