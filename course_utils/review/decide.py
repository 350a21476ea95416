"""Carry out a person's decision on a paused thread, once."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langchain_core.messages import ToolMessage
from langgraph.graph import END, START

from course_utils.review.thread import Thread, read_thread, thread_id
from course_utils.review.tool_calls import last_calls, messages_in, tool_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langchain.agents.middleware.human_in_the_loop import (
        ApproveDecision,
        RejectDecision,
    )
    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

    from course_utils.review.pause import Pause

REJECTED = "A person rejected this call."
ENDED = (
    "After the rejection this graph would have come back to the rejected calls, so the turn was "
    "ended here, without a reply of the agent."
)
SILENT = "The agent gave no reply: this graph ends after the node that runs the calls."

_resuming: set[tuple[int, str]] = set()
_resuming_guard = threading.Lock()


class AlreadyDecidedError(RuntimeError):
    """The pause is no longer the thread's present one, or is being resumed right now."""


@dataclass(frozen=True)
class Outcome:
    """What came of a decision.

    Attributes:
        thread: the thread as it stands now.
        remark: what a person would not expect, empty where all went its way.
    """

    thread: Thread
    remark: str = ""


def decide(
    graph: Pregel[Any, Any, Any, Any],
    config: RunnableConfig,
    pause: Pause,
    decision: ApproveDecision | RejectDecision,
) -> Outcome:
    """Carry out a decision on a static pause and run the thread to its next stop.

    A rejection answers every pending call with a ToolMessage written as the node that would have
    run them, so that they count as run, and lets the agent close the turn. A ToolNode runs calls
    that have been answered too, should the graph lead to one: where the thread would come to one
    before the agent has spoken anew, the turn is ended instead. What cannot be known is whether a
    plain function acts on rejected calls; name the one that runs them with `tools_node`.

    The thread runs on with the breakpoints it was compiled with and those of this pause, which may
    have been given to `invoke` and are not saved.

    Within one process and one checkpointer a pause is decided once: whoever comes second is told
    so. Two processes that decide the same pause at the same moment are not held apart here.

    Args:
        graph: the compiled graph.
        config: names the thread.
        pause: the pause as it was shown to the person.
        decision: one of LangChain's own decisions, `approve` or `reject` with a `message`.

    Returns:
        The thread as it stands afterwards, at its end or at its next pause, with a remark.

    Raises:
        AlreadyDecidedError: if the thread has moved on from this pause.
        ValueError: if this pause does not offer the decision.
        Exception: whatever a node raises while the thread runs.
    """
    if decision["type"] not in pause.decisions:
        raise ValueError(f"this pause offers {pause.decisions}, not {decision['type']!r}")
    with _the_only_resume(graph, config):
        _check_still_waiting(graph, config, pause)
        if decision["type"] == "reject":
            _answer(graph, config, pause, decision.get("message", ""))
            remark = _close_the_turn(graph, config, pause)
        else:
            graph.invoke(None, config, interrupt_before=_breakpoints(graph, pause))
            remark = ""
    return Outcome(read_thread(graph, config, tools_node=pause.executor), remark)


@contextmanager
def _the_only_resume(graph: Pregel[Any, Any, Any, Any], config: RunnableConfig) -> Iterator[None]:
    thread = (id(graph.checkpointer), thread_id(config))
    with _resuming_guard:
        if thread in _resuming:
            raise AlreadyDecidedError("This thread is being resumed right now by another decision.")
        _resuming.add(thread)
    try:
        yield
    finally:
        with _resuming_guard:
            _resuming.discard(thread)


def _check_still_waiting(
    graph: Pregel[Any, Any, Any, Any], config: RunnableConfig, pause: Pause
) -> None:
    now = read_thread(graph, config, tools_node=pause.executor)
    if now.pause != pause:
        raise AlreadyDecidedError(
            f"This pause was decided elsewhere; nothing was done. {now.explanation}"
        )


def _answer(
    graph: Pregel[Any, Any, Any, Any], config: RunnableConfig, pause: Pause, reason: str
) -> None:
    content = f"{REJECTED} Reason: {reason}" if reason else REJECTED
    answers = [
        ToolMessage(content, name=call["name"], tool_call_id=str(call["id"]), status="error")
        for call in pause.calls
        if call["id"] not in pause.answered
    ]
    update = {pause.messages_key: answers} if pause.messages_key else answers
    graph.update_state(config, update, as_node=pause.executor)


def _close_the_turn(graph: Pregel[Any, Any, Any, Any], config: RunnableConfig, pause: Pause) -> str:
    """Run on after a rejection, or end the turn where that would lead to the calls again."""
    breakpoints = _breakpoints(graph, pause)
    actors = {*tool_nodes(graph), *pause.before, str(pause.executor)}
    if not _comes_back(graph, config, pause, actors):
        graph.invoke(None, config, interrupt_before=sorted({*breakpoints, *actors}))
    if _comes_back(graph, config, pause, actors):
        graph.update_state(config, None, as_node=END)
        return ENDED
    if not set(graph.get_state(config).next) <= set(breakpoints):
        # It stopped for the calls of a new message, where the graph has no breakpoint.
        graph.invoke(None, config, interrupt_before=breakpoints)
    messages = messages_in(graph.get_state(config).values, pause.messages_key)
    return SILENT if isinstance(messages[-1], ToolMessage) else ""


def _comes_back(
    graph: Pregel[Any, Any, Any, Any], config: RunnableConfig, pause: Pause, actors: set[str]
) -> bool:
    snapshot = graph.get_state(config)
    calls, _ = last_calls(messages_in(snapshot.values, pause.messages_key))
    rejected = {call["id"] for call in pause.calls}
    return not actors.isdisjoint(snapshot.next) and any(call["id"] in rejected for call in calls)


def _breakpoints(graph: Pregel[Any, Any, Any, Any], pause: Pause) -> list[str]:
    compiled = graph.interrupt_before_nodes
    return sorted({*(graph.nodes if compiled == "*" else compiled), *pause.before} - {START})
