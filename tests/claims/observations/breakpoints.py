"""Breakpoints: where they are given, what they do not notice, and what goes on through them."""

from __future__ import annotations

from functools import partial
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt

from tests.claims.scene import (
    EMPTY,
    MAIL,
    THREAD,
    Log,
    ask_first,
    kinds,
    mail_agent,
    outbox,
    paused,
    questions,
    raised,
    row,
    user,
    waits,
)


def a_call_sets_a_breakpoint_and_forgets_it():
    graph = mail_agent()
    graph.invoke(MAIL, THREAD, interrupt_before=["tools"])
    stops = [waits(graph)]
    graph.invoke(None, THREAD)
    graph.invoke(user("bob"), THREAD)
    return {"stops": [*stops, waits(graph)], "sent": outbox}


def a_misspelt_breakpoint_is_refused_at_compile():
    return raised(mail_agent, interrupt_before=["tolls"])


def a_misspelt_breakpoint_is_silent_in_a_call():
    raises = raised(mail_agent().invoke, MAIL, THREAD, interrupt_before=["tolls"])
    return {"raises": raises, "sent": outbox}


def an_empty_list_does_not_lift_a_breakpoint():
    graph = mail_agent(interrupt_before=["tools"])
    graph.invoke(MAIL, THREAD, interrupt_before=[])
    return {"next": waits(graph), "sent": outbox}


def a_calls_breakpoints_replace_the_compiled_ones():
    graph = mail_agent(interrupt_before=["tools"])
    graph.invoke(MAIL, THREAD, interrupt_before=["tolls"])
    return outbox


def compile_refuses_a_bare_string():
    return raised(mail_agent, interrupt_before="tools")


def a_call_looks_for_node_names_in_a_bare_string():
    graph = mail_agent()
    graph.invoke(MAIL, THREAD, interrupt_before="tolls, tools")
    return waits(graph)


def a_breakpoint_names_nodes_not_tools():
    return raised(mail_agent, interrupt_before=["send_mail"])


def an_empty_input_is_not_none():
    graph = paused()
    graph.invoke({}, THREAD)
    return {"kinds": kinds(graph), "sent": outbox}


def a_crash_behind_a_breakpoint_is_retried_unasked():
    def send(state):
        outbox.append("mail")
        if len(outbox) == 1:
            raise ConnectionError("smtp down")
        return {"log": ["sent"]}

    graph = row(send, interrupt_before=["send"])
    graph.invoke(EMPTY, THREAD)
    raised(graph.invoke, None, THREAD)
    crashed = waits(graph)
    graph.invoke(None, THREAD)
    return {"after the crash": crashed, "sent": outbox, "next": waits(graph)}


def a_ctrl_c_in_a_tool_leaves_no_error():
    def send(state):
        outbox.append("mail")
        raise KeyboardInterrupt

    graph = row(send, interrupt_before=["send"])
    graph.invoke(EMPTY, THREAD)
    raises = raised(graph.invoke, None, THREAD)
    state = graph.get_state(THREAD)
    return {
        "raises": raises,
        "sent": list(outbox),
        "next": list(state.next),
        "error": state.tasks[0].error,
    }


def an_answer_at_a_breakpoint_reaches_a_question_behind_it():
    came = {}
    for said in (True, "no"):
        graph = paused(tools=ask_first, interrupt_before=["tools"])
        shown = questions(graph)
        graph.invoke(Command(resume=said), THREAD)
        came[str(said)] = {"shown": shown, "sent": list(outbox), "asks": questions(graph)}
    return came


def a_resume_runs_what_is_due_whatever_breakpoint_names_it():
    broken, saver = ["the line is down"], InMemorySaver()

    def send(state):
        outbox.append("mail")
        if broken:
            raise ConnectionError(broken.pop())

    raised(row(send, checkpointer=saver).invoke, EMPTY, THREAD)
    row(send, checkpointer=saver, interrupt_before=["send"]).invoke(None, THREAD)
    return outbox


class DiesBehind(InMemorySaver):
    """A saver whose process ends when a node's work is saved, before the next checkpoint is."""

    dies = False

    def put(self, config: Any, checkpoint: Any, *rest: Any) -> Any:
        """Save, or die."""
        if self.dies:
            raise KeyboardInterrupt
        return super().put(config, checkpoint, *rest)


def cut_off_between_two_steps_next_is_empty_and_tasks_are_not():
    saver = DiesBehind()

    def send(state):
        outbox.append("mail")
        saver.dies = True
        return {"log": ["sent"]}

    def bill(state):
        outbox.append("bill")

    graph = row(send, bill, checkpointer=saver)
    raised(partial(graph.invoke, durability="sync"), EMPTY, THREAD)
    saver.dies = False
    state = graph.get_state(THREAD)
    graph.invoke(None, THREAD)
    tasks = [task.name for task in state.tasks]
    return {"next": list(state.next), "tasks": tasks, "then ran": outbox}


def a_parent_cannot_name_an_inner_node():
    def act(state):
        return {"log": ["acted"]}

    inner = StateGraph(Log).add_sequence([act]).add_edge(START, "act").compile()
    builder = StateGraph(Log).add_node("inner", inner).add_edge(START, "inner")
    return raised(builder.compile, InMemorySaver(), interrupt_before=["act"])


def supervised_inner() -> Any:
    """Compile a subgraph that stops before it acts."""

    def act(state):
        outbox.append("acted")
        return {"log": ["acted"]}

    builder = StateGraph(Log).add_node("act", act).add_edge(START, "act")
    return builder.compile(interrupt_before=["act"])


def a_breakpoint_in_a_subgraph_shows_only_inside():
    graph = StateGraph(Log).add_node("inner", supervised_inner()).add_edge(START, "inner")
    graph = graph.compile(InMemorySaver())
    graph.invoke(EMPTY, THREAD)
    outside = graph.get_state(THREAD, subgraphs=True)
    return {"outside": list(outside.next), "inside": list(outside.tasks[0].state.next)}


def answering_a_question_passes_a_siblings_breakpoint():
    def ask(state):
        return {"log": [interrupt("ok?")]}

    builder = StateGraph(Log).add_node("ask", ask).add_node("inner", supervised_inner())
    graph = builder.add_edge(START, "ask").add_edge(START, "inner").compile(InMemorySaver())
    graph.invoke(EMPTY, THREAD)
    before = list(outbox)
    graph.invoke(Command(resume="no"), THREAD)
    return {"before": before, "after": outbox}
