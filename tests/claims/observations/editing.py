"""What `update_state` writes, where, and as whom."""

from __future__ import annotations

import operator
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import Command

from tests.claims.scene import (
    THREAD,
    agent,
    answer,
    ask_first,
    kinds,
    last_call,
    outbox,
    paused,
    questions,
    raised,
    run_calls,
    waits,
)


def to_carol(graph: Any) -> AIMessage:
    """Copy the waiting message with its mail addressed to Carol; the message's id stays."""
    message, call = last_call(graph)
    return message.model_copy(update={"tool_calls": [{**call, "args": {"to": "carol"}}]})


def an_edit_with_the_same_id_replaces():
    graph = paused()
    graph.update_state(THREAD, {"messages": [to_carol(graph)]})
    stopped = waits(graph)
    graph.invoke(None, THREAD)
    return {"next": stopped, "kinds": kinds(graph), "sent": outbox}


def an_edit_with_a_new_id_is_appended():
    graph = paused()
    graph.update_state(THREAD, {"messages": [AIMessage("", tool_calls=to_carol(graph).tool_calls)]})
    graph.invoke(None, THREAD)
    return {"kinds": kinds(graph), "sent": outbox}


def a_signed_config_signs_what_it_resumes_too():
    signed = {}
    for how in ("signed", "plain"):
        graph = paused()
        config = {**THREAD, "metadata": {"edited_by": "ann"}}
        graph.update_state(config, {"messages": [to_carol(graph)]})
        graph.invoke(None, config if how == "signed" else THREAD)
        marks = [state.metadata for state in graph.get_state_history(THREAD)]
        signed[how] = sorted(mark["source"] for mark in marks if "edited_by" in mark)
    return signed


def a_change_to_the_snapshot_is_lost():
    graph = paused()
    state = graph.get_state(THREAD)
    (call,) = state.values["messages"][-1].tool_calls
    call["args"]["to"] = "carol"
    graph.invoke(None, THREAD)
    changed = state.values["messages"][-1].tool_calls[0]["args"]["to"]
    return {"in the snapshot": changed, "sent": outbox}


def a_list_that_adds_keeps_both_messages():
    class Added(TypedDict):
        messages: Annotated[list, operator.add]

    builder = StateGraph(Added).add_node("agent", agent).add_node("tools", run_calls)
    builder.add_edge(START, "agent").add_conditional_edges("agent", tools_condition)
    graph = builder.compile(InMemorySaver(), interrupt_before=["tools"])
    graph.invoke({"messages": [HumanMessage("alice")]}, THREAD)
    graph.update_state(THREAD, {"messages": [to_carol(graph)]})
    return kinds(graph)


def in_the_tools_place(as_node: str | None) -> dict[str, Any]:
    """Answer the waiting call as this node, and go on."""
    graph = paused()
    _, call = last_call(graph)
    graph.update_state(THREAD, {"messages": [answer(call, "refused")]}, as_node=as_node)
    then = waits(graph)
    graph.invoke(None, THREAD)
    return {"next": then, "kinds": kinds(graph), "sent": list(outbox)}


def an_answer_as_no_node_leaves_the_agent_silent():
    return in_the_tools_place(None)


def an_answer_as_the_tools_lets_the_agent_reply():
    return in_the_tools_place("tools")


def an_unknown_key_is_dropped_silently():
    graph = paused()
    raises = raised(graph.update_state, THREAD, {"mesages": [HumanMessage("hello")]})
    return {"raises": raises.partition(":")[0], "kinds": kinds(graph)}


@tool
def send_mail(to: str) -> str:
    """Send a mail."""
    outbox.append(to)
    return f"done: {to}"


def a_bad_edit_becomes_the_calls_answer():
    graph = paused(tools=ToolNode([send_mail]), interrupt_before=["tools"])
    message, call = last_call(graph)
    bad = message.model_copy(update={"tool_calls": [{**call, "args": {"too": "carol"}}]})
    edit = raised(graph.update_state, THREAD, {"messages": [bad]})
    run = raised(graph.invoke, None, THREAD)
    answered = graph.get_state(THREAD).values["messages"][2]
    return {"edit": edit.partition(":")[0], "run": run, "answer": answered.status, "sent": outbox}


def an_edit_blanks_the_question_but_not_next():
    graph = paused(tools=ask_first)
    graph.update_state(THREAD, {"messages": [to_carol(graph)]})
    return {"questions": questions(graph), "next": waits(graph)}


def a_plain_answer_after_an_edit_meets_the_unseen_question():
    graph = paused(tools=ask_first)
    graph.update_state(THREAD, {"messages": [to_carol(graph)]})
    graph.invoke(Command(resume=True), THREAD)
    return outbox


def after_an_edit_the_node_asks_again_under_a_new_id():
    graph = paused(tools=ask_first)
    (old,) = graph.get_state(THREAD).interrupts
    graph.update_state(THREAD, {"messages": [to_carol(graph)]})
    (new,) = graph.invoke(None, THREAD)["__interrupt__"]
    return {"asks": new.value, "same id": new.id == old.id}
