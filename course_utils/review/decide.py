"""Carry out a person's decision on a paused thread, once."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from langchain_core.messages import ToolMessage

from course_utils.review.thread import Thread, read_thread, thread_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langchain.agents.middleware.human_in_the_loop import (
        ApproveDecision,
        RejectDecision,
    )
    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

    from course_utils.review.pause import Pause

REJECTED = "The person rejected this call, and it was not run."

_resuming: set[tuple[int, str]] = set()
_resuming_guard = threading.Lock()


class AlreadyDecidedError(RuntimeError):
    """The pause is no longer the thread's present one, or is being resumed right now."""


def decide(
    graph: Pregel[Any, Any, Any, Any],
    config: RunnableConfig,
    pause: Pause,
    decision: ApproveDecision | RejectDecision,
) -> Thread:
    """Carry out a decision on a static pause and run the thread to its next stop.

    A rejection answers every pending call with a ToolMessage written as the node that would have
    run them, so that they are behind the thread for good, and lets the agent close the turn.

    Within one process a pause is decided once: whoever comes second is told so. Two processes that
    decide the same pause at the same moment are not held apart here.

    Args:
        graph: the compiled graph.
        config: names the thread.
        pause: the pause as it was shown to the person.
        decision: one of LangChain's own decisions, `approve` or `reject` with a `message`.

    Returns:
        The thread as it stands afterwards, at its end or at its next pause.

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
            _answer_for_good(graph, config, pause, decision.get("message", ""))
        graph.invoke(None, config)
    return read_thread(graph, config, tools_node=pause.executor)


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


def _answer_for_good(
    graph: Pregel[Any, Any, Any, Any], config: RunnableConfig, pause: Pause, reason: str
) -> None:
    content = f"{REJECTED} Reason: {reason}" if reason else REJECTED
    answers = [
        ToolMessage(content, name=call["name"], tool_call_id=call["id"], status="error")
        for call in pause.calls
    ]
    graph.update_state(config, {pause.messages_key: answers}, as_node=pause.executor)
    ahead = {*pause.before, pause.executor} & set(graph.get_state(config).next)
    if ahead:
        raise RuntimeError(
            f"The calls are answered, but this graph would run {sorted(map(str, ahead))} next and "
            "might make them all the same, so it was not resumed."
        )
