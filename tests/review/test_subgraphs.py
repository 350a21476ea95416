"""Pauses inside subgraphs: as a node, called as a function, nested, with state of their own."""

import threading

import pytest
from langchain_core.messages import AIMessage
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.func import entrypoint, task
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt

from course_utils.review.deciding.resuming import AlreadyDecidedError, decide
from course_utils.review.deciding.shown import read_thread
from tests.support.agents import thread
from tests.support.deciding import (
    APPROVE,
    EDIT,
    REJECT,
    asked,
    begin,
    log,
    outcomes,
    respond,
    told,
    waiting,
)
from tests.support.foreign_graphs import (
    Log,
    around,
    asking,
    asking_for,
    calling,
    mail_agent,
    sender,
    two_questions,
)

STOP = {"interrupt_before": ["tools"]}
REJECTED = "A person rejected this call. Reason: wrong address"


def as_a_node(outbox, saver):
    return around(saver, mail_agent(outbox, "alice", **STOP))


def nested_twice(outbox, saver):
    return around(saver, around(None, mail_agent(outbox, "alice", **STOP)))


def with_a_memory_of_its_own(outbox, saver):
    return around(saver, mail_agent(outbox, "alice", saver=True, **STOP))


def called_as_a_function(outbox, saver):
    return calling(saver, mail_agent(outbox, "alice", **STOP))


@pytest.mark.parametrize(
    "build", [as_a_node, nested_twice, with_a_memory_of_its_own, called_as_a_function]
)
@pytest.mark.parametrize(
    ("decision", "sent", "words"),
    [
        (APPROVE, ["alice"], "Email sent to alice"),
        (REJECT, [], REJECTED),
        (EDIT, ["eve@example.com"], "Email sent to eve@example.com"),
        (respond("I called her."), [], "I called her."),
    ],
)
def test_a_breakpoint_inside_takes_every_decision(saver, build, decision, sent, words):
    outbox = []
    graph = build(outbox, saver)
    (pause,) = begin(graph)
    assert pause.key.checkpoint_ns, "it is the inner checkpoint that waits"
    assert pause.decisions == ("approve", "edit", "reject", "respond"), pause
    after = decide(graph, thread(), pause, decision).thread
    graph.invoke(None, thread())
    assert (outbox, after.status) == (sent, "finished"), after
    assert f"Told: {words}" in told(graph), told(graph)
    with pytest.raises(AlreadyDecidedError, match="decided this first"):
        decide(graph, thread(), pause, APPROVE)


def holding(inner, saver):
    builder = StateGraph(Log)
    builder.add_node("inner", inner)
    builder.add_edge(START, "inner")
    return builder.compile(saver)


@pytest.mark.parametrize("depth", [1, 2])
def test_questions_inside_are_asked_one_after_the_other(saver, depth):
    inner = two_questions(None) if depth == 1 else holding(two_questions(None), None)
    graph = holding(inner, saver)
    (name,) = begin(graph, {"log": []})
    (pay,) = decide(graph, thread(), name, respond("Ann")).thread.pauses
    with pytest.raises(AlreadyDecidedError):
        decide(graph, thread(), name, respond(True))
    decide(graph, thread(), pay, respond(False))
    assert log(graph) == ["Ann", False]


def test_questions_of_a_graph_called_as_a_function_and_of_its_caller_are_kept_apart(saver):
    inner = two_questions(None)

    def caller(state):
        return {"log": [*inner.invoke({"log": []})["log"], interrupt("Mine?")]}

    graph = asking(saver, caller)
    pauses, questions = begin(graph, {"log": []}), []
    while pauses:
        (pause,) = pauses
        questions.append(asked(pause))
        pauses = decide(graph, thread(), pause, respond(len(questions))).thread.pauses
        with pytest.raises(AlreadyDecidedError):
            decide(graph, thread(), pause, respond("again"))
    assert questions == ["Which name?", "Pay 1000 euros?", "Mine?"]
    assert log(graph) == [1, 2, 3]


def ask(state):
    return {"messages": [AIMessage(f"Answered: {interrupt('Which name?')}")]}


@pytest.mark.parametrize(
    ("decision", "sent"), [(APPROVE, ["alice"]), (REJECT, []), (respond("I called her."), [])]
)
def test_a_breakpoint_inside_is_decided_before_the_question_beside_it(saver, decision, sent):
    outbox = []
    graph = around(saver, mail_agent(outbox, "alice", **STOP), ask)
    held, question = begin(graph)
    assert (question.decisions, asked(question)) == ((), "Which name?"), question
    assert "would also let tools run" in question.remarks[0], question
    with pytest.raises(ValueError, match="offers"):
        decide(graph, thread(), question, respond("Ann"))
    (question,) = decide(graph, thread(), held, decision).thread.pauses
    assert (outbox, question.decisions) == (sent, ("respond",)), question
    after = decide(graph, thread(), question, respond("Ann")).thread
    assert (outbox, after.status) == (sent, "finished"), after
    assert "Answered: Ann" in told(graph), told(graph)


def test_breakpoints_in_two_subgraphs_go_on_together_or_not_at_all(saver):
    outbox = []
    builder = StateGraph(MessagesState)
    for name in ("alice", "bob"):
        builder.add_node(name, mail_agent(outbox, name, **STOP))
        builder.add_edge(START, name)
    graph = builder.compile(saver)
    (pause,) = begin(graph)
    assert (pause.decisions, [c["args"]["to"] for c in pause.calls]) == (
        ("approve",),
        ["alice", "bob"],
    )
    assert "several nodes wait at once" in pause.remarks[0], pause
    after = decide(graph, thread(), pause, APPROVE).thread
    assert (sorted(outbox), after.status) == (["alice", "bob"], "finished")


def reviewing(outbox, tools, **how):
    builder = StateGraph(MessagesState)
    builder.add_node("agent", asking_for("alice"))
    builder.add_node("review", lambda state: {})
    builder.add_node("run", tools)
    builder.add_edge(START, "agent")
    builder.add_conditional_edges("agent", tools_condition, {"tools": "review", END: END})
    builder.add_edge("review", "run")
    builder.add_edge("run", "agent")
    return builder.compile(**how)


def test_inside_a_call_that_nothing_could_keep_back_is_not_rejected_and_it_says_why(saver):
    outbox = []
    inner = reviewing(outbox, ToolNode([sender(outbox)]), interrupt_before=["review"])
    graph = around(saver, inner)
    (pause,) = begin(graph)
    assert pause.decisions == ("approve", "edit"), pause
    assert "no breakpoint before run" in pause.remarks[0], pause


def test_a_function_inside_that_runs_the_calls_can_be_named(saver):
    outbox = []

    def run(state):
        outbox.append("ran")
        return {"messages": []}

    inner = reviewing(outbox, run, interrupt_before=["review", "run"])
    graph = around(saver, inner)
    (unnamed,) = begin(graph)
    assert "tools_node=" in unnamed.remarks[0], unnamed
    named = read_thread(graph, thread(), tools_node="run").pause
    assert named.decisions == ("approve", "edit", "reject", "respond"), named
    after = decide(graph, thread(), named, REJECT).thread
    assert (outbox, after.status) == ([], "finished"), after
    assert told(graph)[-2:] == [f"Told: {REJECTED}", "The end."], told(graph)


def goes(graph):
    return {"messages": graph.invoke({"messages": [("user", "go")]})["messages"]}


def unknown_to_langgraph(outbox, saver):
    hidden = {"agent": mail_agent(outbox, "alice", **STOP)}

    def caller(state):
        return goes(hidden["agent"])

    return asking(saver, caller, state=MessagesState)


def unknown_with_a_memory_of_its_own(outbox, saver):
    hidden = {"agent": mail_agent(outbox, "alice", saver=True, **STOP)}

    def caller(state):
        return goes(hidden["agent"])

    return asking(saver, caller, state=MessagesState)


def another_than_langgraph_takes_it_for(outbox, saver):
    first = two_questions(None)
    second = mail_agent(outbox, "alice", **STOP)

    def caller(state):
        return goes(second) if state["messages"] else first.invoke({"log": []})

    return asking(saver, caller, state=MessagesState)


def called_by_a_task(outbox, saver):
    inner = mail_agent(outbox, "alice", **STOP)

    @task
    def agent():
        return [message.text for message in goes(inner)["messages"]]

    @entrypoint(checkpointer=saver)
    def flow(state):
        return agent().result()

    return flow


@pytest.mark.parametrize(
    "build",
    [
        called_by_a_task,
        unknown_to_langgraph,
        unknown_with_a_memory_of_its_own,
        another_than_langgraph_takes_it_for,
    ],
)
def test_a_graph_that_langgraph_does_not_show_is_not_approved_unseen(saver, build):
    outbox = []
    graph = build(outbox, saver)
    (pause,) = begin(graph)
    assert (pause.decisions, outbox) == ((), []), pause
    assert "LangGraph does not show" in pause.remarks[0], pause


def test_of_two_graphs_called_in_turn_the_second_is_not_approved_unseen(saver):
    outbox = []
    first = mail_agent(outbox, "alice", **STOP)
    second = mail_agent(outbox, "bob", **STOP)

    def caller(state):
        return {"messages": [*goes(first)["messages"], *goes(second)["messages"]]}

    graph = asking(saver, caller, state=MessagesState)
    (alice,) = begin(graph)
    assert [one["args"]["to"] for one in alice.calls] == ["alice"]
    (bob,) = decide(graph, thread(), alice, APPROVE).thread.pauses
    assert (bob.decisions, outbox) == ((), ["alice"]), bob
    assert "LangGraph does not show" in bob.remarks[0], bob


def test_running_a_failed_node_again_does_not_approve_what_waits_unseen_beside_it(saver):
    outbox, waits = [], threading.Event()
    hidden = {"agent": mail_agent(outbox, "alice", **STOP)}

    def caller(state):
        try:
            return goes(hidden["agent"])
        finally:
            waits.set()

    def failing(state):
        assert waits.wait(10)
        raise ConnectionError("bank down")

    graph = asking(saver, caller, failing, state=MessagesState)
    with pytest.raises(ConnectionError):
        graph.invoke({"messages": [("user", "go")]}, thread())
    (pause,) = waiting(graph)
    assert (pause.decisions, outbox) == ((), []), pause


def test_a_breakpoint_before_a_caller_is_not_taken_for_one_inside_in_a_later_turn(saver):
    hidden = {"agent": mail_agent([], "alice", saver=True)}
    builder = StateGraph(MessagesState)
    builder.add_node("caller", lambda state: goes(hidden["agent"]))
    builder.add_edge(START, "caller")
    graph = builder.compile(saver, interrupt_before=["caller"])
    for _ in range(2):
        (pause,) = begin(graph)
        assert decide(graph, thread(), pause, APPROVE).thread.status == "finished"


def test_a_decision_inside_is_in_the_journal_once(saver):
    graph = nested_twice([], saver)
    (pause,) = begin(graph)
    decide(graph, thread(), pause, REJECT)
    assert (outcomes(graph), waiting(graph)) == (["done"], ())


@pytest.mark.asyncio
async def test_a_graph_called_by_an_async_task_is_not_approved_unseen(tmp_path):
    outbox = []
    inner = mail_agent(outbox, "alice", **STOP)

    @task
    async def agent():
        return await inner.ainvoke({"messages": [("user", "go")]})

    async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "checkpoints.sqlite")) as saver:

        @entrypoint(checkpointer=saver)
        async def flow(state):
            return await agent()

        await flow.ainvoke("go", thread())
        (pause,) = waiting(flow)
        assert (pause.decisions, outbox) == ((), []), pause
