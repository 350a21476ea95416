"""Nodes that fail before, after and beside a decision: what runs again, after a warning."""

import pytest
from langgraph.types import interrupt
from pydantic import BaseModel, ValidationError, field_validator

from course_utils.review.deciding.pause_decisions import PauseDecisions
from course_utils.review.deciding.resuming import AlreadyDecidedError, decide, decide_together
from course_utils.review.deciding.shown import read_thread
from tests.support.agents import MailAgent, ask, thread
from tests.support.deciding import (
    APPROVE,
    REJECT,
    asked,
    begin,
    log,
    outcomes,
    respond,
    told,
    waiting,
)
from tests.support.foreign_graphs import around, asking, mail_agent


def failing_once(done):
    """Return a node that asks, writes down what it did with the answer, and then fails, once."""

    def flaky(state):
        answer = interrupt("flaky?")
        done.append(answer)
        if len(done) == 1:
            raise ConnectionError("smtp down")
        return {"log": [answer]}

    return flaky


def steady(state):
    return {"log": [interrupt("steady?")]}


def crashed(graph, pause, decision):
    """Decide so that a node fails, and return the thread as it stands then."""
    with pytest.raises(ConnectionError):
        decide(graph, thread(), pause, decision)
    now = read_thread(graph, thread())
    assert now.status == "crashed", now
    return now


def test_a_node_that_failed_after_its_answer_keeps_it_and_says_so(saver):
    done = []
    graph = asking(saver, failing_once(done))
    (shown,) = begin(graph, {"log": []})
    now = crashed(graph, shown, respond("yes"))
    assert "smtp down" in now.explanation, now
    assert "keeps the answer" in now.caution, now
    assert "does the step once more" in now.caution, now
    assert (now.pause.decisions, now.pause.approval) == (("approve", "ask_again"), "run again")
    after = decide(graph, thread(), now.pause, APPROVE).thread
    assert (done, log(graph), after.status) == (["yes", "yes"], ["yes"], "finished")
    assert outcomes(graph) == ["failed", "done"]


def reads_a_list(state):
    return {"log": [interrupt("Delete the file?")[-1]["content"]]}


def test_after_an_answer_that_its_node_cannot_read_the_question_can_be_asked_again(saver):
    graph = asking(saver, reads_a_list)
    (shown,) = begin(graph, {"log": []})
    with pytest.raises(TypeError):
        decide(graph, thread(), shown, respond("yes"))
    now = read_thread(graph, thread())
    assert (now.status, now.pause.decisions) == ("crashed", ("approve", "ask_again")), now
    assert "reads_a_list begins from its start" in now.caution, now
    with pytest.raises(TypeError):
        decide(graph, thread(), now.pause, APPROVE)
    again = read_thread(graph, thread()).pause
    asked_anew = decide(graph, thread(), again, {"type": "ask_again"}).thread
    assert (asked_anew.status, asked(asked_anew.pause)) == ("paused", "Delete the file?")
    decide(graph, thread(), asked_anew.pause, respond([{"content": "yes"}]))
    assert log(graph) == ["yes"]
    assert outcomes(graph) == ["failed", "failed", "done", "done"]


@pytest.mark.parametrize("decision", [respond("no"), respond("yes"), respond(None)])
def test_a_card_from_before_the_crash_neither_answers_anew_nor_runs_it_again(saver, decision):
    done = []
    graph = asking(saver, failing_once(done))
    (shown,) = begin(graph, {"log": []})
    crashed(graph, shown, respond("yes"))
    with pytest.raises(AlreadyDecidedError, match=r"changed since it was shown.*smtp down"):
        decide(graph, thread(), shown, decision)
    assert (done, outcomes(graph)) == (["yes"], ["failed"])


@pytest.mark.parametrize("decision", [APPROVE, REJECT])
def test_a_breakpoint_shown_before_its_tool_failed_is_not_decided_without_the_warning(
    saver, decision
):
    agent = MailAgent(fails=1)
    graph = agent.compile(checkpointer=saver, interrupt_before=["tools"])
    ask(graph)
    (shown,) = waiting(graph)
    now = crashed(graph, shown, APPROVE)
    assert "does the step once more" in now.caution, now
    with pytest.raises(AlreadyDecidedError, match="changed since it was shown"):
        decide(graph, thread(), shown, decision)
    assert (agent.outbox, outcomes(graph)) == ([], ["failed"])
    after = decide(graph, thread(), now.pause, decision).thread
    sent = ["alice@example.com"] if decision == APPROVE else []
    assert (agent.outbox, after.status) == (sent, "finished")


def test_a_node_that_failed_without_a_question_can_be_run_again(saver):
    tries = []

    def charge(state):
        tries.append("charge")
        if len(tries) == 1:
            raise ConnectionError("bank down")
        return {"log": ["charged"]}

    graph = asking(saver, charge)
    with pytest.raises(ConnectionError):
        graph.invoke({"log": []}, thread())
    (pause,) = waiting(graph)
    assert pause.approval == "run again", pause
    after = decide(graph, thread(), pause, APPROVE).thread
    assert (log(graph), after.status) == (["charged"], "finished")


def test_a_question_beside_a_node_that_failed_is_asked_after_that_has_run_again(saver):
    done = []
    graph = asking(saver, failing_once(done), steady)
    flaky, other = sorted(begin(graph, {"log": []}), key=asked)
    assert (asked(flaky), asked(other)) == ("flaky?", "steady?")
    now = crashed(graph, flaky, respond("yes"))
    (still,) = decide(graph, thread(), now.pause, APPROVE).thread.pauses
    assert still == other, "the run that was tried again answered the other question"
    decide(graph, thread(), still, respond("no"))
    assert (log(graph), outcomes(graph)) == (["yes", "no"], ["failed", "done", "done"])


def test_an_answer_sent_beside_one_whose_node_failed_is_kept(saver):
    done = []
    graph = asking(saver, failing_once(done), steady)
    answers = [
        PauseDecisions.on(pause, respond(asked(pause))) for pause in begin(graph, {"log": []})
    ]
    with pytest.raises(ConnectionError):
        decide_together(graph, thread(), answers)
    (pause,) = waiting(graph)
    after = decide(graph, thread(), pause, APPROVE).thread
    assert (sorted(log(graph)), after.status) == (["flaky?", "steady?"], "finished")


@pytest.mark.parametrize("decision", [APPROVE, REJECT])
def test_a_tool_that_failed_in_a_subgraph_is_decided_again(saver, decision):
    outbox = []
    down = [ConnectionError("smtp down")]

    class Outbox(list):
        def append(self, to):
            if down:
                raise down.pop()
            outbox.append(to)

    inner = mail_agent(Outbox(), "alice", interrupt_before=["tools"])
    graph = around(saver, inner)
    (shown,) = begin(graph)
    now = crashed(graph, shown, APPROVE)
    after = decide(graph, thread(), now.pause, decision).thread
    assert (outbox, after.status) == (["alice"] if decision == APPROVE else [], "finished"), after
    assert told(graph)[-1] == "The end.", told(graph)


class Even(BaseModel):
    """An amount with a rule of its own, which a JSON schema does not tell."""

    amount: int

    @field_validator("amount")
    @classmethod
    def is_even(cls, amount: int) -> int:
        """Refuse odd amounts."""
        if amount % 2:
            raise ValueError("must be even")
        return amount


def test_an_answer_sent_beside_one_that_was_refused_is_done_and_never_sent_again(saver):
    sent = []

    def pay(state):
        return {"log": [interrupt("How much?", response_schema=Even).amount]}

    def send(state):
        sent.append(interrupt("Send it?"))
        return {"log": ["sent"]}

    graph = asking(saver, pay, send)
    pay_pause, send_pause = begin(graph, {"log": []})
    answers = [
        PauseDecisions.on(pay_pause, respond({"amount": 3})),
        PauseDecisions.on(send_pause, respond(True)),
    ]
    with pytest.raises(ValidationError, match="must be even"):
        decide_together(graph, thread(), answers)
    assert (sent, waiting(graph), outcomes(graph)) == ([True], (pay_pause,), ["invalid", "done"])
    with pytest.raises(AlreadyDecidedError, match="decided this first"):
        decide(graph, thread(), send_pause, respond(True))
    decide(graph, thread(), pay_pause, respond({"amount": 4}))
    assert (sent, sorted(map(str, log(graph)))) == ([True], ["4", "sent"])
