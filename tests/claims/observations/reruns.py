"""What runs again: code before a question, its router, its node, the calls beside it."""

from __future__ import annotations

import warnings
from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.errors import GraphBubbleUp, GraphInterrupt, NodeInterrupt
from langgraph.func import task
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import Command, Send, interrupt

from tests.claims.scene import (
    EMPTY,
    THREAD,
    Log,
    agent,
    answer,
    asking,
    carry_out,
    log,
    outbox,
    paused,
    questions,
    user,
    waits,
)


def code_before_a_question_runs_again():
    def order(state):
        outbox.append("charged")
        interrupt("Ship?")
        outbox.append("shipped")

    asking(order).invoke(Command(resume=True), THREAD)
    return outbox


def a_task_before_a_question_runs_once():
    @task
    def charge():
        outbox.append("charged")

    def order(state):
        charge().result()
        interrupt("Ship?")
        outbox.append("shipped")

    graph = asking(order)
    before = list(outbox)
    graph.invoke(Command(resume=True), THREAD)
    return {"before": before, "after": outbox}


def a_question_in_a_router_runs_the_node_before_it_again():
    def work(state):
        outbox.append("worked")

    def route(state):
        return END if interrupt("Stop?") == "yes" else "work"

    builder = StateGraph(Log).add_node("work", work).add_edge(START, "work")
    graph = builder.add_conditional_edges("work", route).compile(InMemorySaver())
    graph.invoke(EMPTY, THREAD)
    graph.invoke(Command(resume="yes"), THREAD)
    return outbox


def except_exception_swallows_the_pause():
    def act(state):
        try:
            interrupt("ok?")
        except Exception as error:
            return {"log": [type(error).__name__]}

    graph = asking(act)
    return {"log": log(graph), "questions": questions(graph)}


def a_pause_is_an_exception():
    return issubclass(GraphInterrupt, Exception)


def a_narrow_except_lets_the_pause_through():
    def act(state):
        try:
            interrupt("ok?")
        except ValueError:
            return {"log": ["swallowed"]}

    return questions(asking(act))


def bubble_up_raised_again_lets_the_pause_through():
    def act(state):
        try:
            interrupt("ok?")
        except GraphBubbleUp:
            raise
        except Exception:
            return {"log": ["swallowed"]}

    return questions(asking(act))


def a_loop_of_four_questions_begins_its_body_fourteen_times():
    begun = []

    def act(state):
        for number in range(4):
            begun.append(number)
            interrupt(number)

    graph = asking(act)
    for number in range(4):
        graph.invoke(Command(resume=number), THREAD)
    return len(begun)


def ask_about_mails(state):
    """Run calls in a row, and ask before each mail."""
    answers = []
    for call in state["messages"][-1].tool_calls:
        no = call["name"] == "send_mail" and interrupt("Mail?") == "no"
        answers.append(answer(call, "refused") if no else carry_out(call))
    return {"messages": answers}


def a_safe_call_beside_a_rejected_one_runs_twice():
    paused("weather alice", ask_about_mails).invoke(Command(resume="no"), THREAD)
    return outbox


def asking_before_acting_runs_each_call_once():
    def ask_then_act(state):
        calls = state["messages"][-1].tool_calls
        no = {call["id"] for call in calls if call["name"] == "send_mail" and ask() == "no"}
        answers = [answer(c, "refused") if c["id"] in no else carry_out(c) for c in calls]
        return {"messages": answers}

    def ask():
        return interrupt("Mail?")

    paused("weather alice", ask_then_act).invoke(Command(resume="no"), THREAD)
    return outbox


def a_task_for_each_call_runs_each_once():
    def run_one(call):
        no = call["name"] == "send_mail" and interrupt("Mail?") == "no"
        return {"messages": [answer(call, "refused") if no else carry_out(call)]}

    def spread(state):
        return [Send("call", call) for call in state["messages"][-1].tool_calls] or END

    builder = StateGraph(MessagesState).add_node("agent", agent).add_node("call", run_one)
    builder.add_edge(START, "agent").add_edge("call", "agent")
    graph = builder.add_conditional_edges("agent", spread, ["call", END]).compile(InMemorySaver())
    graph.invoke(user("weather alice"), THREAD)
    before = list(outbox)
    graph.invoke(Command(resume="no"), THREAD)
    return {"before": before, "after": outbox, "next": waits(graph)}


@tool
def pay(to: str) -> str:
    """Pay somebody."""
    outbox.append(f"paid {to}")
    return "paid"


@tool
def ship(to: str) -> str:
    """Ask, and ship to somebody."""
    return f"shipped: {interrupt(f'Ship to {to}?')}"


def tool_node(*calls: Any) -> Any:
    """Start a ToolNode on a message with these calls."""
    builder = StateGraph(MessagesState).add_node("tools", ToolNode([pay, ship]))
    graph = builder.add_edge(START, "tools").compile(InMemorySaver())
    asked = [{"name": name, "args": {"to": to}, "id": f"{name} {to}"} for name, to in calls]
    graph.invoke({"messages": [AIMessage("", tool_calls=asked)]}, THREAD)
    return graph


def a_tool_node_runs_the_tool_beside_a_question_again():
    tool_node(("pay", "ann"), ("ship", "bo")).invoke(Command(resume="yes"), THREAD)
    return outbox


def a_tool_node_asks_for_one_tool_at_a_time():
    graph = tool_node(("ship", "ann"), ("ship", "bo"))
    asked = [len(questions(graph))]
    for _answer in range(2):
        yes = {question.id: "yes" for question in graph.get_state(THREAD).interrupts}
        graph.invoke(Command(resume=yes), THREAD)
        asked.append(len(questions(graph)))
    return asked


def a_tool_node_runs_the_latest_calls_wherever_they_stand():
    call = {"name": "pay", "args": {"to": "ann"}, "id": "1"}
    said = [AIMessage("", tool_calls=[call]), answer(call, "refused"), ("user", "What now?")]
    builder = StateGraph(MessagesState).add_node("tools", ToolNode([pay]))
    builder.add_edge(START, "tools").compile().invoke({"messages": said})
    return outbox


def a_subgraph_as_a_node_runs_its_finished_nodes_once():
    asking_subgraph(as_node=True).invoke(Command(resume="yes"), THREAD)
    return outbox


def a_subgraph_called_in_a_function_runs_the_function_again():
    asking_subgraph(as_node=False).invoke(Command(resume="yes"), THREAD)
    return outbox


def asking_subgraph(*, as_node: bool) -> Any:
    """Start a graph whose subgraph does something and then asks."""

    def work(state):
        outbox.append("inner work")

    def ask(state):
        return {"log": [interrupt("ok?")]}

    inner = StateGraph(Log).add_sequence([work, ask]).add_edge(START, "work").compile()

    def call(state):
        outbox.append("caller")
        return {"log": inner.invoke(EMPTY)["log"]}

    builder = StateGraph(Log).add_node("inner", inner if as_node else call)
    graph = builder.add_edge(START, "inner").compile(InMemorySaver())
    graph.invoke(EMPTY, THREAD)
    return graph


def node_interrupt_takes_no_answer():
    def act(state):
        raise NodeInterrupt("too long")

    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        graph = asking(act)
    result = graph.invoke(Command(resume="yes"), THREAD)
    warned = sorted({type(warning.message).__name__ for warning in given})
    return {"warns": warned, "still asks": "__interrupt__" in result}
