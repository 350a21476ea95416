"""Graphs of which a part is async alone, decided from plain code and from a running loop."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.func import entrypoint, task
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt

from course_utils import chat_model
from course_utils.review.deciding.pause_decisions import PauseDecisions
from course_utils.review.deciding.resuming import AlreadyDecidedError, decide_together
from course_utils.review.deciding.shown import read_thread
from course_utils.review.reading.graphs import only_async
from tests.support.agents import TWO_MAILS, thread
from tests.support.deciding import APPROVE, EDIT, REJECT, asked, respond
from tests.support.foreign_graphs import around, asking, asking_for

EVERY_DECISION = [
    (APPROVE, ["alice"], "Email sent to alice"),
    (REJECT, [], "A person rejected this call. Reason: wrong address"),
    (EDIT, ["eve@example.com"], "Email sent to eve@example.com"),
    (respond("I called her."), [], "I called her."),
]


def async_sender(outbox):
    @tool
    async def send_email(to: str, subject: str, body: str) -> str:
        """Send an email."""
        await asyncio.sleep(0)
        outbox.append(to)
        return f"Email sent to {to}"

    return send_email


def async_agent(outbox, saver=None, **how):
    """An agent whose node, tool and router are all async alone."""

    async def agent(state):
        return asking_for("alice")(state)

    async def road(state):
        return tools_condition(state)

    builder = StateGraph(MessagesState)
    builder.add_node(agent)
    builder.add_node("tools", ToolNode([async_sender(outbox)]))
    builder.add_edge(START, "agent")
    builder.add_conditional_edges("agent", road, ["tools", "__end__"])
    builder.add_edge("tools", "agent")
    return builder.compile(saver, **how)


async def confirm(state):
    return {"log": [interrupt("Send it?")]}


async def answer(state):
    return {"messages": [("ai", f"Answered: {interrupt('Which name?')}")]}


@asynccontextmanager
async def async_saver(place):
    """The async checkpointer of the place where these tests keep theirs."""
    if place.startswith("postgresql:"):
        async with AsyncPostgresSaver.from_conn_string(place) as saver:
            await saver.setup()
            yield saver
    else:
        async with AsyncSqliteSaver.from_conn_string(place) as saver:
            yield saver


async def waiting(graph, given=None):
    """Run a graph to its first stop and read it, as a notebook does: in the running loop."""
    await graph.ainvoke(given or {"messages": [("user", "go")]}, thread())
    return read_thread(graph, thread()).pauses


async def decided(graph, *answers):
    """Carry out decisions as the card does: beside the running loop, and the graph within it."""
    loop = asyncio.get_running_loop()
    outcome = await asyncio.to_thread(decide_together, graph, thread(), answers, loop=loop)
    return outcome.thread


async def conversation(graph):
    values = (await graph.aget_state(thread())).values
    return [message.text for message in values["messages"]]


@pytest.mark.parametrize(("decision", "sent", "words"), EVERY_DECISION)
@pytest.mark.asyncio
async def test_a_breakpoint_of_an_async_graph_takes_every_decision(place, decision, sent, words):
    outbox = []
    async with async_saver(place) as saver:
        graph = async_agent(outbox, saver, interrupt_before=["tools"])
        (pause,) = await waiting(graph)
        after = await decided(graph, PauseDecisions.on(pause, decision))
        assert (outbox, after.status) == (sent, "finished"), after
        assert (await conversation(graph))[-1] == f"Told: {words}"
        with pytest.raises(AlreadyDecidedError, match="decided this first"):
            await decided(graph, PauseDecisions.on(pause, APPROVE))


@pytest.mark.parametrize(("decision", "sent", "words"), EVERY_DECISION)
def test_without_a_running_loop_an_async_graph_is_decided_too(decision, sent, words):
    outbox = []
    graph = async_agent(outbox, InMemorySaver(), interrupt_before=["tools"])
    (pause,) = asyncio.run(waiting(graph))
    after = decide_together(graph, thread(), [PauseDecisions.on(pause, decision)]).thread
    assert (outbox, after.status) == (sent, "finished"), after
    assert after.messages[-1].text == f"Told: {words}"


@pytest.mark.parametrize(("decision", "sent", "words"), EVERY_DECISION)
@pytest.mark.asyncio
async def test_a_breakpoint_inside_an_async_subgraph_takes_every_decision(
    place, decision, sent, words
):
    outbox = []
    async with async_saver(place) as saver:
        graph = around(saver, async_agent(outbox, interrupt_before=["tools"]), answer)
        held, _ = await waiting(graph)
        (question,) = (await decided(graph, PauseDecisions.on(held, decision))).pauses
        after = await decided(graph, PauseDecisions.on(question, respond("Ann")))
        assert (outbox, after.status) == (sent, "finished"), after
        told = await conversation(graph)
        assert {f"Told: {words}", "Answered: Ann", "The end."} <= set(told), told


@pytest.mark.asyncio
async def test_an_async_graph_called_as_a_function_is_decided(place):
    outbox = []
    inner = async_agent(outbox, interrupt_before=["tools"])

    async def caller(state):
        result = await inner.ainvoke({"messages": [("user", "go")]})
        return {"messages": result["messages"]}

    async with async_saver(place) as saver:
        graph = asking(saver, caller, state=MessagesState)
        (pause,) = await waiting(graph)
        after = await decided(graph, PauseDecisions.on(pause, REJECT))
        assert (outbox, after.status) == ([], "finished"), after


@pytest.mark.parametrize("value", ["yes", False, 0, "", [], {}, None])
@pytest.mark.asyncio
async def test_an_answer_to_an_async_node_arrives_as_it_is(place, value):
    async with async_saver(place) as saver:
        graph = asking(saver, confirm)
        (pause,) = await waiting(graph, {"log": []})
        await decided(graph, PauseDecisions.on(pause, respond(value)))
        assert (await graph.aget_state(thread())).values["log"] == [value]


@pytest.mark.asyncio
async def test_calls_of_async_tools_are_decided_one_by_one(place):
    outbox = []
    gate = HumanInTheLoopMiddleware({"send_email": True}, interrupt_mode="per_call")
    async with async_saver(place) as saver:
        graph = create_agent(
            chat_model(), [async_sender(outbox)], middleware=[gate], checkpointer=saver
        )
        alice, bob = await waiting(graph, {"messages": [("user", TWO_MAILS)]})
        (still,) = (await decided(graph, PauseDecisions.on(alice, REJECT))).pauses
        assert (still, outbox) == (bob, [])
        after = await decided(graph, PauseDecisions.on(bob, APPROVE))
        assert (outbox, after.status) == (["bob@example.com"], "finished"), after


@pytest.mark.asyncio
async def test_an_async_entrypoint_asks_and_its_tasks_run_once(place):
    charged = []

    @task
    async def charge(euros):
        charged.append(euros)
        return euros * 2

    async with async_saver(place) as saver:

        @entrypoint(checkpointer=saver)
        async def flow(euros):
            return interrupt({"total": await charge(euros)})

        (pause,) = await waiting(flow, 3)
        assert asked(pause) == {"total": 6}
        after = await decided(flow, PauseDecisions.on(pause, respond(False)))
        assert (charged, after.status) == ([3], "finished")
        assert (await flow.aget_state(thread())).values is False


@pytest.mark.asyncio
async def test_a_question_in_an_async_router_is_answered(place):
    async def road(state):
        return interrupt("Which way?")

    builder = StateGraph(MessagesState)
    builder.add_node("start", lambda state: {})
    builder.add_node("detour", lambda state: {"messages": [("ai", "detour")]})
    builder.add_edge(START, "start")
    builder.add_conditional_edges("start", road, ["detour", "__end__"])
    async with async_saver(place) as saver:
        graph = builder.compile(saver)
        (pause,) = await waiting(graph)
        await decided(graph, PauseDecisions.on(pause, respond("detour")))
        assert (await conversation(graph))[-1] == "detour"


@pytest.mark.parametrize("part", ["node", "tool", "router", "subgraph", "checkpointer", "nothing"])
@pytest.mark.asyncio
async def test_whatever_part_is_async_alone_makes_the_graph_so(part, tmp_path):
    async def node(state):
        return {}

    async def road(state):
        return "__end__"

    builder = StateGraph(MessagesState)
    builder.add_node("first", node if part == "node" else lambda state: {})
    builder.add_edge(START, "first")
    if part == "tool":
        builder.add_node("tools", ToolNode([async_sender([])]))
        builder.add_edge("first", "tools")
    if part == "router":
        builder.add_conditional_edges("first", road, ["__end__"])
    if part == "subgraph":
        builder.add_node("inner", async_agent([]))
        builder.add_edge("first", "inner")
    async with async_saver(str(tmp_path / "checkpoints.sqlite")) as saver:
        graph = builder.compile(saver if part == "checkpointer" else InMemorySaver())
        assert only_async(graph) is (part != "nothing"), part
