"""What LangGraph does without promising it, each seen in langgraph 1.2.24 and prebuilt 1.1.3.

A failure says what no longer holds; the use is the function of `course_utils.neighbours.langgraph`
that the test calls.
"""

from __future__ import annotations

import operator
from typing import Annotated, Any, TypedDict

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import RunnableLambda
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.errors import NodeInterrupt
from langgraph.graph import END, START, StateGraph
from langgraph.prebuilt import ToolNode, create_react_agent
from langgraph.types import Command, Send, interrupt

from course_utils import chat_model
from course_utils.neighbours import langgraph as private

HERE: Any = {"configurable": {"thread_id": "t"}}
SEEN = "seen in langgraph 1.2.24, and no longer so: "


class Log(TypedDict, total=False):
    """A state that only grows."""

    log: Annotated[list[str], operator.add]


def test_an_error_of_a_node_carries_a_note_that_names_its_task():
    def fail(state: Log) -> Log:
        raise ConnectionError("smtp down")

    graph = built(fail=fail).compile()
    with pytest.raises(ConnectionError) as raised:
        graph.invoke({"log": []})
    (note,) = raised.value.__notes__
    assert private.names_a_task(note), f"{SEEN}{note}"
    assert not private.names_a_task("The thread was run.")


def line(words: str) -> Any:
    """Return a node that writes a line."""
    return lambda state: {"log": [words]}


def built(**nodes: Any) -> StateGraph[Any, Any, Any, Any]:
    """Return a builder whose nodes all start at once."""
    builder = StateGraph(Log)
    for name, node in nodes.items():
        builder.add_node(name, node)
        builder.add_edge(START, name)
    return builder


def test_the_words_of_an_error_tell_what_a_call_lacked():
    bare, kept = built(one=line("1")).compile(), built(one=line("1")).compile(InMemorySaver())
    calls = {
        "get_state without a checkpointer": (lambda: bare.get_state(HERE), "checkpointer"),
        "a resume without one": (lambda: bare.invoke(Command(resume="1"), HERE), "checkpointer"),
        "an invoke without a thread": (lambda: kept.invoke({"log": []}), "thread_id"),
        "get_state without a thread": (lambda: kept.get_state({}), "thread_id"),
        "going on with nothing": (lambda: kept.invoke(None, HERE), "input"),
        "another error": (lambda: {}["configurable"], ""),
    }
    for what, (call, lacks) in calls.items():
        with pytest.raises(Exception, match=r"\w") as raised:
            call()
        assert private.lacked(raised.value) == lacks, f"{SEEN}{what}: {raised.value!r}"


def test_a_compiled_node_is_a_sequence_or_one_runnable_under_bound():
    sequence = RunnableLambda(line("1")) | RunnableLambda(lambda state: state)
    graph = built(one=line("1"), two=sequence).compile()
    assert [len(private.steps_of(graph.nodes[name])) for name in ("one", "two")] == [1, 2], SEEN


def test_the_functions_of_conditional_edges_stand_in_the_builders_branches():
    def route(state: Log) -> str:
        return END

    builder = built(one=line("1"))
    builder.add_conditional_edges("one", route)
    paths = list(private.paths_of(builder.compile()))
    assert [path.func for path in paths] == [route], SEEN + str(paths)


def test_edges_and_branches_of_a_builder_say_where_an_edge_may_lead():
    def go(state: Log) -> Command[Any]:
        return Command(goto="sent")

    builder = built(one=go, edge=line("e"))
    for name in ("sent", "after", "chosen"):
        builder.add_node(name, line(name))
    builder.add_edge("edge", "after")
    builder.add_conditional_edges("after", lambda state: END, {END: END, "c": "chosen"})
    graph = builder.compile()
    led = {name: private.an_edge_leads_to([name], graph) for name in ("after", "chosen", "sent")}
    assert led == {"after": True, "chosen": True, "sent": False}, SEEN + str(led)


def test_a_tool_node_knows_where_its_messages_are():
    assert private.messages_key(ToolNode([], messages_key="chat")) == "chat", SEEN


def test_a_task_of_a_send_says_which_send_and_the_checkpoint_holds_them():
    builder = built(start=line("s"))
    builder.add_node("worker", line("w"))
    builder.add_conditional_edges("start", lambda s: [Send("worker", n) for n in (7, 8)])
    graph = builder.compile(checkpointer=InMemorySaver(), interrupt_before=["worker"])
    graph.invoke({"log": []}, HERE)
    snapshot = graph.get_state(HERE)
    sends = private.sends_of(graph.checkpointer.get_tuple(snapshot.config))
    numbers = [private.number_of_the_send(task) for task in snapshot.tasks]
    assert [sends[number].arg for number in numbers if number is not None] == [7, 8], SEEN


def test_a_task_that_an_edge_led_to_stems_from_no_send():
    graph = built(one=line("1")).compile(checkpointer=InMemorySaver(), interrupt_before=["one"])
    graph.invoke({"log": []}, HERE)
    (task,) = graph.get_state(HERE).tasks
    assert private.number_of_the_send(task) is None, SEEN + str(task.path)


@pytest.mark.filterwarnings("ignore:create_react_agent has been moved")
def test_create_react_agent_sends_a_call_with_the_state_around_it():
    @tool
    def pay(amount: int) -> str:
        """Pay."""
        return "paid"

    agent = create_react_agent(
        chat_model(), [pay], checkpointer=InMemorySaver(), interrupt_before=["tools"]
    )
    agent.invoke({"messages": [("user", "Pay 5")]}, HERE)
    snapshot = agent.get_state(HERE)
    (send,) = private.sends_of(agent.checkpointer.get_tuple(snapshot.config))
    (call,) = snapshot.values["messages"][-1].tool_calls
    assert private.call_in(send.arg) == call, SEEN + str(send)
    assert private.call_in({"amount": 5}) is None


def two_that_ask() -> Any:
    def asks(state: Log) -> Log:
        return {"log": [interrupt("?")]}

    graph = built(one=asks, two=asks).compile(checkpointer=InMemorySaver())
    graph.invoke({"log": []}, HERE)
    return graph


def test_an_answer_by_id_is_kept_with_its_task_until_the_step_ends():
    graph = two_that_ask()
    first, second = graph.get_state(HERE).tasks
    graph.invoke(Command(resume={first.interrupts[0].id: "yes"}), HERE)
    saved = graph.checkpointer.get_tuple(graph.get_state(HERE).config)
    kept = [private.was_answered(saved, task) for task in (first, second)]
    assert (kept, private.was_answered_plainly(saved)) == ([True, False], False), SEEN


def test_the_answers_of_a_task_are_one_list_in_the_order_of_its_questions():
    def twice(state: Log) -> Log:
        return {"log": [interrupt("1?"), interrupt("2?")]}

    graph = built(one=twice).compile(checkpointer=InMemorySaver())
    graph.invoke({"log": []}, HERE)
    asked = graph.get_state(HERE)
    for answer in ("a", "b"):
        graph.invoke(Command(resume=answer), HERE)
    saved = graph.checkpointer.get_tuple(asked.config)
    assert private.answers_given(saved, asked.tasks[0]) == ["a", "b"], SEEN


class Started(BaseCallbackHandler):
    """Keeps what LangChain's callbacks say of each start."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, Any, Any]] = []

    def on_chain_start(self, *_: Any, **about: Any) -> None:
        self.seen.append((about["name"], about["tags"], about["metadata"]))


def test_callbacks_tell_a_task_by_its_tag_and_its_place_by_its_metadata():
    started = Started()
    graph = built(one=lambda state: {}, two=lambda state: {}).compile()
    graph.invoke({"log": []}, {"callbacks": [started]})
    tasks = [about for _, tags, about in started.seen if private.is_a_task(tags)]
    assert {about["langgraph_node"] for about in tasks} == {"one", "two"}, SEEN
    assert {about["langgraph_step"] for about in tasks} == {1}, SEEN
    assert len({about["langgraph_checkpoint_ns"] for about in tasks}) == 2, SEEN
    tasks.sort(key=lambda about: private.place_in_its_step(about["langgraph_path"]))
    assert [about["langgraph_node"] for about in tasks] == ["one", "two"], SEEN


def test_what_update_state_calls_is_named_as_an_update():
    started = Started()
    builder = built(one=lambda state: {})
    builder.add_conditional_edges("one", lambda state: END, [END])
    graph = builder.compile(checkpointer=InMemorySaver())
    graph.config = {"callbacks": [started]}
    graph.update_state(HERE, {"log": []}, as_node="one")
    names = [name for name, tags, _ in started.seen]
    assert names, SEEN
    assert private.is_an_update(names[0]), SEEN
    assert not private.is_an_update(graph.name), SEEN


def test_tasks_of_edges_sort_before_those_of_sends_which_sort_by_their_number():
    paths = [("__pregel_push", 10, False), ("__pregel_pull", "one"), ("__pregel_push", 9, False)]
    order = sorted(paths, key=private.place_in_its_step)
    assert order == [paths[1], paths[2], paths[0]]


def test_a_plain_answer_is_kept_for_whichever_task_asks():
    def twice(state: Log) -> Log:
        return {"log": [interrupt("1?"), interrupt("2?")]}

    graph = built(one=twice).compile(checkpointer=InMemorySaver())
    graph.invoke({"log": []}, HERE)
    graph.invoke(Command(resume="yes"), HERE)
    saved = graph.checkpointer.get_tuple(graph.get_state(HERE).config)
    assert private.was_answered_plainly(saved), SEEN


@pytest.mark.filterwarnings("ignore:NodeInterrupt")
def test_an_interrupts_id_is_a_digest_and_that_of_node_interrupt_is_none():
    def old(state: Log) -> Log:
        raise NodeInterrupt("?")

    def asks(state: Log) -> Log:
        return {"log": [interrupt("?")]}

    by_id = []
    for node in (asks, old):
        graph = built(one=node).compile(checkpointer=InMemorySaver())
        graph.invoke({"log": []}, HERE)
        (asked,) = graph.get_state(HERE).interrupts
        by_id.append(private.answers_by_id(asked.id))
    assert by_id == [True, False], SEEN


@pytest.mark.parametrize("kept", [True, None], ids=["kept", "per run"])
def test_a_graph_called_in_a_node_is_saved_under_a_namespace_that_names_the_task(kept):
    def asks(state: Log) -> Log:
        return {"log": [interrupt("?")]}

    inner = built(ask=asks).compile(checkpointer=kept)

    def calls(state: Log) -> Log:
        inner.invoke({"log": []})
        return {"log": ["called"]}

    graph = built(caller=calls).compile(checkpointer=InMemorySaver())
    graph.invoke({"log": []}, HERE)
    snapshot = graph.get_state(HERE)
    (task,) = snapshot.tasks
    here = {"namespace": "", "checkpoint_id": snapshot.config["configurable"]["checkpoint_id"]}
    saved = list(graph.checkpointer.list(HERE))
    inside = [one for one in saved if one.config["configurable"]["checkpoint_ns"]]
    assert inside, "the called graph saved nothing"
    assert all(private.ran_in(task, one, **here) for one in inside), SEEN + str(inside)
    root = [one for one in saved if one not in inside]
    assert not any(private.ran_in(task, one, **here) for one in root), SEEN


def test_a_graph_called_a_second_time_in_a_node_gets_a_number_of_its_own():
    def asks(state: Log) -> Log:
        return {"log": [interrupt("?")]}

    quick, asking = built(one=line("q")).compile(), built(ask=asks).compile()

    def calls(state: Log) -> Log:
        quick.invoke({"log": []})
        asking.invoke({"log": []})
        return {"log": ["called"]}

    graph = built(caller=calls).compile(checkpointer=InMemorySaver())
    graph.invoke({"log": []}, HERE)
    (task,) = graph.get_state(HERE).tasks
    second = private.namespace_of_a_second_call("", task)
    config = {"configurable": {"thread_id": "t", "checkpoint_ns": second}}
    assert graph.checkpointer.get_tuple(config) is not None, SEEN + second


def test_what_is_due_after_a_checkpoint_is_what_langgraph_runs_next():
    builder = built(one=line("1"), other=line("o"))
    builder.add_node("both", line("b"))
    builder.add_edge(["one", "other"], "both")
    graph = builder.compile(checkpointer=InMemorySaver(), interrupt_before=["both"])
    graph.invoke({"log": []}, HERE)
    graph.invoke(None, HERE)
    due = [
        (bool(state.next), private.anything_due(graph, saved.checkpoint))
        for state in graph.get_state_history(HERE)
        if (saved := graph.checkpointer.get_tuple(state.config)) and state.next != (START,)
    ]
    assert due == [(False, False), (True, True), (True, True)], SEEN + str(due)
