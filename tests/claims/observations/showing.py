"""How a pause shows: at a breakpoint and at a question, in each way of running a graph."""

from __future__ import annotations

from typing import Any

from langgraph.types import Interrupt

from tests.claims.scene import MAIL, THREAD, ask_first, mail_agent, raised, user, waits


def both() -> dict[str, Any]:
    """Make a graph that will pause at a breakpoint and one that will ask."""
    return {
        "breakpoint": mail_agent(interrupt_before=["tools"]),
        "question": mail_agent(tools=ask_first),
    }


def of_interrupts(found: Any) -> list[Any]:
    """Name the kind of what holds the interrupts, and what they ask."""
    return [type(found).__name__, [i.value for i in found if isinstance(i, Interrupt)]]


def invoke_returns_the_question_under_a_key_of_its_own():
    return {pause: list(graph.invoke(MAIL, THREAD)) for pause, graph in both().items()}


def the_question_is_a_list_in_what_invoke_returns():
    result = both()["question"].invoke(MAIL, THREAD)
    return of_interrupts(result["__interrupt__"])


def a_snapshot_lists_questions_and_no_breakpoints():
    seen = {}
    for pause, graph in both().items():
        graph.invoke(MAIL, THREAD)
        seen[pause] = [question.value for question in graph.get_state(THREAD).interrupts]
    return seen


def a_task_lists_the_questions_of_its_node():
    seen = {}
    for pause, graph in both().items():
        graph.invoke(MAIL, THREAD)
        tasks = graph.get_state(THREAD).tasks
        seen[pause] = {task.name: [asked.value for asked in task.interrupts] for task in tasks}
    return seen


def updates_end_with_the_pause():
    last = {pause: list(graph.stream(MAIL, THREAD))[-1] for pause, graph in both().items()}
    return {pause: {key: of_interrupts(last[pause][key]) for key in last[pause]} for pause in last}


def a_stop_after_the_last_node_shows_in_a_stream_alone():
    graph = mail_agent(interrupt_after=["agent"])
    last = list(graph.stream(user("hello"), THREAD))[-1]
    return {"last chunk": list(last), "next": waits(graph)}


def a_naive_reader_of_updates_meets_a_tuple():
    def read(graph):
        for chunk in graph.stream(MAIL, THREAD):
            for update in chunk.values():
                update["messages"]

    return {pause: raised(read, graph) for pause, graph in both().items()}


def version_two_returns_the_questions_beside_the_value():
    seen = {}
    for pause, graph in both().items():
        output = graph.invoke(MAIL, THREAD, version="v2")
        seen[pause] = [len(output.interrupts), list(output.value)]
    return seen


def version_three_calls_a_breakpoint_uninterrupted():
    seen = {}
    for pause, graph in both().items():
        seen[pause] = graph.stream_events(MAIL, THREAD, version="v3").interrupted
    return seen
