"""The answers that the calls of a breakpoint have got: only what has one is known to have run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.messages import ToolMessage

from course_utils.review.reading.calling import Calling
from course_utils.review.reading.pauses import BreakpointPause

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterable, Iterator

    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

    from course_utils.review.reading.pauses import Pause


def results_of(
    graph: Pregel[Any, Any, Any, Any],
    config: RunnableConfig,
    pauses: Iterable[Pause],
    loop: asyncio.AbstractEventLoop | None = None,
) -> dict[str, ToolMessage] | None:
    """Return what the calls of breakpoints were answered, by their ids, wherever the state has it.

    Args:
        graph: the compiled graph.
        config: names the thread.
        pauses: the breakpoints; in a subgraph, that one's own state is read.
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
        there = {"thread_id": pause.key.thread_id, "checkpoint_ns": pause.namespace}
        config_there: Any = {**config, "configurable": {**config["configurable"], **there}}
        values = Calling(graph, loop).state(config_there).values
        ids = {str(call["id"]) for call in pause.calls}
        found |= {m.tool_call_id: m for m in _answers(values) if m.tool_call_id in ids}
    return found


def _answers(values: Any) -> Iterator[ToolMessage]:
    """Yield the answers to calls in every list of a state, those that are plain dicts too."""
    held = values.values() if isinstance(values, dict) else [values]
    for message in (one for part in held if isinstance(part, list) for one in part):
        if isinstance(message, ToolMessage):
            yield message
        elif isinstance(message, dict) and message.get("role") == "tool":
            said = str(message.get("content") or "")
            yield ToolMessage(said, tool_call_id=str(message.get("tool_call_id")))
