"""The keys of the five questions that mirror the tutorial's are true: every option is tried.

What an option says is done to a graph that pauses. Those that did what the prompt asks for are to
be those that the bank marks as right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langgraph.types import Command

from tests.claims.scene import (
    MAIL,
    THREAD,
    ask_first,
    mail_agent,
    outbox,
    paused,
    raised,
    user,
    waits,
)
from tests.lessons.test_bank import QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from course_utils.quiz.questions import Question

MIRRORED = {question.mirrors: question for question in QUESTIONS if question.mirrors}


def check(question: Question, tries: dict[str, Callable[[], bool]]) -> None:
    """Try every option, and compare those that did it with the key."""
    assert tries.keys() == {option.id for option in question.options}, "try each option"
    did = {option for option, attempt in tries.items() if attempt()}
    assert did == question.right_options, f"{question.key}: {did} did it"


def test_question_1_a_checkpointer_and_a_thread_id_resume_and_neither_does_alone():
    def resumes(config: Any, given: Any = None, **how: Any) -> bool:
        outbox.clear()
        graph = mail_agent(interrupt_before=["tools"], **how)
        raised(graph.invoke, MAIL, config)
        raised(graph.invoke, given, config)
        return outbox == ["alice"]

    kept = mail_agent(checkpointer=None, interrupt_before=["tools"]).invoke(MAIL)
    check(
        MIRRORED[1],
        {
            "handler-and-messages": lambda: resumes({}, kept, checkpointer=None),
            "checkpointer-and-callback": lambda: resumes({"callbacks": []}),
            "checkpointer-and-messages": lambda: resumes({}, kept),
            "checkpointer-and-thread": lambda: resumes(THREAD),
        },
    )
    for given in (None, kept):
        assert not resumes(THREAD, given, checkpointer=None), "a thread id alone has resumed"


def test_question_2_none_runs_the_node_and_words_a_method_and_patience_do_not():
    def runs(act: Callable[[Any], Any]) -> bool:
        raised(act, paused())
        return outbox == ["alice"]

    check(
        MIRRORED[2],
        {
            "new-input": lambda: runs(lambda graph: graph.invoke(user("hello"), THREAD)),
            "resume-method": lambda: runs(lambda graph: graph.resume(THREAD)),
            # Between two calls nothing of LangGraph runs: to wait is to look again.
            "timeout": lambda: runs(waits),
            "none": lambda: runs(lambda graph: graph.invoke(None, THREAD)),
        },
    )


def test_question_3_next_holds_names_of_nodes_and_no_message_tool_or_step():
    graph = paused()
    state = graph.get_state(THREAD)
    said = [message.text for message in state.values["messages"]]
    (call,) = state.values["messages"][-1].tool_calls
    nodes = {*graph.nodes}
    check(
        MIRRORED[3],
        {
            "message": lambda: not {*said}.isdisjoint(state.next),
            "nodes": lambda: type(state.next) is tuple and {*state.next} <= nodes,
            "tool": lambda: call["name"] in state.next,
            "step": lambda: state.metadata["step"] in state.next,
        },
    )
    assert state.next, "an empty tuple shows nothing"


def test_question_4_without_a_checkpointer_no_answer_resumes_a_pause_whatever_is_kept():
    def resumes(**how: Any) -> bool:
        outbox.clear()
        graph = mail_agent(checkpointer=None, **how)
        kept = graph.invoke(MAIL)
        came = [
            raised(graph.invoke, Command(resume=True, update=update)) for update in (None, kept)
        ]
        return outbox != [] or not all(error.startswith("RuntimeError") for error in came)

    could = resumes(interrupt_before=["tools"]) or resumes(tools=ask_first)
    check(MIRRORED[4], {"true": lambda: could, "false": lambda: not could})


def test_question_5_only_the_accepted_parameter_stops_each_time_before_the_tools():
    def stops_each_time(parameter: str) -> bool:
        outbox.clear()
        graph = mail_agent(**{parameter: ["tools"]})
        seen = []
        for name in ("alice", "bob"):
            graph.invoke(user(name), THREAD)
            seen.append((waits(graph), list(outbox)))
            graph.invoke(None, THREAD)
        return seen == [(["tools"], []), (["tools"], ["alice"])]

    question = MIRRORED[5]
    for accepted in question.accepted:
        assert stops_each_time(accepted.partition("=")[0]), accepted
    for miss in question.near_misses:
        refused = raised(stops_each_time, miss.text)
        assert refused != "nothing" or not stops_each_time(miss.text), miss.text
