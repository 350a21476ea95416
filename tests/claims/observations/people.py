"""People and time: new words while a thread waits, clicks, two reviewers, going back."""

from __future__ import annotations

import threading
from typing import Any

from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, Send, interrupt

from tests.claims.scene import (
    EMPTY,
    MAIL,
    THREAD,
    Log,
    agent,
    answer,
    ask_first,
    asking,
    ids,
    kinds,
    last_call,
    log,
    mail_agent,
    outbox,
    paused,
    questions,
    raised,
    user,
    waits,
)


def unanswered(graph: Any) -> list[str]:
    """Name the calls on the thread that no tool message answers."""
    messages = graph.get_state(THREAD).values["messages"]
    answered = {message.tool_call_id for message in messages if message.type == "tool"}
    calls = [call for message in messages if message.type == "ai" for call in message.tool_calls]
    return [call["args"]["to"] for call in calls if call["id"] not in answered]


def a_new_message_abandons_the_pause():
    graph = paused()
    graph.invoke(user("hello"), THREAD)
    raises = raised(graph.invoke, None, THREAD)
    return {"raises": raises, "next": waits(graph), "sent": outbox}


def the_call_of_an_abandoned_pause_stays_unanswered():
    graph = paused()
    graph.invoke(user("hello"), THREAD)
    return {"kinds": kinds(graph), "unanswered": unanswered(graph)}


def a_new_message_abandons_a_question():
    graph = paused(tools=ask_first)
    (question,) = graph.get_state(THREAD).interrupts
    graph.invoke(user("hello"), THREAD)
    raises = raised(graph.invoke, Command(resume={question.id: True}), THREAD)
    return {"raises": raises, "next": waits(graph), "sent": outbox}


def cancelling_first_keeps_the_conversation_whole():
    graph = paused()
    _, call = last_call(graph)
    graph.update_state(THREAD, {"messages": [answer(call, "cancelled")]}, as_node="tools")
    graph.invoke(user("hello"), THREAD)
    return {"kinds": kinds(graph), "unanswered": unanswered(graph)}


def in_one_node(state):
    """Ask for a small sum, then for a large one."""
    return {"log": [interrupt("Pay 10?"), interrupt("Pay 10000?")]}


def small(state):
    """Ask for a small sum."""
    return {"log": [interrupt("Pay 10?")]}


def large(state):
    """Ask for a large sum."""
    return {"log": [interrupt("Pay 10000?")]}


def double_click(*nodes: Any, by_id: bool) -> dict[str, Any]:
    """Press the first question's Yes twice."""
    graph = asking(*nodes)
    yes = Command(resume={ids(graph)["Pay 10?"]: "yes"} if by_id else "yes")
    graph.invoke(yes, THREAD)
    graph.invoke(yes, THREAD)
    return {"log": log(graph), "asks": questions(graph)}


def a_second_click_answers_the_next_question():
    return double_click(small, large, by_id=False)


def a_click_by_id_is_safe_with_a_question_a_node():
    return double_click(small, large, by_id=True)


def a_click_by_id_is_not_safe_within_one_node():
    return double_click(in_one_node, by_id=True)


def a_second_click_at_a_breakpoint_approves_the_next_call():
    def mail_in_turn(state):
        written = sum(message.type == "tool" for message in state["messages"])
        said = HumanMessage(["alice", "bob", "hello"][written])
        return agent({"messages": [said]})

    graph = mail_agent(agent=mail_in_turn, interrupt_before=["tools"])
    graph.invoke(MAIL, THREAD)
    for _click in range(2):
        graph.invoke(None, THREAD)
    return outbox


def a_second_click_on_a_finished_thread_does_nothing():
    graph = paused(tools=ask_first)
    question = graph.get_state(THREAD).interrupts[0].id
    for yes in (True, True, {question: True}):
        graph.invoke(Command(resume=yes), THREAD)
    return outbox


def two_reviewers_both_run():
    alice_began, bob_done = threading.Event(), threading.Event()

    def act(state):
        said = interrupt("Send?")
        if said == "yes":
            alice_began.set()
            bob_done.wait(10)
        outbox.append(said)

    graph = asking(act)
    alice = threading.Thread(target=graph.invoke, args=(Command(resume="yes"), THREAD))
    alice.start()
    alice_began.wait(10)
    graph.invoke(Command(resume="no"), THREAD)
    bob_done.set()
    alice.join()
    return outbox


def answered(said: str = "yes") -> tuple[Any, Any]:
    """Answer the agent's question, and return the checkpoint at which it was asked."""

    def act(state):
        outbox.append(interrupt("Send?"))

    graph = asking(act)
    graph.invoke(Command(resume=said), THREAD)
    return graph, next(state for state in graph.get_state_history(THREAD) if state.interrupts)


def an_answer_in_the_past_replays_the_old_one():
    graph, past = answered("yes")
    graph.invoke(Command(resume="no"), past.config)
    return outbox


def an_answer_by_id_in_the_past_replays_the_old_one():
    graph, past = answered("yes")
    graph.invoke(Command(resume={past.interrupts[0].id: "no"}), past.config)
    return outbox


def none_in_the_past_asks_again_on_a_fork():
    graph, past = answered("yes")
    result = graph.invoke(None, past.config)
    sources = [state.metadata["source"] for state in graph.get_state_history(THREAD)]
    return {"asks": "__interrupt__" in result, "forked": "fork" in sources, "sent": outbox}


def on_a_fork_the_new_answer_is_heard():
    graph, past = answered("yes")
    fork = graph.update_state(past.config, None)
    graph.invoke(Command(resume="no"), fork)
    return outbox


def a_written_checkpoint_forgets_what_had_ended_beside_the_question():
    def act(state):
        if state["log"] == ["asks"]:
            interrupt("Send?")
        outbox.extend(state["log"])

    def spread(state):
        return [Send("act", {"log": [name]}) for name in ("sends", "asks")]

    builder = StateGraph(Log).add_node("act", act)
    graph = builder.add_conditional_edges(START, spread, ["act"]).compile(InMemorySaver())
    outbox.clear()
    graph.invoke(EMPTY, THREAD)
    at_the_question = list(outbox)
    graph.update_state(THREAD, None)
    graph.invoke(None, THREAD)
    return {"at the question": at_the_question, "asked anew": outbox}


def none_at_a_past_breakpoint_sends_again():
    graph = paused()
    graph.invoke(None, THREAD)
    past = next(s for s in graph.get_state_history(THREAD) if s.next == ("tools",))
    graph.invoke(None, past.config)
    return outbox
