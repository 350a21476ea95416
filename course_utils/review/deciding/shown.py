"""A thread as it is shown to those who may decide it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from course_utils.review.reading.graphs import compiled_graph
from course_utils.review.reading.interrupt_requests import request_of
from course_utils.review.reading.reader import look
from course_utils.review.record.opening import journal_of

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

    from course_utils.review.reading.thread import Thread


def read_thread(
    graph: Pregel[Any, Any, Any, Any],
    config: RunnableConfig,
    *,
    tools_node: str | None = None,
) -> Thread:
    """Read what a thread is doing now, and what of it may be decided.

    Nothing is run and nothing is written. The journal of the graph's checkpointer tells a thread
    that waits from one that runs or was cut off.

    Args:
        graph: a compiled graph, bare or wrapped by LangChain.
        config: names the thread.
        tools_node: the node that runs tool calls, where it is a function and not a ToolNode.

    Returns:
        The thread; `unreadable` with LangGraph's words where LangGraph cannot read it.

    Raises:
        TypeError: if it is no compiled graph; the message says what is needed.
        ValueError: if the config names no thread, or `tools_node` is no node of the graph.
        JournalError: if the journal of decisions cannot be read.
    """
    compiled = compiled_graph(graph)
    journal = journal_of(compiled.checkpointer)
    return look(compiled, config, journal, tools_node=tools_node)


def withheld(thread: Thread, why: str) -> Thread:
    """Return a thread of which nothing can be decided, and that says why.

    Args:
        thread: as it was read.
        why: in a sentence or two.
    """
    pauses = tuple(
        replace(
            pause,
            request=request_of(actions, [[]] * len(actions)),
            decisions=(),
            remarks=(why,),
        )
        for pause in thread.pauses
        for actions in [pause.request["action_requests"]]
    )
    return replace(thread, pauses=pauses)
