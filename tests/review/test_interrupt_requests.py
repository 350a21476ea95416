"""Every decision on requests as LangChain's middleware and Agent Inbox's graphs raise them."""

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.errors import NodeInterrupt
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Command, interrupt

from course_utils import ApprovalCard
from course_utils.review.deciding.pause_decisions import PauseDecisions
from course_utils.review.deciding.resuming import AlreadyDecidedError, decide, decide_together
from course_utils.review.deciding.shown import read_thread
from tests.support.agents import ONE_MAIL, TWO_MAILS, thread
from tests.support.deciding import (
    APPROVE,
    EDIT,
    REJECT,
    asked,
    begin,
    outcomes,
    respond,
    told,
    waiting,
)
from tests.support.foreign_graphs import ALL_ALLOWED, asking, gated_agent, inbox_agent

ALICE, BOB, EVE = "alice@example.com", "bob@example.com", "eve@example.com"


def gated(outbox, saver, mode, words=ONE_MAIL, on=True):
    graph = gated_agent(outbox, saver, mode, on)
    return graph, begin(graph, {"messages": [("user", words)]})


@pytest.mark.parametrize("mode", ["batched", "per_call"])
@pytest.mark.parametrize(
    ("decision", "sent", "words"),
    [
        (APPROVE, [ALICE], f"Email sent to {ALICE}"),
        (REJECT, [], "rejected the tool call for `send_email` with reason: wrong address"),
        (EDIT, [EVE], f"Email sent to {EVE}"),
        (respond("I wrote to her."), [], "I wrote to her."),
    ],
)
def test_langchains_middleware_takes_every_decision(saver, mode, decision, sent, words):
    outbox = []
    graph, (pause,) = gated(outbox, saver, mode)
    assert pause.decisions == ("approve", "edit", "reject", "respond"), pause
    assert asked(pause)["to"] == ALICE, pause
    after = decide(graph, thread(), pause, decision).thread
    assert (outbox, after.status) == (sent, "finished"), after
    assert words in told(graph)[1], f"{mode}, {decision}: the agent was told {told(graph)}"
    assert outcomes(graph) == ["done"]


@pytest.mark.parametrize("mode", ["batched", "per_call"])
def test_what_the_middleware_does_not_take_is_not_offered_and_it_says_so(saver, mode):
    graph, (pause,) = gated([], saver, mode, on={"allowed_decisions": ["approve", "reject"]})
    assert pause.decisions == ("approve", "reject"), pause
    assert pause.remarks == ("For send_email this graph takes only: approve, reject.",), pause
    for unwanted in (EDIT, respond("no")):
        with pytest.raises(ValueError, match="offers"):
            decide(graph, thread(), pause, unwanted)
    assert waiting(graph) == (pause,)


def test_of_a_batch_each_call_gets_its_own_decision(saver):
    outbox = []
    graph, (pause,) = gated(outbox, saver, "batched", TWO_MAILS)
    after = decide(graph, thread(), pause, [REJECT, APPROVE]).thread
    assert (outbox, after.status) == ([BOB], "finished"), after
    assert "reason: wrong address" in told(graph)[1], told(graph)
    assert told(graph)[2] == f"Email sent to {BOB}", told(graph)


def test_a_batch_wants_a_decision_for_each_call(saver):
    outbox = []
    graph, (pause,) = gated(outbox, saver, "batched", TWO_MAILS)
    for wrong in (APPROVE, [APPROVE], [APPROVE] * 3):
        with pytest.raises(ValueError, match="2 calls"):
            decide(graph, thread(), pause, wrong)
    assert (outbox, outcomes(graph)) == ([], [])


@pytest.mark.parametrize("first", [0, 1])
def test_calls_asked_about_one_by_one_are_decided_in_any_order(saver, first):
    outbox = []
    graph, pauses = gated(outbox, saver, "per_call", TWO_MAILS)
    rejected, approved = pauses[first], pauses[1 - first]
    half = decide(graph, thread(), rejected, REJECT).thread
    assert (outbox, half.pauses) == ([], (approved,)), "only the other call waits now"
    with pytest.raises(AlreadyDecidedError, match="decided this first"):
        decide(graph, thread(), rejected, APPROVE)
    after = decide(graph, thread(), approved, APPROVE).thread
    assert (outbox, after.status) == ([asked(approved)["to"]], "finished"), after


def test_calls_asked_about_one_by_one_are_decided_together_in_one_run(saver):
    outbox = []
    graph, (alice, bob) = gated(outbox, saver, "per_call", TWO_MAILS)
    answers = [PauseDecisions.on(bob, EDIT), PauseDecisions.on(alice, respond("I called her."))]
    after = decide_together(graph, thread(), answers).thread
    assert (outbox, after.status) == ([EVE], "finished"), after
    assert told(graph)[1] == "I called her.", told(graph)
    assert outcomes(graph) == ["done", "done"]


def test_decisions_together_are_all_refused_where_one_comes_too_late(saver):
    outbox = []
    graph, (alice, bob) = gated(outbox, saver, "per_call", TWO_MAILS)
    decide(graph, thread(), alice, REJECT)
    with pytest.raises(AlreadyDecidedError):
        decide_together(
            graph, thread(), [PauseDecisions.on(bob, APPROVE), PauseDecisions.on(alice, APPROVE)]
        )
    assert (outbox, waiting(graph)) == ([], (bob,))


@pytest.mark.parametrize(("decision", "sent"), [(APPROVE, [ALICE, EVE]), (REJECT, [])])
def test_a_breakpoint_behind_the_middleware_shows_the_calls_as_they_were_edited(
    saver, decision, sent
):
    outbox = []
    graph = gated_agent(outbox, saver, interrupt_before=["tools"])
    (gate,) = begin(graph, {"messages": [("user", TWO_MAILS)]})
    (pause,) = decide(graph, thread(), gate, [APPROVE, EDIT]).thread.pauses
    shown = [action["args"]["to"] for action in pause.request["action_requests"]]
    assert shown == [ALICE, EVE], "this is what would be sent, whatever the message says"
    assert pause.decisions == ("approve", "reject", "respond"), pause
    assert "as a person has edited them already" in pause.remarks[0], pause
    after = decide(graph, thread(), pause, decision).thread
    assert (sorted(outbox), after.status) == (sent, "finished"), after


def test_a_node_interrupt_takes_no_answer_which_the_next_question_would_get(saver):
    runs = []

    def pay(state):
        runs.append("pay")
        if len(runs) == 1:
            with pytest.warns(DeprecationWarning, match="NodeInterrupt is deprecated"):
                raise NodeInterrupt("too much")
        return {"log": [interrupt("Pay 1000 euros?")]}

    graph = asking(saver, pay)
    (pause,) = begin(graph, {"log": []})
    assert pause.decisions == (), pause
    assert "raised NodeInterrupt" in pause.remarks[0], pause


@pytest.mark.parametrize("bare", [False, True])
@pytest.mark.parametrize(
    ("decision", "sent", "words"),
    [
        (APPROVE, [ALICE], f"Email sent to {ALICE}"),
        ({"type": "reject"}, [], "The user ignored this mail. End the workflow."),
        (EDIT, [EVE], f"Email sent to {EVE}"),
        (respond("make it shorter"), [], "The user said: make it shorter"),
    ],
)
def test_an_agent_inbox_graph_takes_every_decision(saver, bare, decision, sent, words):
    outbox = []
    graph = inbox_agent(outbox, saver, ALICE, bare=bare)
    (pause,) = begin(graph)
    assert pause.decisions == ("approve", "edit", "reject", "respond"), pause
    assert "no reason" in " ".join(pause.remarks) or "carries no reason" in pause.remarks[0], pause
    after = decide(graph, thread(), pause, decision).thread
    assert (outbox, after.status) == (sent, "finished"), after
    assert told(graph)[1:] == [words, f"Told: {words}"], told(graph)


@pytest.mark.parametrize(
    ("flag", "decision"),
    [
        ("allow_accept", "approve"),
        ("allow_edit", "edit"),
        ("allow_ignore", "reject"),
        ("allow_respond", "respond"),
    ],
)
def test_each_flag_of_agent_inbox_decides_whether_its_button_exists(saver, flag, decision):
    only = dict.fromkeys(ALL_ALLOWED, False) | {flag: True}
    (pause,) = begin(inbox_agent([], saver, ALICE, flags=only))
    assert pause.decisions == (decision,), f"{flag} alone offers {pause.decisions}"
    assert f"takes only: {decision}" in pause.remarks[0], pause


def test_one_node_asks_agent_inbox_about_one_call_after_the_other(saver):
    outbox = []
    graph = inbox_agent(outbox, saver, ALICE, BOB)
    (first,) = begin(graph)
    (second,) = decide(graph, thread(), first, {"type": "reject"}).thread.pauses
    assert asked(second)["to"] == BOB, second
    with pytest.raises(AlreadyDecidedError, match="decided this first"):
        decide(graph, thread(), first, APPROVE)
    decide(graph, thread(), second, APPROVE)
    assert outbox == [BOB]


def test_two_agent_inbox_requests_at_once_cannot_be_answered_by_one_and_it_says_so(saver):
    request = {"action_request": {"action": "send_email", "args": {}}, "config": ALL_ALLOWED}

    def both(state):
        return {"log": [interrupt([request, request])]}

    (pause,) = begin(asking(saver, both), {"log": []})
    assert pause.decisions == (), pause
    assert "2 Agent Inbox requests at once" in pause.remarks[0], pause


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"message": "no type"},
        "approve",
        [["approve"]],
        {"type": "edit"},
        {"type": "edit", "edited_action": {"name": "rm", "args": {}}},
        {"type": "edit", "edited_action": {"name": "send_email", "args": ["x"]}},
        {"type": "respond"},
        {"type": "respond", "message": {"not": "text"}},
        {"type": "reject", "message": 5},
        {"type": "dance"},
        {"type": ["approve"]},
        [],
    ],
)
def test_what_is_no_decision_is_refused_before_anything_is_written(saver, wrong):
    graph, (pause,) = gated([], saver, "batched")
    with pytest.raises(ValueError, match=r"decision|edit"):
        decide(graph, thread(), pause, wrong)
    assert (outcomes(graph), waiting(graph)) == ([], (pause,))


CALL = {"name": "send_email", "args": {"to": ALICE}}
REVIEWS = {"action_name": "send_email"}
DEEP = {"deep": [[{"a": [1, {"b": (2, 3)}]}]]}
STRANGE = [
    None,
    "",
    0,
    float("nan"),
    b"bytes",
    ("a", 1),
    [],
    {},
    [1, "two", None],
    DEEP,
    {1: 2, None: 3},
    "<script>alert(1)</script>",
    "\u202edesrever",
    "x" * 1_000_000,
    {"body": "y" * 1_000_000},
    {"action_requests": []},
    {"action_requests": "no list", "review_configs": []},
    {"action_requests": [CALL]},
    {"action_requests": [CALL], "review_configs": []},
    {"action_requests": [CALL], "review_configs": [None]},
    {"action_requests": [CALL], "review_configs": [REVIEWS]},
    {"action_requests": [CALL], "review_configs": [{"action_name": ["x"]}]},
    {"action_requests": [CALL], "review_configs": [REVIEWS | {"allowed_decisions": None}]},
    {"action_requests": [CALL], "review_configs": [REVIEWS | {"allowed_decisions": 5}]},
    {"action_requests": [CALL], "review_configs": [REVIEWS | {"allowed_decisions": [{}, "sing"]}]},
    {
        "action_requests": [CALL],
        "review_configs": [REVIEWS | {"allowed_decisions": ["edit"], "args_schema": "none"}],
    },
    {"action_requests": [{"name": 5, "args": {}}], "review_configs": []},
    {"action_requests": [{"name": "x", "args": [1]}], "review_configs": []},
    {"type": "tool_approval", "name": "x", "args": {}},
    {"type": "tool_approval", "name": "x", "args": "text"},
    {"action_request": None},
    {"action_request": {"action": "x"}},
    {"action_request": {"action": "x", "args": None}, "config": ALL_ALLOWED},
    [{"action_request": {"action": "x", "args": {}}, "config": ALL_ALLOWED}, "and a word"],
]


@pytest.mark.parametrize("payload", STRANGE, ids=lambda payload: repr(payload)[:60])
def test_a_strange_payload_is_shown_and_what_can_be_decided_is_offered(payload):
    def odd(state):
        return {"log": [interrupt(payload)]}

    graph = asking(InMemorySaver(), odd)
    (pause,) = begin(graph, {"log": []})
    card = ApprovalCard(graph, thread())
    assert card.status == "paused", card._story
    assert pause.decisions or pause.remarks, f"no button and no reason for {payload!r}"
    twin = card._repr_mimebundle_()["text/html"]
    assert "<script>alert" not in twin
    for controls in card.controls:
        for name in [*controls.buttons]:
            if name in {"edit", "respond"}:
                controls.press(name)


def test_a_batch_with_fewer_reviews_than_calls_lets_no_call_pass_unreviewed():
    request = {
        "action_requests": [CALL, CALL | {"name": "delete_all"}],
        "review_configs": [REVIEWS | {"allowed_decisions": ["approve"]}],
    }

    def odd(state):
        return {"log": [interrupt(request)]}

    graph = asking(InMemorySaver(), odd)
    (pause,) = begin(graph, {"log": []})
    assert pause.decisions == (), pause
    assert "For delete_all this graph takes no decision that is known here." in pause.remarks
    with pytest.raises(ValueError, match="offers"):
        decide(graph, thread(), pause, [APPROVE, APPROVE])


def test_a_question_after_a_plain_answer_is_not_answered_since_langgraph_would_answer_the_next_too(
    saver,
):
    def three(state):
        return {"messages": [" ".join(str(interrupt(word)) for word in ("a?", "b?", "c?"))]}

    builder = StateGraph(MessagesState).add_node("three", three).add_edge(START, "three")
    graph = builder.compile(checkpointer=saver)
    graph.invoke({"messages": []}, thread())
    graph.invoke(Command(resume="PLAIN"), thread())
    now = read_thread(graph, thread())
    assert [pause.decisions for pause in now.pauses] == [()], now
    assert "plain Command(resume=...)" in now.pauses[0].remarks[0], now
    # What the card keeps a person from.
    second = now.pauses[0].key.pause_id
    said = graph.invoke(Command(resume={second: "by id"}), thread())["messages"][-1].text
    assert said == "PLAIN by id PLAIN", said
