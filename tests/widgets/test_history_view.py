"""What is saved of a thread, drawn: nodes, pauses, questions and answers, lanes, forks."""

import asyncio

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt

from course_utils import show_history
from tests.support.agents import ONE_MAIL, MailAgent, ask, thread
from tests.support.pictured import Said, asks, drawn, lines, one_node, reject, sends


def test_pauses_nodes_and_the_present_are_told_in_the_order_of_saving():
    graph = MailAgent().compile(interrupt_before=["tools"])
    ask(graph)
    paused = lines(show_history(graph, thread()))
    assert paused[-2:] == ["checkpoint 3: step 1, now", "tools; paused before"]
    graph.invoke(None, thread())
    view = show_history(graph, thread())
    assert lines(view)[1:] == [
        "checkpoint 2: step 0",
        "agent; ran",
        "checkpoint 3: step 1",
        "tools; paused before it, then ran",
        "checkpoint 4: step 2",
        "agent; ran",
        "checkpoint 5: step 3, now",
    ]
    assert drawn(view)[-2:] == ["checkpoint 5: step 3", "now"]


def test_a_rejection_is_told_as_written_and_not_as_run():
    graph = MailAgent().compile(interrupt_before=["tools"])
    ask(graph)
    reject(graph)
    graph.invoke(None, thread())
    assert lines(show_history(graph, thread()))[4:7] == [
        "tools; written by update_state",
        "checkpoint 4: update_state, as tools",
        "agent; ran",
    ]


def test_an_edit_is_told_between_two_stops():
    graph = MailAgent().compile(interrupt_before=["tools"])
    ask(graph)
    graph.update_state(thread(), {"messages": [("user", "Wait.")]}, as_node="agent")
    told = lines(show_history(graph, thread()))
    assert told[4] == "tools; paused before it, then update_state"
    assert told[5].startswith("checkpoint 4: update_state")


def test_a_pause_that_new_input_abandons_is_not_told_as_run():
    agent = MailAgent()
    graph = agent.compile(interrupt_before=["tools"])
    ask(graph)
    ask(graph, "Yes, go ahead.")
    told = lines(show_history(graph, thread()))
    assert agent.outbox == []
    assert told[4] == "tools; paused before it, then new input"
    assert told[5].startswith("checkpoint 4: input")


def go_on(state):
    return {"said": [interrupt("Go on?")]}


def test_a_question_that_new_input_abandons_was_left():
    graph = one_node(go_on)
    graph.invoke({"said": ["first"]}, thread())
    graph.invoke({"said": ["second"]}, thread())
    told = lines(show_history(graph, thread()))
    assert [line for line in told if line.endswith("; was left")], told
    assert [line for line in told if line.endswith("; waits for an answer")], told


def test_a_fork_is_a_branch_and_what_the_past_ran_is_not_taken_for_written():
    graph = MailAgent().compile(interrupt_before=["tools"])
    ask(graph)
    paused = graph.get_state(thread()).config
    graph.invoke(None, thread())
    graph.invoke(None, reject(graph, paused))
    view = show_history(graph, thread())
    assert lines(view)[4] == "tools; paused before it, then ran"
    assert lines(view)[8:] == [
        "checkpoint 6: update_state, after 3",
        "agent; ran",
        "checkpoint 7: step 3, now",
    ]
    # Eleven boxes in one tree have ten lines between them.
    assert view.svg().count("<polyline") == 10


def test_parallel_questions_are_lanes_with_their_answers():
    graph = sends(asks, {"job": "book"}, {"job": "<b>pay</b>"})
    graph.invoke({"said": []}, thread())
    first = graph.get_state(thread()).interrupts[0].id
    graph.invoke(Command(resume={first: "yes"}), thread())
    view = show_history(graph, thread())
    assert lines(view)[-2:] == [
        "work; job: book; asks: book; answer: yes; ran",
        "work; job: <b>pay</b>; asks: <b>pay</b>; waits for an answer",
    ]
    assert "asks: <b>pay</b>" in drawn(view)
    assert "<b>" not in view.svg()
    assert first not in view.svg()


def test_a_node_that_asks_twice_keeps_both_answers():
    def asks_twice(state):
        return {"said": [interrupt("From?"), interrupt("To?")]}

    graph = one_node(asks_twice)
    graph.invoke({"said": []}, thread())
    graph.invoke(Command(resume="Rome"), thread())
    asked = lines(show_history(graph, thread()))[-1]
    assert asked == "asks_twice; answered before: Rome; asks: To?; waits for an answer"
    graph.invoke(Command(resume="Oslo"), thread())
    answered = lines(show_history(graph, thread()))[-2]
    assert answered == "asks_twice; asks: To?; answers: Rome, Oslo; ran"


def test_a_node_that_raised_says_so():
    graph = MailAgent(fails=1).compile()
    with pytest.raises(ConnectionError):
        ask(graph)
    last = lines(show_history(graph, thread()))[-1]
    assert last.startswith("tools; raised ConnectionError")


def test_long_histories_and_wide_steps_say_what_is_left_out():
    graph = sends(lambda state: {}, *({"job": number} for number in range(9)))
    for _ in range(4):
        graph.invoke({"said": []}, thread())
    view = show_history(graph, thread(), most=7)
    assert lines(view)[0] == "earlier checkpoints are left out"
    assert sum(line.startswith("checkpoint") for line in lines(view)) == 7
    assert "4 more tasks; left out" in lines(view)
    assert "earlier checkpoints are left out" in drawn(view)


def test_a_thread_that_is_unknown_says_so():
    view = show_history(MailAgent().compile(), thread("<i>nobody</i>"))
    assert repr(view).startswith("Nothing is saved for thread '<i>nobody</i>'")
    assert "<i>" not in view.svg()
    assert drawn(view)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="names no thread"):
        show_history(MailAgent().compile(), {})
    with pytest.raises(ValueError, match="without a checkpointer"):
        show_history(MailAgent().compile(checkpointer=None), thread())
    with pytest.raises(TypeError, match="cannot run yet"):
        show_history(StateGraph(Said), thread())


def test_a_config_of_a_past_checkpoint_draws_the_whole_thread():
    graph = MailAgent().compile()
    ask(graph)
    past = [state.config for state in graph.get_state_history(thread())][-1]
    assert repr(show_history(graph, past)) == repr(show_history(graph, thread()))


def test_what_a_thread_was_run_with_as_a_secret_is_hidden():
    graph = sends(asks, {"job": "use s3cret-word"})
    config = {"configurable": {**thread()["configurable"], "api_key": "s3cret-word"}}
    graph.invoke({"said": ["s3cret-word"]}, config)
    told = repr(show_history(graph, config))
    assert "asks: use (hidden)" in told
    assert "s3cret-word" not in told


def test_an_async_checkpointer_is_read_too(tmp_path):
    async def drawn_in_its_loop():
        async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "c.sqlite")) as saver:
            graph = MailAgent().compile(checkpointer=saver, interrupt_before=["tools"])
            await graph.ainvoke({"messages": [("user", ONE_MAIL)]}, thread())
            return show_history(graph, thread())

    assert lines(asyncio.run(drawn_in_its_loop()))[-1] == "tools; paused before"


def test_a_builder_with_a_barrier_of_lanes_is_one_tree():
    builder = StateGraph(Said)
    for name in ("start", "left", "right", "end"):
        builder.add_node(name, lambda state: {})
    builder.add_edge(START, "start")
    builder.add_edge("start", "left")
    builder.add_edge("start", "right")
    builder.add_edge(["left", "right"], "end")
    graph = builder.compile(InMemorySaver())
    graph.invoke({"said": []}, thread())
    view = show_history(graph, thread())
    assert lines(view)[4:6] == ["left; ran", "right; ran"]
    assert view.svg().count("<polyline") == 9
