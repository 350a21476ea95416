"""Several questions of one node: an answer reaches what was shown, or the card says it may not."""

import asyncio
from threading import Event

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import interrupt

from course_utils.review.deciding.drafts import draft_of_arguments, left_out
from course_utils.review.deciding.resuming import decide
from tests.support.agents import thread
from tests.support.deciding import asked, begin, respond, waiting
from tests.support.foreign_graphs import two_questions

CALLS = [
    {"name": "refund", "args": {"order": "77"}, "id": "c1", "type": "tool_call"},
    {"name": "delete", "args": {"user": "eve"}, "id": "c2", "type": "tool_call"},
]


def two_asking_tools(saver, done, order):
    """Return a graph whose two tools ask in the order of these events in each of their runs."""

    def ask(name, words):
        order[name].wait(0.3)
        if interrupt(words):
            done.append(name)
        return name

    @tool
    def refund(order: str) -> str:
        """Refund."""
        return ask("refund", f"Refund order {order}?")

    @tool
    def delete(user: str) -> str:
        """Delete."""
        return ask("delete", f"Delete {user}?")

    builder = StateGraph(MessagesState)
    builder.add_node("agent", lambda _: {"messages": [AIMessage("", tool_calls=CALLS)]})
    builder.add_node("tools", ToolNode([refund, delete]))
    builder.add_edge(START, "agent").add_edge("agent", "tools")
    return builder.compile(saver)


def test_the_answer_reaches_the_call_that_asked_also_where_another_is_quicker_now(saver):
    done, order = [], {"refund": Event(), "delete": Event()}
    order["refund"].set()
    graph = two_asking_tools(saver, done, order)
    (pause,) = begin(graph)
    assert asked(pause) == "Refund order 77?"
    assert "refund and delete run in one step, and each of them may ask" in pause.remarks[0], pause
    order["refund"].clear()
    order["delete"].set()
    (pause,) = decide(graph, thread(), pause, respond(True)).thread.pauses
    assert (asked(pause), "delete" in done) == ("Delete eve?", False), done
    assert "has been answered before" in pause.remarks[-1], pause
    decide(graph, thread(), pause, respond(False))
    # LangGraph runs the node again from its start, as the card has said.
    assert done == ["refund", "refund"]


def test_calls_of_an_async_step_cannot_be_kept_in_turn_and_the_card_says_so():
    @tool
    async def refund(order: str) -> str:
        """Refund."""
        return str(interrupt("Refund?"))

    @tool
    async def delete(user: str) -> str:
        """Delete."""
        return str(interrupt("Delete?"))

    builder = StateGraph(MessagesState)
    builder.add_node("agent", lambda _: {"messages": [AIMessage("", tool_calls=CALLS)]})
    builder.add_node("tools", ToolNode([refund, delete]))
    builder.add_edge(START, "agent").add_edge("agent", "tools")
    graph = builder.compile(InMemorySaver())
    asyncio.run(graph.ainvoke({"messages": []}, thread()))
    (pause,) = waiting(graph)
    assert "cannot be told which of them an answer reaches" in pause.remarks[0], pause


def test_each_question_of_a_node_says_before_the_click_who_gets_the_answer(saver):
    graph = two_questions(saver)
    (first,) = begin(graph, {"log": []})
    (second,) = decide(graph, thread(), first, respond("Ada")).thread.pauses
    assert asked(second) == "Pay 1000 euros?"
    assert "first question that the node then asks receives the answer" in first.remarks[0], first
    assert "has been answered before" in second.remarks[0], second


def booking(schema, how):
    """Return a travel agent inside another graph, with a tool `book` of its own."""
    name, given = schema

    if name == "flights":

        @tool
        def book(origin: str, destination: str, seat: str = "aisle") -> str:
            """Book a flight."""
            return "booked"

    else:

        @tool
        def book(hotel: str, nights: int = 1) -> str:
            """Book a hotel."""
            return "booked"

    call = {"name": "book", "args": given, "id": name, "type": "tool_call"}

    class Model(GenericFakeChatModel):
        """Says one thing."""

        def bind_tools(self, *_, **__):
            return self

    model = Model(messages=iter([AIMessage("", tool_calls=[call]), AIMessage("done")]))
    return create_agent(model, [book], name=name, **how)


@pytest.mark.parametrize(
    "how",
    [
        {"interrupt_before": ["tools"]},
        {"middleware": [HumanInTheLoopMiddleware({"book": True})]},
    ],
    ids=["breakpoint", "question"],
)
def test_a_tool_of_two_sub_agents_is_the_one_of_the_agent_that_asks(saver, how):
    flights = booking(("flights", {"origin": "A", "destination": "B"}), how)
    hotels = booking(("hotels", {"hotel": "Ritz"}), how)
    builder = StateGraph(MessagesState)
    builder.add_node("flights", flights)
    builder.add_node("hotels", hotels)
    builder.add_edge(START, "hotels")
    graph = builder.compile(saver)
    (pause,) = begin(graph)
    fields = [field.name for field in draft_of_arguments(graph, pause, 0).fields]
    assert (pause.within, fields) == (("hotels",), ["hotel", "nights"]), pause
    assert left_out(graph, pause, 0) == {"nights": 1}
