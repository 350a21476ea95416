"""A failure at each call to LangGraph in turn: what was decided is recorded, and nothing hangs."""

from __future__ import annotations

import inspect
import operator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.errors import InvalidUpdateError
from langgraph.graph import START, StateGraph
from langgraph.pregel import Pregel
from langgraph.types import interrupt

from course_utils.review.deciding.resuming import decide
from course_utils.review.deciding.shown import read_thread
from course_utils.review.inbox.waiting_threads import WaitingThreads
from course_utils.widgets.card.approval_card import ApprovalCard
from tests.support.agents import MailAgent, ask, thread
from tests.support.cards import seen
from tests.support.deciding import APPROVE, REJECT, begin, outcomes
from tests.support.foreign_graphs import two_questions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

INJECTED = "the disk is on fire"
MOST_CALLS = 60


@dataclass
class Calls:
    """What is asked of LangGraph from outside it, one of which fails, or all from that one on."""

    fail_at: int = 0
    for_good: bool = False
    made: list[str] = field(default_factory=list)
    inside: bool = False

    def wrap(self, name: str, called: Callable[..., Any]) -> Callable[..., Any]:
        """Return a method that counts and may fail; what LangGraph calls by itself does neither."""

        def wrapped(*arguments: Any, **named: Any) -> Any:
            if self.inside:
                return called(*arguments, **named)
            self.made.append(name)
            late = len(self.made) > self.fail_at if self.for_good else False
            if len(self.made) == self.fail_at or (self.fail_at and late):
                raise OSError(INJECTED)
            self.inside = True
            try:
                result = called(*arguments, **named)
                return list(result) if inspect.isgenerator(result) else result
            finally:
                self.inside = False

        return wrapped


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch, calls: Calls) -> Iterator[None]:
    """Put a watch on every public method of compiled graphs and of their checkpointer."""
    with monkeypatch.context() as patch:
        for kind in (Pregel, InMemorySaver):
            for name, called in inspect.getmembers(kind, inspect.isfunction):
                if not (name.startswith("_") or inspect.iscoroutinefunction(called)):
                    patch.setattr(kind, name, calls.wrap(f"{kind.__name__}.{name}", called))
        yield


def at_a_breakpoint() -> tuple[Any, str | None]:
    graph = MailAgent().compile(interrupt_before=["tools"])
    ask(graph)
    return graph, "tools"


def at_questions() -> tuple[Any, str | None]:
    graph = two_questions(InMemorySaver())
    begin(graph, {"log": []})
    return graph, None


def approve(card: ApprovalCard) -> None:
    card.press("approve")


def reject(card: ApprovalCard) -> None:
    card.press("reject")


def edit(card: ApprovalCard) -> None:
    card.press("edit")
    card.controls[0].forms[0].fill("to", "eve@example.com")
    card.press("send")


def respond(card: ApprovalCard) -> None:
    card.press("respond")
    card.controls[0].response.value = "I called her."
    card.press("send")


def answer(card: ApprovalCard) -> None:
    card.controls[0].text.value = "ten"
    card.press("send")


def refresh(card: ApprovalCard) -> None:
    card.refresh()


DECISIONS = [
    (at_a_breakpoint, approve),
    (at_a_breakpoint, reject),
    (at_a_breakpoint, edit),
    (at_a_breakpoint, respond),
    (at_a_breakpoint, refresh),
    (at_questions, answer),
]


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize(("began", "press"), DECISIONS, ids=lambda act: act.__name__)
def test_whichever_call_fails_the_card_tells_it_and_the_journal_has_an_end(
    began, press, for_good, monkeypatch
):
    failed = []
    for number in range(1, MOST_CALLS):
        graph, named = began()
        card = ApprovalCard(graph, thread(), tools_node=named)
        calls = Calls(number, for_good=for_good)
        with watched(monkeypatch, calls):
            press(card)
        where = f"call {number} of {calls.made}"
        assert card.status != "running", f"{where}: the card hangs"
        assert None not in outcomes(graph), f"{where}: {outcomes(graph)}"
        if len(calls.made) < number:
            break
        failed.append(calls.made[number - 1])
        assert INJECTED in seen(card), f"{where}: {seen(card)}"
        again = read_thread(graph, thread()).status
        assert again in {"paused", "crashed", "interrupted", "finished"}, f"{where}: {again}"
    else:
        pytest.fail(f"a decision made {MOST_CALLS} calls and more: {failed}")
    assert "Pregel.get_state" in failed, failed


def test_whichever_call_fails_the_inbox_keeps_its_line_and_says_so(monkeypatch):
    graph, _ = at_a_breakpoint()
    for number in range(1, MOST_CALLS):
        calls = Calls(number)
        listed = WaitingThreads(graph)
        with watched(monkeypatch, calls):
            (found,) = listed
        if len(calls.made) < number:
            return
        assert (found.thread_id, found.status) == ("t", "unreadable"), calls.made
        assert INJECTED in found.explanation, found
    pytest.fail("a line took too many calls")


class OneKey(TypedDict, total=False):
    """A state with a plain key, which one node of a step may write."""

    log: Annotated[list[str], operator.add]
    key: str


def two_writers() -> Any:
    """Return a graph in which two nodes write one key after a yes; then get_state raises too."""

    def first(state: OneKey) -> OneKey:
        return {"key": str(interrupt("first?"))}

    def second(state: OneKey) -> OneKey:
        return {"key": "second"}

    builder = StateGraph(OneKey)
    for node in (first, second):
        builder.add_edge(START, builder.add_node(node.__name__, node) and node.__name__)
    return builder.compile(checkpointer=InMemorySaver())


def test_a_thread_that_langgraph_cannot_read_any_more_is_shown_as_that_by_all_who_read_it():
    graph = two_writers()
    begin(graph, {"log": []})
    card = ApprovalCard(graph, thread())
    listed = WaitingThreads(graph)
    answer(card)
    with pytest.raises(InvalidUpdateError):
        graph.get_state(thread())
    assert outcomes(graph) == ["failed"]
    assert (card.status, card.controls) == ("unreadable", [])
    assert "InvalidUpdateError" in seen(card), seen(card)
    assert ApprovalCard(graph, thread()).status == "unreadable"
    assert read_thread(graph, thread()).status == "unreadable"
    listed.refresh()
    assert [waiting.status for waiting in listed] == ["unreadable"]


@pytest.mark.parametrize(("decision", "most"), [(APPROVE, 2), (REJECT, 3)], ids=["yes", "no"])
def test_a_decision_reads_the_state_twice_and_once_more_for_each_write_of_its_own(
    decision, most, monkeypatch
):
    graph, _ = at_a_breakpoint()
    (pause,) = read_thread(graph, thread()).pauses
    calls = Calls()
    with watched(monkeypatch, calls):
        decide(graph, thread(), pause, decision)
    assert calls.made.count("Pregel.get_state") == most, calls.made
