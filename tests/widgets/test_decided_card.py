"""A card that has been decided: what was proposed, what was decided, and what came of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import interrupt
from pydantic import BaseModel

from course_utils import ApprovalCard
from course_utils.widgets.card.looks import ENDS, STATUSES
from tests.support.agents import TWO_MAILS, MailAgent, ask, thread
from tests.support.cards import buttons, html, seen
from tests.support.deciding import begin
from tests.support.foreign_graphs import asking, gated_agent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langgraph.graph.state import CompiledStateGraph

    Graph = CompiledStateGraph[Any, Any, Any, Any]

MAIL = {"to": "alice@example.com", "subject": "Lunch", "body": "At noon?"}


def card_on(graph: Graph, given: Any = None, **how: Any) -> ApprovalCard:
    begin(graph, given)
    return ApprovalCard(graph, thread(), reviewer="ann", **how)


def mail_card(agent: MailAgent | None = None, words: str = "", **how: Any) -> ApprovalCard:
    graph = (agent or MailAgent()).compile(interrupt_before=["tools"], **how)
    ask(graph, *filter(None, [words]))
    return ApprovalCard(graph, thread(), reviewer="ann")


def twin(card: ApprovalCard) -> str:
    """The card as a page without a kernel shows it, without markup."""
    return re.sub("<[^>]+>", " ", card._repr_mimebundle_()["text/html"])


def calling(*tools: Any, calls: Sequence[dict[str, Any]], handled: bool = True) -> Graph:
    """An agent that calls tools once, with a breakpoint before them."""
    said = [AIMessage("", tool_calls=[{**call, "type": "tool_call"} for call in calls])]
    builder = StateGraph(MessagesState)
    builder.add_node("agent", lambda state: {"messages": said})
    builder.add_node("tools", ToolNode(tools, handle_tool_errors=handled))
    builder.add_edge(START, "agent").add_edge("agent", "tools")
    return builder.compile(checkpointer=InMemorySaver(), interrupt_before=["tools"])


# --- What was decided


def test_each_end_and_each_status_has_a_word_and_a_sign_of_its_own():
    for looks in (ENDS, STATUSES):
        words = [look.word for look in looks.values()]
        assert len(set(words)) == len(words), words
    told_apart = ("approved", "rejected", "edited", "answered")
    told_apart += ("not carried out", "refused", "cut off")
    for part in ("sign", "tone"):
        assert len({getattr(ENDS[end], part) for end in told_apart}) == len(told_apart), part


def test_a_rejection_keeps_the_call_as_it_was_shown_and_the_reason():
    card = mail_card()
    card.controls[0].reason.value = "Alice is on holiday."
    card.press("reject")
    for shown in (seen(card), twin(card)):
        for words in ("Rejected", "You rejected send_email. Reason: Alice is on holiday.", "Lunch"):
            assert words in shown, shown
    assert "The agent got this instead of a result of send_email: A person rejected" in seen(card)


def test_an_edit_keeps_the_old_value_and_the_new():
    card = mail_card()
    card.press("edit")
    card.controls[0].forms[0].fill("body", "At one?")
    card.press("send")
    assert re.search(r"<del>At noon\?</del>.*<ins>At one\?</ins>", html(card)), html(card)
    assert "You edited send_email." in seen(card)
    before = seen(card).partition("Before the edit it was:")[2]
    assert re.search(r"body:\s+At noon\?", before), "the call as it was is told as that"


def test_an_edit_in_the_place_of_a_default_tells_the_default_as_the_old_value():
    @tool
    def pay(amount: int, currency: str = "EUR", urgent: bool = False) -> str:
        """Pay."""
        return f"{amount} {currency}"

    card = card_on(calling(pay, calls=[{"name": "pay", "args": {"amount": 5}, "id": "1"}]))
    card.press("edit")
    card.controls[0].forms[0].fill("currency", "USD")
    card.press("send")
    assert re.search(r"currency:.*<del>EUR</del>.*<ins>USD</ins>", html(card)), html(card)
    assert "pay: 5 USD" in seen(card)
    assert "<del>False</del>" not in html(card), "what was left as it was is no change"


def test_an_answer_without_words_is_told_as_that():
    def ask_hours(state: dict[str, Any]) -> dict[str, Any]:
        return {"log": [interrupt("In how many hours?")]}

    card = card_on(asking(InMemorySaver(), ask_hours), {"log": []})
    card.press("send")
    assert "You answered: (an empty text)" in seen(card)


def test_an_answer_is_told_in_the_persons_own_words():
    def ask_hours(state: dict[str, Any]) -> dict[str, Any]:
        return {"log": [interrupt("In how many hours?")]}

    card = card_on(asking(InMemorySaver(), ask_hours), {"log": []})
    card.controls[0].text.value = "3 hours"
    card.press("send")
    assert "You answered: 3 hours" in seen(card)
    assert "In how many hours?" in seen(card)


def test_an_answer_of_several_parts_is_told_part_by_part():
    class Due(BaseModel):
        amount: int
        urgent: bool = False

    def ask_amount(state: dict[str, Any]) -> dict[str, Any]:
        return {"log": [interrupt("How much?", response_schema=Due)]}

    card = card_on(asking(InMemorySaver(), ask_amount), {"log": []})
    card.controls[0].form.fill("amount", "3")
    card.press("send")
    assert re.search(r"You answered:\s+amount:\s+3\s+urgent:\s+False", seen(card)), seen(card)


def test_a_response_is_not_told_as_what_the_tool_returned():
    agent = MailAgent()
    card = mail_card(agent)
    card.press("respond")
    card.controls[0].response.value = "I called her."
    card.press("send")
    assert "You answered instead of send_email: I called her." in seen(card)
    assert "send_email: I called her." not in re.sub("(of|instead of) send_email:", "", seen(card))


def test_a_response_to_the_middleware_is_not_told_as_what_the_tool_returned():
    card = card_on(gated_agent([], InMemorySaver(), "batched", True))
    ask(card._graph)
    card = ApprovalCard(card._graph, thread(), reviewer="ann")
    card.press("respond")
    card.controls[0].response.value = "I called her."
    card.press("send")
    assert "The agent got this instead of a result of send_email: I called her." in seen(card)


@pytest.mark.parametrize("reason", ["", "Not `today`."])
def test_a_rejection_to_the_middleware_is_not_told_as_what_the_tool_returned(reason: str):
    graph = gated_agent([], InMemorySaver(), "batched", True)
    ask(graph)
    card = ApprovalCard(graph, thread(), reviewer="ann")
    card.controls[0].reason.value = reason
    card.press("reject")
    assert "The agent got this instead of a result of send_email: User rejected" in seen(card), (
        seen(card)
    )
    assert reason in seen(card)


def test_who_decided_and_when_is_on_the_card_and_not_in_its_twin():
    card = mail_card()
    assert "Reviewer  ann" in seen(card)
    card.press("approve")
    assert re.search(r"Decided by ann, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.", seen(card)), seen(
        card
    )
    assert "You approved send_email." in twin(card)
    assert "ann" not in twin(card), twin(card)
    assert not re.search(r"\d\d:\d\d", twin(card)), twin(card)


def test_earlier_decisions_fold_and_the_newest_stays_open():
    agent = MailAgent(fails=1)
    card = mail_card(agent)
    card.press("approve")
    card.press("approve")
    summaries = re.findall("<summary>(.*?)</summary>", card._earlier.value)
    (summary,) = [re.sub("<[^>]+>", "", one) for one in summaries]
    assert (summary, agent.outbox) == ("△ Failed You approved send_email.", ["alice@example.com"])
    newest = card._told.value
    assert "You ran send_email again." in newest


def test_a_decision_that_came_too_late_is_told_as_what_the_person_wanted():
    graph = MailAgent().compile(interrupt_before=["tools"])
    ask(graph)
    first, second = ApprovalCard(graph, thread()), ApprovalCard(graph, thread(), reviewer="bob")
    first.press("reject")
    second.press("approve")
    assert "Not carried out" in seen(second)
    assert "You wanted to approve send_email." in seen(second)
    assert "You approved" not in seen(second)


# --- What came of it


@pytest.mark.parametrize("decision", ["approve", "edit"])
def test_a_call_whose_node_is_gone_is_not_told_as_run(decision: str):
    agent = MailAgent("review")
    saver = InMemorySaver()
    ask(agent.compile(checkpointer=saver, interrupt_before=["review"]))
    without = StateGraph(MessagesState)
    without.add_node("agent", lambda state: {}).add_node("review", lambda state: {})
    without.add_edge(START, "agent").add_edge("agent", "review").add_edge("review", END)
    graph = without.compile(checkpointer=saver, interrupt_before=["review"])
    card = ApprovalCard(graph, thread())
    card.press(decision)
    if decision == "edit":
        card.controls[0].forms[0].fill("to", "eve@example.com")
        card.press("send")
    assert agent.outbox == []
    assert "No result" in seen(card)
    kind = {"approve": "approved", "edit": "edited"}[decision]
    assert f"You {kind} send_email. The conversation holds no result of it" in seen(card)


def test_a_call_that_waits_at_a_second_breakpoint_has_no_result_yet():
    agent = MailAgent("review")
    graph = agent.compile(interrupt_before=["review", "tools"])
    ask(graph)
    card = ApprovalCard(graph, thread())
    card.press("approve")
    assert "The conversation holds no result of it yet." in seen(card)
    card.press("approve")
    assert agent.outbox == ["alice@example.com"]
    assert "no result" not in card._told.value


def in_call_order(left: list[AnyMessage], right: list[AnyMessage]) -> list[AnyMessage]:
    """A reducer that keeps the answers in the order of their calls, whatever came first."""
    tools = [m for m in [*left, *right] if isinstance(m, ToolMessage)]
    others = [m for m in [*left, *right] if not isinstance(m, ToolMessage)]
    return [*others, *sorted(tools, key=lambda message: message.tool_call_id)]


class Sorted(TypedDict):
    """A state whose answers stand in the order of their calls."""

    messages: Annotated[list[AnyMessage], in_call_order]


def test_results_that_come_last_first_are_each_told_once_and_to_their_own_call():
    calls = [{"name": "pay", "args": {"amount": n}, "id": str(n)} for n in (10, 20)]

    def pay_the_last(state: Sorted) -> dict[str, Any]:
        paid = {m.tool_call_id for m in state["messages"] if isinstance(m, ToolMessage)}
        call = [call for call in calls if call["id"] not in paid][-1]
        told = ToolMessage("paid", name="pay", tool_call_id=call["id"], id=f"for {call['id']}")
        return {"messages": [told]}

    def more(state: Sorted) -> str:
        return "pay" if len(state["messages"]) < 4 else END

    builder = StateGraph(Sorted)
    said = AIMessage("", tool_calls=calls, id="said")
    builder.add_node("agent", lambda state: {"messages": [said]}).add_node("pay", pay_the_last)
    builder.add_edge(START, "agent").add_edge("agent", "pay").add_conditional_edges("pay", more)
    graph = builder.compile(checkpointer=InMemorySaver(), interrupt_before=["pay"])
    card = card_on(graph, {"messages": [HumanMessage("Pay both", id="asked")]})
    card.press("approve")
    first = card._told.value
    assert ("pay (20): paid" in first, "pay (10): paid" in first) == (True, False), first
    card.press("approve")
    newest = card._told.value
    assert ("pay (20): paid" in newest, "pay (10): paid" in newest) == (False, True), newest


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ("", "draw returned an empty result."),
        (
            [{"type": "image", "base64": "aGk=", "mime_type": "image/png"}],
            "draw returned an image (image/png).",
        ),
        (
            [{"type": "image_url", "image_url": {"url": "data:image/gif;base64,aGk="}}],
            "draw returned an image (image/gif).",
        ),
        (
            [{"type": "text", "text": "a house"}, {"type": "file", "base64": "aGk="}],
            "draw returned a file.",
        ),
    ],
    ids=["nothing", "image", "image by address", "text and file"],
)
def test_a_result_that_is_no_text_is_told_as_what_it_is(result: Any, told: str):
    @tool
    def draw() -> Any:
        """Draw."""
        return result

    card = card_on(calling(draw, calls=[{"name": "draw", "args": {}, "id": "1"}]))
    card.press("approve")
    assert told in seen(card), seen(card)


def test_an_artifact_is_told_beside_the_result():
    @tool(response_format="content_and_artifact")
    def look_up() -> Any:
        """Look something up."""
        return "two rows", {"rows": [1, 2]}

    card = card_on(calling(look_up, calls=[{"name": "look_up", "args": {}, "id": "1"}]))
    card.press("approve")
    assert "look_up: two rows" in seen(card)
    assert "look_up also returned an artifact (dict), which only the graph reads." in seen(card)


def test_a_call_that_ran_before_the_graph_ran_too_long_is_told_with_its_result():
    @tool
    def pay(amount: int) -> str:
        """Pay."""
        return f"paid {amount}"

    graph = calling(pay, calls=[{"name": "pay", "args": {"amount": 5}, "id": "1"}])
    builder = graph.builder
    builder.add_node("on", lambda state: {}).add_edge("tools", "on").add_edge("on", "on")
    graph = builder.compile(checkpointer=InMemorySaver(), interrupt_before=["tools"])
    begin(graph)
    card = ApprovalCard(graph, {**thread(), "recursion_limit": 3})
    card.press("approve")
    for words in ("Failed", "You approved pay.", "pay: paid 5", "GraphRecursionError"):
        assert words in seen(card), seen(card)


def test_what_a_subgraph_ran_is_told_once_also_when_the_graph_around_it_hears_of_it_later():
    @tool
    def book(city: str) -> str:
        """Book."""
        return f"booked {city}"

    def next_call(state: MessagesState) -> dict[str, Any]:
        number = sum(isinstance(message, ToolMessage) for message in state["messages"])
        call = {"name": "book", "args": {"city": f"city {number}"}, "id": str(number)}
        return {"messages": [AIMessage("", tool_calls=[call] if number < 2 else [])]}

    inner = StateGraph(MessagesState).add_node("agent", next_call)
    inner.add_node("tools", ToolNode([book])).add_edge(START, "agent").add_edge("tools", "agent")
    inner.add_conditional_edges(
        "agent", lambda state: "tools" if state["messages"][-1].tool_calls else END
    )
    outer = StateGraph(MessagesState).add_node("desk", inner.compile(interrupt_before=["tools"]))
    outer.add_edge(START, "desk")
    card = card_on(outer.compile(checkpointer=InMemorySaver()))
    card.press("approve")
    assert "book: booked city 0" in seen(card)
    assert "no result" not in seen(card)
    card.press("approve")
    assert card.status == "finished"
    assert [seen(card).count(f"booked city {number}") for number in (0, 1)] == [1, 1], seen(card)


def test_a_failure_is_told_without_langgraphs_ids():
    card = mail_card(MailAgent(fails=1))
    card.press("approve")
    assert "ConnectionError: smtp down" in seen(card)
    assert "During task" not in seen(card)


# --- While it runs


def test_a_card_says_what_runs_from_the_press_to_the_result():
    shown: list[Any] = []

    @tool
    def pay(amount: int) -> str:
        """Pay."""
        shown.append((card.status, card._title.value, buttons(card), card._dom_classes[-1]))
        return "paid"

    card = card_on(calling(pay, calls=[{"name": "pay", "args": {"amount": 5}, "id": "1"}]))
    card.press("approve")
    assert shown == [("running", "Running pay ...", [], "hitl-deciding")]
    assert "hitl-deciding" not in card._dom_classes


def test_while_a_decision_runs_the_button_that_was_pressed_is_marked():
    card = mail_card()
    (controls,) = card.controls
    marked: list[str] = []

    def look(change: Any) -> None:
        if change["new"] == "running":
            shown = controls.buttons.items()
            marked.extend(name for name, one in shown if "hitl-chosen" in one._dom_classes)

    card.observe(look, "status")
    card.press("reject")
    assert marked == ["reject"]


def test_calls_at_one_breakpoint_are_told_to_take_one_decision():
    assert "decide each call by itself" not in seen(mail_card())
    card = mail_card(words=TWO_MAILS)
    assert "These 2 calls wait at one breakpoint." in seen(card)
    assert "interrupt()" in seen(card)


# --- How buttons look


def test_going_on_after_a_failure_does_not_look_like_a_plain_approval():
    card = mail_card(MailAgent(fails=1))
    assert card.controls[0].buttons["approve"].button_style == "success"
    card.press("approve")
    again = card.controls[0].buttons["approve"]
    assert (again.description, again.icon, again.button_style) == ("Run again", "repeat", "warning")


def test_the_button_that_was_chosen_is_marked_and_no_other():
    graph = gated_agent([], InMemorySaver(), "per_call", True)
    ask(graph, TWO_MAILS)
    card = ApprovalCard(graph, thread())

    def marked() -> list[str]:
        return [
            f"{number} {name}"
            for number, controls in enumerate(card.controls)
            for name, button in controls.buttons.items()
            if "hitl-chosen" in button._dom_classes
        ]

    card.press("approve", 0)
    assert marked() == ["0 approve"]
    card.press("reject", 0)
    card.press("approve", 1)
    assert marked() == ["0 reject", "1 approve"]


def test_a_decided_call_keeps_the_default_that_was_shown():
    @tool
    def pay(amount: int, currency: str = "EUR") -> str:
        """Pay."""
        return "paid"

    card = card_on(calling(pay, calls=[{"name": "pay", "args": {"amount": 5}, "id": "1"}]))
    assert "EUR" in seen(card)
    card.press("approve")
    for shown in (seen(card), twin(card)):
        assert re.search(r"currency:\s+EUR\s+\(default", shown), shown
