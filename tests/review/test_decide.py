"""A decision on a paused thread: what it sends, what it leaves behind, and that it counts once."""

import threading

import pytest
from langchain.agents import create_agent
from langgraph.checkpoint.memory import InMemorySaver

from course_utils import chat_model
from course_utils.review.deciding.resuming import AlreadyDecidedError, decide
from course_utils.review.deciding.shown import read_thread
from course_utils.review.record.opening import journal_of
from tests.support.agents import ONE_MAIL, TWO_MAILS, MailAgent, ask, conversation, thread

APPROVE = {"type": "approve"}
REJECT = {"type": "reject", "message": "wrong address"}


def waiting(agent: MailAgent, words: str = ONE_MAIL, before: str = "tools"):
    graph = agent.compile(interrupt_before=[before])
    ask(graph, words)
    return graph, read_thread(graph, thread()).pause


def test_approve_runs_the_calls_and_the_agent_replies():
    agent = MailAgent()
    graph, pause = waiting(agent)
    after = decide(graph, thread(), pause, APPROVE).thread
    assert agent.outbox == ["alice@example.com"]
    assert after.status == "finished", after
    assert conversation(graph) == ["human", "ai", "tool", "ai"]


@pytest.mark.parametrize(("shape", "before"), [("plain", "tools"), ("review", "review")])
def test_reject_is_final_even_where_the_paused_node_is_not_the_one_that_acts(shape, before):
    agent = MailAgent(shape)
    graph, pause = waiting(agent, TWO_MAILS, before)
    after = decide(graph, thread(), pause, REJECT).thread
    graph.invoke(None, thread())
    assert agent.outbox == [], "a rejected mail went out"
    assert after.status == "finished", after
    assert conversation(graph) == ["human", "ai", "tool", "tool", "ai"]
    answers = [m for m in after.messages if m.type == "tool"]
    assert {m.status for m in answers} == {"error"}
    assert all("wrong address" in m.text for m in answers), answers


def test_reject_works_on_a_prebuilt_agent_that_sends_each_call_to_a_task_of_its_own():
    agent = MailAgent()
    graph = create_agent(
        chat_model(), [agent.send_email], checkpointer=InMemorySaver(), interrupt_before=["tools"]
    )
    ask(graph, TWO_MAILS)
    after = decide(graph, thread(), read_thread(graph, thread()).pause, REJECT).thread
    assert (agent.outbox, after.status) == ([], "finished"), after


def test_reject_works_where_a_function_runs_the_tools_and_the_caller_names_it():
    agent = MailAgent("function")
    graph, _ = waiting(agent)
    pause = read_thread(graph, thread(), tools_node="tools").pause
    after = decide(graph, thread(), pause, REJECT).thread
    assert (agent.outbox, after.status) == ([], "finished"), after


def test_the_second_decision_on_a_pause_is_refused_and_does_nothing():
    agent = MailAgent()
    graph, pause = waiting(agent)
    decide(graph, thread(), pause, APPROVE)
    for again in (APPROVE, REJECT):
        with pytest.raises(AlreadyDecidedError, match="decided this first"):
            decide(graph, thread(), pause, again)
    assert agent.outbox == ["alice@example.com"]
    assert conversation(graph) == ["human", "ai", "tool", "ai"]


def test_a_decision_shown_before_a_new_request_does_not_approve_that_request():
    agent = MailAgent()
    graph, shown = waiting(agent)
    ask(graph, 'Email eve@example.com with subject "Hi" and body "Hi"')
    with pytest.raises(AlreadyDecidedError, match="resumed the thread or changed it"):
        decide(graph, thread(), shown, APPROVE)
    assert agent.outbox == []


def test_two_decisions_at_the_same_moment_in_one_process_run_the_tool_once():
    agent = MailAgent()
    graph, pause = waiting(agent)
    start = threading.Barrier(2)
    outcomes: list[object] = []

    def click() -> None:
        start.wait()
        try:
            outcomes.append(decide(graph, thread(), pause, APPROVE).thread.status)
        except AlreadyDecidedError:
            outcomes.append("refused")

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert sorted(map(str, outcomes)) == ["finished", "refused"], outcomes
    assert agent.outbox == ["alice@example.com"]


def test_a_decision_that_the_pause_does_not_offer_is_refused():
    agent = MailAgent("function")
    graph, pause = waiting(agent)
    with pytest.raises(ValueError, match="offers"):
        decide(graph, thread(), pause, REJECT)
    assert read_thread(graph, thread()).pause == pause


def test_an_edit_that_the_tool_would_not_take_is_refused_before_anything_is_claimed():
    agent = MailAgent()
    graph, pause = waiting(agent)
    arguments = {"to": ["bob@example.com"], "subject": "Lunch"}
    edit = {"type": "edit", "edited_action": {"name": "send_email", "args": arguments}}
    with pytest.raises(ValueError, match="the edit of call 0 is not right") as refused:
        decide(graph, thread(), pause, [edit])
    assert {"to", "body"} <= set(str(refused.value).split("'")), refused.value
    assert journal_of(graph.checkpointer).entries() == []
    assert read_thread(graph, thread()).pause == pause
    assert agent.outbox == []
