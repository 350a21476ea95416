"""The card on questions of every protocol: real buttons pressed, and what then happens."""

import asyncio

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import interrupt
from pydantic import BaseModel, Field, field_validator

from course_utils import ApprovalCard
from course_utils.review.record.opening import journal_of
from tests.review.test_async_graphs import async_agent, confirm
from tests.support.agents import ONE_MAIL, TWO_MAILS, thread
from tests.support.cards import buttons, html, seen
from tests.support.deciding import begin, log, outcomes, told, waiting
from tests.support.foreign_graphs import (
    ALL_ALLOWED,
    approve_or_reject,
    around,
    asked_by_schema,
    asking,
    gated_agent,
    inbox_agent,
    mail_agent,
    review_and_edit,
    sent_in_parallel,
    two_questions,
)

ALICE, BOB, EVE = "alice@example.com", "bob@example.com", "eve@example.com"
NOTHING = {"log": []}


class Payment(BaseModel):
    """How somebody wants to pay."""

    amount: int = Field(gt=0, description="In euros, whole.")
    card: str = "visa"

    @field_validator("amount")
    @classmethod
    def is_even(cls, amount: int) -> int:
        """Refuse odd amounts, a rule that a JSON schema does not tell."""
        if amount % 2:
            raise ValueError("must be even")
        return amount


def card_on(graph, given=None, **how):
    begin(graph, given)
    return ApprovalCard(graph, thread(), **how)


def gated(outbox, mode, words=ONE_MAIL, on=True):
    graph = gated_agent(outbox, InMemorySaver(), mode, on)
    return graph, card_on(graph, {"messages": [("user", words)]})


# --- Which buttons there are


@pytest.mark.parametrize("mode", ["batched", "per_call"])
def test_the_middlewares_buttons_are_those_it_allows(mode):
    _, card = gated([], mode, on={"allowed_decisions": ["approve", "edit"]})
    assert buttons(card) == ["Approve", "Edit"], seen(card)
    assert "For send_email this graph takes only: approve, edit." in seen(card)


@pytest.mark.parametrize(
    ("flag", "button"),
    [
        ("allow_accept", "Approve"),
        ("allow_ignore", "Reject"),
        ("allow_edit", "Edit"),
        ("allow_respond", "Respond"),
    ],
)
def test_agent_inboxs_buttons_are_those_its_flags_allow(flag, button):
    only = dict.fromkeys(ALL_ALLOWED, False) | {flag: True}
    card = card_on(inbox_agent([], InMemorySaver(), ALICE, flags=only))
    assert buttons(card) == [button], seen(card)


def test_where_an_ignore_carries_no_reason_none_is_asked_for():
    card = card_on(inbox_agent([], InMemorySaver(), ALICE))
    assert buttons(card) == ["Approve", "Reject", "Edit", "Respond"]
    assert "carries no reason" in seen(card)
    assert card.controls[0].reason not in card.controls[0].children[0].children


def test_a_batch_of_which_one_call_cannot_be_answered_has_no_buttons():
    calls = [{"name": name, "args": {}} for name in ("send_email", "delete_all")]
    review = {"action_name": "send_email", "allowed_decisions": ["approve"]}

    def odd(state):
        return {"log": [interrupt({"action_requests": calls, "review_configs": [review]})]}

    card = card_on(asking(InMemorySaver(), odd), NOTHING)
    assert (card.status, buttons(card)) == ("paused", [])
    assert "For delete_all this graph takes no decision that is known here." in seen(card)


# --- One question


@pytest.mark.parametrize("mode", ["batched", "per_call"])
def test_a_call_is_edited_in_its_form(mode):
    outbox = []
    _, card = gated(outbox, mode)
    card.press("edit")
    form = card.controls[0].forms[0]
    form.fill("to", EVE)
    assert form.changed == ("to",)
    card.press("send")
    assert (outbox, card.status) == ([EVE], "finished"), seen(card)
    assert "You edited send_email." in seen(card)


def test_a_bad_argument_is_told_beside_its_field_before_anything_resumes():
    outbox = []

    class Strict(BaseModel):
        to: str = Field(pattern=".+@.+")

    def ask(state):
        review = {
            "action_name": "send_email",
            "allowed_decisions": ["edit"],
            "args_schema": Strict.model_json_schema(),
        }
        call = {"name": "send_email", "args": {"to": ALICE}}
        answer = interrupt({"action_requests": [call], "review_configs": [review]})
        outbox.append(answer["decisions"][0]["edited_action"]["args"]["to"])
        return {"log": []}

    graph = asking(InMemorySaver(), ask)
    card = card_on(graph, NOTHING)
    card.press("edit")
    card.controls[0].forms[0].fill("to", "nobody")
    card.press("send")
    assert (card.status, outbox, outcomes(graph)) == ("paused", [], [])
    told = "It has to match the pattern .+@.+"
    assert seen(card).count(told) == 2, "once as a limit and once as what is wrong"
    card.controls[0].forms[0].fill("to", EVE)
    card.press("send")
    assert (card.status, outbox) == ("finished", [EVE])


def test_an_edit_that_changes_nothing_is_not_sent():
    outbox = []
    graph, card = gated(outbox, "batched")
    card.press("edit")
    card.press("send")
    assert (card.status, outbox, outcomes(graph)) == ("paused", [], [])
    assert "Nothing is changed" in seen(card)


def test_beside_an_open_form_there_is_no_approve_that_would_send_the_call_as_it_was():
    _, card = gated([], "batched")
    before = buttons(card)
    for kind in ("edit", "respond"):
        card.press(kind)
        assert buttons(card) == [f"Send the {kind.replace('respond', 'response')}", "Cancel"]
        with pytest.raises(ValueError, match="not 'approve'"):
            card.press("approve")
        card.press("cancel")
        assert buttons(card) == before


def test_an_agent_inbox_request_is_answered_in_words():
    outbox = []
    graph = inbox_agent(outbox, InMemorySaver(), ALICE)
    card = card_on(graph)
    card.press("respond")
    card.controls[0].response.value = "make it shorter"
    card.press("send")
    assert (outbox, card.status) == ([], "finished")
    assert told(graph)[-1] == "Told: The user said: make it shorter"


@pytest.mark.parametrize(
    ("text", "kind", "arrives"),
    [
        ("no", "text", "no"),
        ("", "text", ""),
        ("No", "yes or no", False),
        ("yes", "yes or no", True),
        ("0", "number", 0),
        ("2.5", "number", 2.5),
        ("null", "JSON", None),
        ("{}", "JSON", {}),
        ('["a", 1]', "JSON", ["a", 1]),
    ],
)
def test_an_answer_is_sent_as_what_the_person_says_it_is(text, kind, arrives):
    graph = review_and_edit(InMemorySaver())
    card = card_on(graph, NOTHING)
    card.controls[0].text.value = text
    card.controls[0].kind.value = kind
    card.press("send")
    (got,) = log(graph)
    assert (type(got), got, card.status) == (type(arrives), arrives, "finished")


@pytest.mark.parametrize(
    ("text", "kind"), [("nope", "yes or no"), ("many", "number"), ("{", "JSON"), ("nan", "number")]
)
def test_an_answer_that_is_not_what_it_should_be_is_not_sent(text, kind):
    graph = review_and_edit(InMemorySaver())
    card = card_on(graph, NOTHING)
    card.controls[0].text.value = text
    card.controls[0].kind.value = kind
    card.press("send")
    assert (card.status, outcomes(graph), card.controls[0].text.value) == ("paused", [], text)
    assert f"This cannot be sent as {kind}" in seen(card)


def test_a_typed_no_does_not_send_the_mail():
    outbox = []
    graph = approve_or_reject(outbox, InMemorySaver())
    card = card_on(graph, NOTHING)
    card.controls[0].text.value = "no"
    card.controls[0].kind.value = "yes or no"
    card.press("send")
    assert (outbox, log(graph)) == ([], ["cancelled"])


def test_what_the_schema_forbids_is_told_beside_the_field_and_nothing_is_resumed():
    graph = asked_by_schema(InMemorySaver(), Payment)
    card = card_on(graph, NOTHING)
    assert "In euros, whole." in html(card)
    card.controls[0].form.fill("amount", "-2")
    card.press("send")
    assert (card.status, outcomes(graph)) == ("paused", []), seen(card)
    assert "minimum" in seen(card), seen(card)


def test_what_only_the_graph_can_tell_is_told_beside_the_field_and_the_question_stays_open():
    graph = asked_by_schema(InMemorySaver(), Payment)
    card = card_on(graph, NOTHING)
    form = card.controls[0].form
    form.fill("amount", "3")
    card.press("send")
    assert (card.status, outcomes(graph)) == ("paused", ["invalid"])
    assert card.controls[0].form is form, "what was typed is still there"
    assert "must be even" in seen(card), seen(card)
    form.fill("amount", "4")
    card.press("send")
    assert (card.status, outcomes(graph)) == ("finished", ["invalid", "done"])
    assert log(graph) == [{"amount": 4, "card": "visa"}]


def test_a_schema_given_as_a_dict_is_checked_by_the_form():
    graph = asked_by_schema(InMemorySaver(), Payment.model_json_schema())
    card = card_on(graph, NOTHING)
    card.press("send")
    assert (card.status, outcomes(graph)) == ("paused", []), "an amount is required"
    card.controls[0].form.fill("amount", "4")
    card.press("send")
    assert log(graph) == [{"amount": 4, "card": "visa"}]


def test_a_double_click_does_not_answer_the_second_question_of_the_node():
    graph = two_questions(InMemorySaver())
    card = card_on(graph, NOTHING)
    card.controls[0].text.value = "yes"
    clicked = card.controls[0].buttons["send"]
    clicked.click()
    clicked.click()
    assert (card.status, outcomes(graph)) == ("paused", ["done"])
    assert "Pay 1000 euros?" in seen(card)
    late = ApprovalCard(graph, thread())
    card.controls[0].text.value = "first"
    card.press("send")
    late.controls[0].text.value = "second"
    late.press("send")
    assert log(graph) == ["yes", "first"]
    assert "decided this first" in seen(late)


# --- Several questions at once


def test_each_call_of_a_batch_is_chosen_and_then_all_are_sent():
    outbox = []
    graph, card = gated(outbox, "batched", TWO_MAILS)
    card.press("send all")
    assert "Nothing is chosen yet." in seen(card), seen(card)
    card.press("reject", 0)
    card.press("send all")
    assert (outbox, card.status) == ([], "paused"), "the second call is not decided yet"
    assert "decide it" in seen(card)
    card.press("approve", 1)
    assert (outbox, outcomes(graph)) == ([], []), "nothing is sent before it is sent"
    card.press("send all")
    assert (outbox, card.status) == ([BOB], "finished"), seen(card)
    assert outcomes(graph) == ["done"]


def test_a_choice_can_be_changed_until_it_is_sent():
    outbox = []
    _, card = gated(outbox, "batched", TWO_MAILS)
    card.press("approve", 0)
    card.press("approve", 1)
    card.press("reject", 0)
    card.press("send all")
    assert outbox == [BOB], seen(card)


def test_several_questions_are_sent_together():
    outbox = []
    graph, card = gated(outbox, "per_call", TWO_MAILS)
    card.controls[0].reason.value = "not Alice"
    card.press("reject", 0)
    card.press("edit", 1)
    card.controls[1].forms[0].fill("to", EVE)
    card.press("send", 1)
    card.press("send all")
    assert (outbox, card.status) == ([EVE], "finished"), seen(card)
    assert "not Alice" in told(graph)[1], told(graph)
    assert "You rejected send_email (alice@example.com)." in seen(card)


def test_of_several_things_a_button_that_chooses_does_not_say_that_it_sends():
    card = card_on(sent_in_parallel([], InMemorySaver(), "alice", "bob"), NOTHING)
    assert buttons(card) == ["Choose this answer", "Choose this answer", "Send the decisions"]
    card.press("send", 0)
    assert "Chosen: your answer. Nothing is sent yet." in seen(card)
    card.press("send all")
    assert (len(card.controls), buttons(card)) == (1, ["Send the answer"]), seen(card)

    _, card = gated([], "per_call", TWO_MAILS)
    card.press("edit", 0)
    card.press("respond", 1)
    words = [controls.buttons["send"].description for controls in card.controls]
    assert words == ["Choose this edit", "Choose this response"]


def test_one_of_several_questions_is_sent_alone_and_the_other_stays():
    outbox = []
    _, card = gated(outbox, "per_call", TWO_MAILS)
    card.press("reject", 1)
    card.press("send all")
    assert (outbox, card.status, len(card.controls)) == ([], "paused", 1), seen(card)
    assert ALICE in html(card)
    card.press("approve")
    assert (outbox, card.status) == ([ALICE], "finished")


def test_answers_to_parallel_questions_reach_each_its_own():
    outbox = []
    graph = sent_in_parallel(outbox, InMemorySaver(), "alice", "bob", "eve")
    card = card_on(graph, NOTHING)
    names = [pause.request["action_requests"][0]["args"]["to"] for pause in waiting(graph)]
    for number, name in enumerate(names):
        card.controls[number].text.value = "yes" if name == "bob" else "no"
        card.controls[number].kind.value = "yes or no"
        card.press("send", number)
    card.press("send all")
    assert (outbox, card.status) == (["bob"], "finished"), seen(card)


def test_what_was_typed_after_the_choice_is_not_passed_over_when_all_are_sent():
    outbox = []
    graph, card = gated(outbox, "per_call", TWO_MAILS)
    card.press("approve", 0)
    card.press("approve", 1)
    card.press("edit", 0)
    card.controls[0].forms[0].fill("to", EVE)
    for _ in range(2):
        card.press("send all")
        assert (outbox, outcomes(graph)) == ([], []), "an edit was typed, and not chosen"
        assert "What is typed here is not chosen" in seen(card), seen(card)
    card.press("send", 0)
    card.press("send all")
    assert (sorted(outbox), card.status) == ([BOB, EVE], "finished"), seen(card)


def test_an_edit_that_was_chosen_and_cancelled_is_not_sent():
    outbox = []
    graph, card = gated(outbox, "per_call", TWO_MAILS)
    card.press("edit", 0)
    card.controls[0].forms[0].fill("to", EVE)
    card.press("send", 0)
    card.press("cancel", 0)
    assert "Chosen" not in seen(card)
    card.press("reject", 1)
    card.press("send all")
    assert (outbox, card.status) == ([], "paused"), seen(card)
    assert [pause.request["action_requests"][0]["args"]["to"] for pause in waiting(graph)] == [
        ALICE
    ]


def test_of_several_answers_the_refused_one_keeps_what_was_typed_and_the_others_are_done():
    graph = asked_by_schema(InMemorySaver(), Payment, twice=True)
    card = card_on(graph, NOTHING)
    forms = [controls.form for controls in card.controls]
    for number, amount in enumerate(("3", "4")):
        forms[number].fill("amount", amount)
        card.press("send", number)
    card.press("send all")
    assert [controls.form for controls in card.controls] == forms[:1], seen(card)
    assert "must be even" in seen(card), seen(card)
    assert outcomes(graph) == ["invalid", "done"], "the other answer has been taken"
    forms[0].fill("amount", "6")
    card.press("send")
    assert sorted(paid["amount"] for paid in log(graph)) == [4, 6], seen(card)


def test_where_several_answers_are_refused_each_keeps_what_was_typed():
    graph = asked_by_schema(InMemorySaver(), Payment, twice=True)
    card = card_on(graph, NOTHING)
    forms = [controls.form for controls in card.controls]
    for number, form in enumerate(forms):
        form.fill("amount", "3")
        card.press("send", number)
    card.press("send all")
    assert [controls.form for controls in card.controls] == forms, seen(card)
    assert seen(card).count("One of the answers sent was refused: must be even") == 2, seen(card)
    card.press("send all")
    assert outcomes(graph) == ["invalid", "invalid"], "what was refused is to be chosen again"


def test_of_a_breakpoint_beside_a_question_only_the_first_has_buttons():
    outbox = []

    def ask(state):
        return {"messages": [("ai", f"Answered: {interrupt('Which name?')}")]}

    graph = around(InMemorySaver(), mail_agent(outbox, "alice", interrupt_before=["tools"]), ask)
    card = card_on(graph)
    assert buttons(card) == ["Approve", "Reject", "Edit", "Respond"]
    assert "would also let tools run" in seen(card)
    card.press("reject")
    assert (outbox, buttons(card)) == ([], ["Send the answer"]), seen(card)
    card.controls[0].text.value = "Ann"
    card.press("send")
    assert (outbox, card.status) == ([], "finished")


# --- Elsewhere at the same time


def test_a_thread_resumed_elsewhere_has_no_buttons_but_look_again():
    graph = review_and_edit(InMemorySaver())
    (pause,) = begin(graph, NOTHING)
    journal = journal_of(graph.checkpointer)
    with journal.lock("t"):
        entry = journal.claim([(pause.key, {"type": "respond"}, [])], "alice")
        card = ApprovalCard(graph, thread())
        assert (card.status, buttons(card)) == ("running", ["Look again"])
        assert "alice" in seen(card)
        card.press("look again")
        assert card.status == "running"
    journal.finish(entry, "failed")
    card.press("look again")
    assert (card.status, buttons(card)) == ("paused", ["Send the answer"])


def test_a_card_that_comes_while_another_resumes_the_thread_is_told_who_does():
    graph = review_and_edit(InMemorySaver())
    card = card_on(graph, NOTHING)
    (pause,) = waiting(graph)
    journal = journal_of(graph.checkpointer)
    with journal.lock("t"):
        journal.claim([(pause.key, {"type": "respond"}, [])], "alice")
        card.press("send")
        assert card.status == "running", seen(card)
        assert "alice" in seen(card)
    assert log(graph) == []


# --- Async graphs, in a running loop as in a notebook


@pytest.mark.asyncio
@pytest.mark.parametrize(("decision", "sent"), [("approve", ["alice"]), ("reject", [])])
async def test_an_async_graph_is_decided_in_the_running_loop(decision, sent):
    outbox = []
    graph = async_agent(outbox, InMemorySaver(), interrupt_before=["tools"])
    await graph.ainvoke({"messages": [("user", "go")]}, thread())
    card = ApprovalCard(graph, thread())
    card.press(decision)
    assert (card.status, buttons(card)) == ("running", []), "it runs beside the cell"
    await card.settled()
    assert (outbox, card.status) == (sent, "finished"), seen(card)


@pytest.mark.asyncio
async def test_a_second_press_while_an_async_graph_runs_does_nothing():
    graph = asking(InMemorySaver(), confirm)
    await graph.ainvoke(NOTHING, thread())
    card = ApprovalCard(graph, thread())
    send = card.controls[0].buttons["send"]
    card.controls[0].text.value = "yes"
    send.click()
    send.click()
    await card.settled()
    assert (log(graph), outcomes(graph)) == (["yes"], ["done"])


@pytest.mark.asyncio
async def test_the_loop_goes_on_while_an_async_graph_is_decided():
    released = asyncio.Event()

    async def slow(state):
        answer = interrupt("Go?")
        await released.wait()
        return {"log": [answer]}

    graph = asking(InMemorySaver(), slow)
    await graph.ainvoke(NOTHING, thread())
    card = ApprovalCard(graph, thread())
    card.press("send")
    asyncio.get_running_loop().call_later(0.05, released.set)
    await asyncio.wait_for(card.settled(), timeout=10)
    assert (card.status, log(graph)) == ("finished", [""])
