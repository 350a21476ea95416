"""What a watched graph ran: each start is seen, from wherever it came, and told without times."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import Command, RetryPolicy, interrupt

from course_utils import ApprovalCard, decide, read_thread, watched
from tests.support.agents import ONE_MAIL, TWO_MAILS, MailAgent, ask, thread
from tests.support.pictured import Said, asks, drawn, lines, one_node, reject, sends


def test_a_breakpoint_that_is_rejected_and_one_that_is_approved():
    graph = MailAgent().compile(interrupt_before=["tools"])
    with watched(graph) as run:
        ask(graph, TWO_MAILS)
        reject(graph)
        graph.invoke(None, thread())
        ask(graph, TWO_MAILS)
        graph.invoke(None, thread())
    told = lines(run.draw())
    assert told[2:7] == [
        "paused before tools",
        "update_state, as tools",
        "run 2, input: None",
        "agent; ran",
        "finished",
    ]
    after = told[told.index("run 4, input: None") + 1 :]
    assert after[:2] == ["tools; ran", "in parallel:"]
    assert [line.split("@")[0] for line in after[2:4]] == [
        "send_email; to: alice",
        "send_email; to: bob",
    ]
    assert "paused before tools" in drawn(run.draw())


def test_a_node_that_starts_again_is_the_same_node_a_second_time():
    def book(state):
        return {"said": [interrupt({"question": "Book it?"})]}

    graph = one_node(book)
    with watched(graph) as run:
        graph.invoke({"said": []}, thread())
        graph.invoke(Command(resume="yes"), thread())
    assert repr(run.draw()).splitlines() == [
        "run 1, input: said: []",
        "  book; asks: question: Book it?",
        "  paused: 1 question waits",
        "run 2, resume: yes",
        "  book; starts again: start 2",
        "  finished",
    ]
    # A broken line goes from the first start to the second, beside the four arrows.
    assert run.draw().svg().count("<polyline") == 5


def test_parallel_questions_are_lanes_and_those_left_unanswered_start_again():
    graph = sends(asks, *({"job": number} for number in range(3)))
    with watched(graph) as run:
        graph.invoke({"said": []}, thread())
        second = graph.get_state(thread()).interrupts[1].id
        graph.invoke(Command(resume={second: "yes"}), thread())
    told = lines(run.draw())
    again = told[told.index("run 2, resume: yes") + 1 :]
    assert again == [
        "in parallel:",
        "work; job: 0; starts again: start 2; asks: 0",
        "work; job: 1; starts again: start 2",
        "work; job: 2; starts again: start 2; asks: 2",
        "paused: 2 questions wait",
    ]
    assert second not in repr(run.draw())


def test_two_reviewers_in_one_thread_are_beside_each_other_whoever_starts_first():
    both = Barrier(2)

    def charge(state):
        both.wait(10)
        return {"said": ["charged"]}

    for names in (("Ann", "Ben"), ("Ben", "Ann")):
        graph = one_node(charge, interrupt_before=["charge"])
        with watched(graph) as run:
            graph.invoke({"said": []}, thread())
            reviewers = [Thread(target=graph.invoke, args=(None, thread()), name=n) for n in names]
            for reviewer in reviewers:
                reviewer.start()
            for reviewer in reviewers:
                reviewer.join(10)
        assert lines(run.draw())[2:] == [
            "at the same time: run 2 by Ann and run 3 by Ben",
            "run 2 by Ann, input: None",
            "charge; ran",
            "finished",
            "run 3 by Ben, input: None",
            "charge; starts again: start 2",
            "finished",
        ]


def test_a_tool_that_fails_runs_again_with_its_node():
    graph = MailAgent(fails=1).compile()
    with watched(graph) as run:
        with pytest.raises(ConnectionError):
            ask(graph)
        graph.invoke(None, thread())
    told = lines(run.draw())
    first, second = [line for line in told if line.startswith("send_email")]
    assert first.endswith("raised ConnectionError: smtp down")
    assert second.endswith("runs again: start 2")
    assert [line for line in told if line.startswith("tools")] == [
        "tools; raised",
        "tools; starts again: start 2",
    ]
    assert told[4] == "raised"


def test_a_tool_beside_one_that_is_rejected_runs_twice():
    @tool
    def charge(amount: int) -> str:
        """Charge a card."""
        return "charged"

    @tool
    def send(to: str) -> str:
        """Send a mail, if a person says so."""
        return "sent" if interrupt(f"Send to {to}?") == "yes" else "not sent"

    calls = [
        {"name": name, "args": args, "id": name, "type": "tool_call"}
        for name, args in (("charge", {"amount": 320}), ("send", {"to": "Bob"}))
    ]
    builder = StateGraph(MessagesState)
    builder.add_node("agent", lambda state: {"messages": [AIMessage("", tool_calls=calls)]})
    builder.add_node("tools", ToolNode([charge, send]))
    builder.add_edge(START, "agent")
    builder.add_edge("agent", "tools")
    graph = builder.compile(InMemorySaver())
    with watched(graph) as run:
        graph.invoke({"messages": []}, thread())
        graph.invoke(Command(resume="no"), thread())
    assert [line for line in lines(run.draw()) if line.startswith(("charge", "send"))] == [
        "charge; amount: 320",
        "send; to: Bob; asks: Send to Bob?",
        "charge; amount: 320; runs again: start 2",
        "send; to: Bob; runs again: start 2",
    ]


def test_a_node_that_is_retried_stands_below_its_first_try():
    tries = []

    def flaky(state):
        tries.append(1)
        if len(tries) == 1:
            raise ConnectionError("busy")
        return {}

    builder = StateGraph(Said)
    builder.add_node(flaky, retry_policy=RetryPolicy(initial_interval=0, jitter=False))
    builder.add_edge(START, "flaky")
    graph = builder.compile()
    with watched(graph) as run:
        graph.invoke({"said": []})
    assert lines(run.draw())[1:] == [
        "flaky; raised ConnectionError: busy",
        "flaky; starts again: start 2",
        "finished",
    ]


def stands_still(state):
    return {}


def stream(graph):
    list(graph.stream(None, thread()))


def from_a_pool(graph):
    with ThreadPoolExecutor(1) as pool:
        pool.submit(graph.invoke, None, thread()).result()


def in_a_loop(graph):
    asyncio.run(graph.ainvoke(None, thread()))


def streamed_in_a_loop(graph):
    async def streamed():
        return [part async for part in graph.astream(None, thread())]

    asyncio.run(streamed())


def decided(graph):
    decide(graph, thread(), read_thread(graph, thread()).pause, {"type": "approve"})


def pressed(graph):
    ApprovalCard(graph, thread()).press("approve")


def wrapped(graph):
    graph.with_config(tags=["mine"]).invoke(None, thread())


def with_callbacks_of_their_own(graph):
    graph.invoke(None, {**thread(), "callbacks": [BaseCallbackHandler()]})


CALLS = [
    stream,
    from_a_pool,
    in_a_loop,
    streamed_in_a_loop,
    decided,
    pressed,
    wrapped,
    with_callbacks_of_their_own,
]


@pytest.mark.parametrize("go_on", CALLS, ids=lambda call: call.__name__)
def test_every_way_to_run_the_graph_is_seen(go_on):
    graph = MailAgent().compile(interrupt_before=["tools"])
    with watched(graph) as run:
        ask(graph)
        go_on(graph)
    told = lines(run.draw())
    assert told[3] == "run 2, input: None"
    assert [line.split(";")[0] for line in told[4:]] == ["tools", "send_email", "agent", "finished"]


def test_the_graph_is_as_it_was_afterwards_and_nothing_more_is_recorded():
    graph = MailAgent().compile()
    before = graph.config
    with watched(graph) as outer, watched(graph) as inner:
        copy = graph.with_config(tags=["mine"])
        ask(graph)
    assert graph.config is before
    copy.invoke({"messages": [("user", "Hello")]}, thread())
    ask(graph)
    assert len(outer.runs) == len(inner.runs) == 1


def test_blocks_that_end_in_another_order_leave_nothing_behind():
    graph = MailAgent().compile()
    first, second = watched(graph), watched(graph)
    first.__enter__()
    run = second.__enter__()
    first.__exit__(None, None, None)
    ask(graph)
    second.__exit__(None, None, None)
    ask(graph)
    assert len(run.runs) == 1
    assert not (graph.config or {}).get("callbacks")


def test_an_error_inside_the_block_is_not_swallowed():
    graph = MailAgent().compile()
    with pytest.raises(ZeroDivisionError), watched(graph):
        raise ZeroDivisionError
    assert not (graph.config or {}).get("callbacks")


def test_what_is_no_compiled_graph_is_refused():
    with pytest.raises(TypeError, match="cannot run yet"), watched(StateGraph(Said)):
        pass


def test_nothing_ran():
    with watched(MailAgent().compile()) as run:
        pass
    assert repr(run.draw()) == "Nothing ran."
    assert drawn(run.draw()) == ["Nothing ran."]


def test_a_subgraph_stands_inside_its_node():
    inner = StateGraph(Said)
    inner.add_node("asks", lambda state: {"said": [interrupt("Sure?")]})
    inner.add_edge(START, "asks")
    builder = StateGraph(Said)
    builder.add_node("team", inner.compile())
    builder.add_edge(START, "team")
    outer = builder.compile(InMemorySaver())
    with watched(outer) as run:
        outer.invoke({"said": []}, thread())
        outer.invoke(Command(resume="yes"), thread())
    assert repr(run.draw()).splitlines()[1:4] == [
        "  team; paused",
        "    asks; asks: Sure?",
        "  paused: 1 question waits",
    ]
    assert lines(run.draw())[-2] == "asks; starts again: start 2"


def test_a_fork_is_told_as_going_back():
    graph = MailAgent().compile(interrupt_before=["tools"])
    with watched(graph) as run:
        ask(graph)
        paused = graph.get_state(thread()).config
        graph.invoke(None, thread())
        graph.invoke(None, reject(graph, paused))
    told = lines(run.draw())
    assert told[-5:-3] == ["back to an earlier checkpoint", "update_state"]


def test_a_run_that_is_left_early_says_so():
    graph = MailAgent().compile()
    with watched(graph) as run:
        for _ in graph.stream({"messages": [("user", TWO_MAILS)]}, thread()):
            break
    assert lines(run.draw())[-1] == "left before its end"


def test_drawn_inside_the_block_it_shows_what_still_runs():
    seen = []

    def looks(state):
        seen.append(lines(run.draw()))
        return {}

    graph = one_node(looks)
    with watched(graph) as run:
        graph.invoke({"said": []}, thread())
    assert seen == [["run 1, input: said: []", "looks; has not ended", "has not ended"]]


def test_foreign_text_is_escaped_and_long_stories_say_what_is_left_out():
    graph = sends(lambda state: {}, *({"job": f"<b>{number}</b>"} for number in range(12)))
    with watched(graph) as run:
        for _ in range(22):
            graph.invoke({"said": []}, thread())
    told = lines(run.draw())
    assert told[0] == "2 earlier runs are left out"
    assert told[1].startswith("run 3,")
    assert "6 more" in told
    assert "job: <b>5</b>" in drawn(run.draw())
    assert "<b>" not in run.draw().svg()


def test_what_the_graph_is_given_may_be_long_or_refuse_to_be_told():
    class Silent:
        def __repr__(self):
            raise RuntimeError("no")

    graph = one_node(stands_still, checkpointer=None)
    with watched(graph) as run:
        graph.invoke({"said": ["word " * 100_000]})
        graph.invoke({"said": [Silent()]})
    first, second = (line for line in lines(run.draw()) if line.startswith("run"))
    assert first.endswith("…")
    assert len(first) < 100
    assert second.endswith("said: Silent")


def test_in_a_running_loop_the_pause_is_read_too(tmp_path):
    async def watched_in_its_loop():
        async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "c.sqlite")) as saver:
            graph = MailAgent().compile(checkpointer=saver, interrupt_before=["tools"])
            with watched(graph) as run:
                await graph.ainvoke({"messages": [("user", ONE_MAIL)]}, thread())
            return run.draw()

    assert lines(asyncio.run(watched_in_its_loop()))[-1] == "paused before tools"


def test_threads_are_named_where_there_are_several():
    graph = one_node(stands_still)
    with watched(graph) as run:
        for name in ("one", "two"):
            graph.invoke({"said": []}, thread(name))
    assert lines(run.draw())[::3] == [
        "run 1 on thread one, input: said: []",
        "run 2 on thread two, input: said: []",
    ]
