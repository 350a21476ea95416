"""Every decision on graphs in the shapes that LangGraph's documentation shows."""

from typing import Any

import pytest
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.func import entrypoint, task
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt
from pydantic import BaseModel, Field, ValidationError

from course_utils.review.deciding.pause_decisions import PauseDecisions
from course_utils.review.deciding.resuming import AlreadyDecidedError, decide, decide_together
from tests.support.agents import thread
from tests.support.deciding import (
    APPROVE,
    asked,
    begin,
    log,
    outcomes,
    respond,
    told,
    waiting,
)
from tests.support.foreign_graphs import (
    MAIL,
    Log,
    approve_or_reject,
    asked_by_schema,
    asking,
    call,
    mail_agent,
    review_and_edit,
    review_tool_calls,
    sender,
    sent_in_parallel,
    tool_that_asks,
    two_questions,
    validate_input,
)

NOTHING: dict[str, Any] = {"log": []}
FALSY = [False, 0, 0.0, "", [], {}, None]


class Payment(BaseModel):
    """How somebody wants to pay."""

    amount: int = Field(gt=0)
    card: str


@pytest.mark.parametrize(
    ("answer", "sent", "said"),
    [(True, ["alice@example.com"], "sent"), (False, [], "cancelled"), (None, [], "cancelled")],
)
def test_approve_or_reject_goes_where_the_answer_says(saver, answer, sent, said):
    outbox = []
    graph = approve_or_reject(outbox, saver)
    (pause,) = begin(graph, NOTHING)
    assert pause.decisions == ("respond",), pause
    after = decide(graph, thread(), pause, respond(answer)).thread
    assert (outbox, log(graph), after.status) == (sent, [said], "finished")


@pytest.mark.parametrize("answer", ["Dear Alice", *FALSY])
def test_an_answer_arrives_as_it_is(saver, answer):
    graph = review_and_edit(saver)
    (pause,) = begin(graph, NOTHING)
    after = decide(graph, thread(), pause, respond(answer)).thread
    (arrived,) = log(graph)
    assert (type(arrived), arrived) == (type(answer), answer)
    assert (after.status, outcomes(graph)) == ("finished", ["done"])


@pytest.mark.parametrize(
    ("answer", "sent", "words"),
    [
        ({"action": "continue"}, ["alice@example.com"], "Email sent to alice@example.com"),
        (
            {"action": "update", "data": {"to": "eve@example.com"}},
            ["eve@example.com"],
            "Email sent to eve@example.com",
        ),
        ({"action": "feedback", "data": "Write in French."}, [], "Write in French."),
    ],
)
def test_a_review_node_gets_its_own_words(saver, answer, sent, words):
    outbox = []
    graph = review_tool_calls(outbox, saver)
    (pause,) = begin(graph)
    assert asked(pause) == "Is this right?", pause
    assert pause.request["action_requests"][0]["args"]["tool_call"]["args"] == MAIL
    after = decide(graph, thread(), pause, respond(answer)).thread
    assert (outbox, after.status) == (sent, "finished"), after
    assert told(graph)[-1] == f"Told: {words}", told(graph)


@pytest.mark.parametrize(
    ("answer", "sent"),
    [
        ({"action": "approve"}, ["alice"]),
        ({"action": "approve", "to": "eve"}, ["eve"]),
        ({"action": "reject"}, []),
    ],
)
def test_a_tool_asks_from_within(saver, answer, sent):
    outbox = []
    graph = tool_that_asks(outbox, saver, "alice")
    (pause,) = begin(graph)
    decide(graph, thread(), pause, respond(answer))
    assert outbox == sent, told(graph)


def test_two_calls_of_a_tool_that_asks_are_answered_each_by_itself(saver):
    outbox = []
    graph = tool_that_asks(outbox, saver, "alice", "bob")
    pauses = begin(graph)
    while pauses:
        answer = {"action": "approve" if asked(pauses[0])["to"] == "bob" else "reject"}
        pauses = decide(graph, thread(), pauses[0], respond(answer)).thread.pauses
    assert outbox == ["bob"], told(graph)


def test_a_node_that_validates_asks_until_the_input_is_right(saver):
    graph = validate_input(saver)
    (pause,) = begin(graph, NOTHING)
    for wrong in ("old", -1, None):
        shown = pause
        (pause,) = decide(graph, thread(), shown, respond(wrong)).thread.pauses
        assert asked(pause) == f"{wrong!r} is no age. How old are you?"
        with pytest.raises(AlreadyDecidedError):
            decide(graph, thread(), shown, respond(99))
    decide(graph, thread(), pause, respond(30))
    assert (log(graph), outcomes(graph)) == ([30], ["done"] * 4)


@pytest.mark.parametrize("first", ["Alice", *FALSY])
def test_the_second_question_of_a_node_is_never_answered_by_a_click_on_the_first(saver, first):
    graph = two_questions(saver)
    (name,) = begin(graph, NOTHING)
    (pay,) = decide(graph, thread(), name, respond(first)).thread.pauses
    assert asked(pay) == "Pay 1000 euros?", pay
    with pytest.raises(AlreadyDecidedError, match="decided this first"):
        decide(graph, thread(), name, respond(first))
    assert waiting(graph) == (pay,)
    decide(graph, thread(), pay, respond(False))
    assert log(graph) == [first, False]


def test_a_bad_answer_to_a_model_stays_open_and_the_right_one_goes_through(saver):
    graph = asked_by_schema(saver, Payment)
    (pause,) = begin(graph, NOTHING)
    for wrong in ({"amount": -1, "card": "visa"}, "all of it", {}, None):
        with pytest.raises(ValidationError):
            decide(graph, thread(), pause, respond(wrong))
        assert (outcomes(graph)[-1], waiting(graph)) == ("invalid", (pause,)), wrong
    after = decide(graph, thread(), pause, respond({"amount": 5, "card": "visa"})).thread
    assert (log(graph), after.status) == ([{"amount": 5, "card": "visa"}], "finished")
    assert outcomes(graph) == ["invalid"] * 4 + ["done"]


def test_a_schema_given_as_a_dict_is_known_and_left_to_the_form_to_check(saver):
    graph = asked_by_schema(saver, Payment.model_json_schema())
    (pause,) = begin(graph, NOTHING)
    assert pause.asked.schema["properties"]["amount"]["exclusiveMinimum"] == 0, pause
    decide(graph, thread(), pause, respond({"amount": 5, "card": "visa"}))
    assert log(graph) == [{"amount": 5, "card": "visa"}]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_questions_of_parallel_tasks_are_answered_one_by_one_by_their_ids(saver, order):
    outbox = []
    graph = sent_in_parallel(outbox, saver, "alice", "bob", "eve")
    pauses = begin(graph, NOTHING)
    assert sorted(asked(pause)["to"] for pause in pauses) == ["alice", "bob", "eve"]
    for count, place in enumerate(order):
        answer = respond(asked(pauses[place])["to"] == "bob")
        after = decide(graph, thread(), pauses[place], answer).thread
        assert len(after.pauses) == 2 - count, after
    assert (outbox, after.status) == (["bob"], "finished"), "each answer has to reach its question"


def test_questions_of_parallel_tasks_are_answered_together_by_their_ids(saver):
    outbox = []
    graph = sent_in_parallel(outbox, saver, "alice", "bob", "eve")
    answers = [
        PauseDecisions.on(p, respond(asked(p)["to"] != "eve")) for p in begin(graph, NOTHING)
    ]
    after = decide_together(graph, thread(), answers[::-1]).thread
    assert (sorted(outbox), after.status) == (["alice", "bob"], "finished")
    assert outcomes(graph) == ["done"] * 3


def test_one_question_is_not_answered_twice_in_one_run(saver):
    outbox = []
    graph = sent_in_parallel(outbox, saver, "alice", "bob")
    pause, _ = begin(graph, NOTHING)
    both = [PauseDecisions.on(pause, respond(True)), PauseDecisions.on(pause, respond(False))]
    for wrong in (both, []):
        with pytest.raises(ValueError, match="each of them once"):
            decide_together(graph, thread(), wrong)
    assert (outbox, outcomes(graph), len(waiting(graph))) == ([], [], 2)


@pytest.mark.parametrize("answer", FALSY)
def test_questions_of_branches_take_answers_that_are_as_good_as_nothing(saver, answer):
    def left(state):
        return {"log": [("left", interrupt("left?"))]}

    def right(state):
        return {"log": [("right", interrupt("right?"))]}

    graph = asking(saver, left, right)
    one, other = begin(graph, NOTHING)
    (still,) = decide(graph, thread(), other, respond(answer)).thread.pauses
    assert still == one
    decide(graph, thread(), one, respond(answer))
    assert sorted(log(graph)) == [["left", answer], ["right", answer]]


def test_a_question_that_has_changed_since_it_was_shown_is_not_answered(saver):
    sums = iter([10, 5_000, 5_000])

    def pay(state):
        return {"log": [interrupt({"euros": next(sums)})]}

    def greet(state):
        return {"log": [interrupt("Which name?")]}

    graph = asking(saver, pay, greet)
    by_node = {p.request["action_requests"][0]["name"]: p for p in begin(graph, NOTHING)}
    (now,) = decide(graph, thread(), by_node["greet"], respond("Ann")).thread.pauses
    assert (now.key, asked(now)) == (by_node["pay"].key, {"euros": 5_000}), "the same id, other sum"
    with pytest.raises(AlreadyDecidedError, match="changed since it was shown"):
        decide(graph, thread(), by_node["pay"], respond(True))
    decide(graph, thread(), now, respond(True))
    assert log(graph) == ["Ann", True]


def test_a_question_with_a_value_unlike_itself_can_be_answered(saver):
    def odd(state):
        return {"log": [interrupt({"ratio": float("nan")})]}

    graph = asking(saver, odd)
    (pause,) = begin(graph, NOTHING)
    decide(graph, thread(), pause, respond("fine"))
    assert log(graph) == ["fine"]


def test_an_entrypoint_asks_and_its_tasks_run_once(saver):
    charged = []

    @task
    def charge(euros: int) -> int:
        charged.append(euros)
        return euros * 2

    @entrypoint(checkpointer=saver)
    def flow(euros: int) -> list[Any]:
        total = charge(euros).result()
        return [total, interrupt({"total": total}), interrupt("Receipt?")]

    (total,) = begin(flow, 3)
    assert asked(total) == {"total": 6}
    (receipt,) = decide(flow, thread(), total, respond(False)).thread.pauses
    with pytest.raises(AlreadyDecidedError):
        decide(flow, thread(), total, respond(True))
    after = decide(flow, thread(), receipt, respond("yes")).thread
    assert (charged, after.status) == ([3], "finished")
    assert flow.get_state(thread()).values == [6, False, "yes"]


def test_tasks_that_ask_side_by_side_are_each_answered(saver):
    @task
    def confirm(name: str) -> Any:
        return [name, interrupt({"name": name})]

    @entrypoint(checkpointer=saver)
    def flow(names: list[str]) -> list[Any]:
        return [one.result() for one in [confirm(name) for name in names]]

    pauses = begin(flow, ["alice", "bob"])
    seen = []
    while pauses:
        seen.append(asked(pauses[0])["name"])
        pauses = decide(flow, thread(), pauses[0], respond(seen[-1] == "bob")).thread.pauses
    assert sorted(seen) == ["alice", "bob"], "nobody is asked twice, and everybody once"
    assert flow.get_state(thread()).values == [["alice", False], ["bob", True]]


def test_a_router_that_asks_is_answered(saver):
    builder = StateGraph(Log)
    builder.add_node("start", lambda state: {"log": ["start"]})
    builder.add_node("detour", lambda state: {"log": ["detour"]})
    builder.add_edge(START, "start")
    builder.add_conditional_edges(
        "start", lambda state: interrupt("Which way?"), ["detour", "__end__"]
    )
    graph = builder.compile(saver)
    (pause,) = begin(graph, NOTHING)
    after = decide(graph, thread(), pause, respond("detour")).thread
    assert (log(graph), after.status) == (["start", "detour"], "finished")


def test_a_breakpoint_given_to_invoke_holds_for_others_given_with_it(saver):
    outbox = []
    graph = mail_agent(outbox, "alice", saver=saver)
    (pause,) = begin(graph, interrupt_before=["agent", "tools"])
    (mail,) = decide(graph, thread(), pause, APPROVE).thread.pauses
    assert (outbox, asked(mail)["to"]) == ([], "alice"), "a mail went out that nobody was shown"
    after = decide(graph, thread(), mail, APPROVE).thread
    assert (outbox, after.status) == (["alice"], "finished")


def test_the_node_found_to_run_one_call_is_not_taken_for_the_one_that_runs_the_next(saver):
    outbox = []

    @tool
    def look_up(name: str) -> str:
        """Look up an address."""
        return "alice@example.com"

    def agent(state):
        calls = [{"name": "look_up", "args": {"name": "Alice"}, "id": "look", "type": "tool_call"}]
        answers = sum(isinstance(message, ToolMessage) for message in state["messages"])
        wanted = [calls, [call()], []][answers]
        return {"messages": [AIMessage("" if wanted else "Done.", tool_calls=wanted)]}

    def road(state):
        return "read" if state["messages"][-1].tool_calls[0]["name"] == "look_up" else "write"

    builder = StateGraph(MessagesState)
    builder.add_node("agent", agent)
    builder.add_node("review", lambda state: {})
    builder.add_node("read", ToolNode([look_up]))
    builder.add_node("write", ToolNode([sender(outbox)]))
    builder.add_edge(START, "agent")
    builder.add_conditional_edges("agent", tools_condition, {"tools": "review", END: END})
    builder.add_conditional_edges("review", road, ["read", "write"])
    builder.add_edge(["read"], "agent")
    builder.add_edge(["write"], "agent")
    graph = builder.compile(saver, interrupt_before=["review"])
    (looking,) = begin(graph)
    (mailing,) = decide(graph, thread(), looking, APPROVE).thread.pauses
    assert (looking.executor, mailing.executor) == ("read", "write")
    after = decide(graph, thread(), mailing, {"type": "reject"}).thread
    assert (outbox, after.status) == ([], "finished"), after
