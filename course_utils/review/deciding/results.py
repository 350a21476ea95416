"""The answers that the calls of a breakpoint have got: only what has one is known to have run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.messages import ToolMessage

from course_utils.review.reading.calling import Calling
from course_utils.review.reading.conversations import conversations
from course_utils.review.reading.pauses import BreakpointPause

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterable

    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

    from course_utils.review.reading.pauses import Pause
    from course_utils.review.reading.thread import Thread


def results_of(
    graph: Pregel[Any, Any, Any, Any],
    config: RunnableConfig,
    pauses: Iterable[Pause],
    thread: Thread | None,
    loop: asyncio.AbstractEventLoop | None = None,
) -> dict[str, ToolMessage] | None:
    """Return what the calls of breakpoints were answered, by their ids, wherever the state has it.

    Args:
        graph: the compiled graph.
        config: names the thread.
        pauses: the breakpoints; in a subgraph, that one's own state is read.
        thread: the thread as it stands now, where it has just been read.
        loop: the running loop of another thread, to call an async graph in.

    Returns:
        The answers; None where it cannot be told, as with calls of several graphs at once.

    Raises:
        Exception: whatever LangGraph raises if the state cannot be read.
    """
    found: dict[str, ToolMessage] = {}
    for pause in pauses:
        if not (isinstance(pause, BreakpointPause) and pause.calls):
            continue
        if len(pause.before) > 1:
            return None
        messages: Iterable[BaseMessage]
        if thread and not pause.namespace:
            messages = thread.messages
        else:
            there = {"thread_id": pause.key.thread_id, "checkpoint_ns": pause.namespace}
            config_there: Any = {**config, "configurable": {**config["configurable"], **there}}
            values = Calling(graph, loop).state(config_there).values
            messages = (message for one in conversations(values) for message in one.messages)
        ids = {str(call["id"]) for call in pause.calls}
        answers = (message for message in messages if isinstance(message, ToolMessage))
        found |= {m.tool_call_id: m for m in answers if m.tool_call_id in ids}
    return found
