"""A thread read by anyone, while others may be deciding it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.review.reading.calling import UNSAVED, Calling
from course_utils.review.reading.graphs import node_names
from course_utils.review.reading.standing import Reading
from course_utils.review.reading.thread import Thread, thread_id
from course_utils.review.record.entries import JournalError

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

    from course_utils.review.reading.standing import JournalReader

RUNNING = "When this was read, {reviewer} was resuming the thread, since {when}."
UNREADABLE = "This thread cannot be read. LangGraph says: {kind}: {error}"

# How often to look again at a thread that others decide meanwhile.
_LOOKS = 4


def look(
    graph: Pregel[Any, Any, Any, Any],
    config: RunnableConfig,
    journal: JournalReader | None,
    *,
    tools_node: str | None = None,
) -> Thread:
    """Read what a thread is doing now. Nothing is run and nothing is written.

    Args:
        graph: a compiled graph, bare or wrapped by LangChain.
        config: names the thread.
        journal: that of the graph's checkpointer, None for a graph without one.
        tools_node: the node that runs tool calls, where it is a function and not a ToolNode.

    Returns:
        The thread; `unreadable` with LangGraph's words where LangGraph cannot read it.

    Raises:
        TypeError: if it is no compiled graph.
        ValueError: if the config names no thread, or `tools_node` is no node of the graph.
        JournalError: if the journal of decisions cannot be read.
    """
    thread_id(config)
    try:
        names = node_names(graph) if tools_node is not None else [tools_node]
        if tools_node in names:
            if journal is None:
                return Thread("unsaved", UNSAVED)
            return _read(Calling(graph), config, journal, tools_node)
    except JournalError:
        raise
    except Exception as error:
        return unreadable(error)
    raise ValueError(f"tools_node={tools_node!r} is no node of this graph: {names}")


def unreadable(error: Exception) -> Thread:
    """Return a thread of which is known only why LangGraph cannot read it."""
    return Thread("unreadable", UNREADABLE.format(kind=type(error).__name__, error=error))


def _read(
    calling: Calling, config: RunnableConfig, journal: JournalReader, tools_node: str | None
) -> Thread:
    """Read until state and journal tell of one moment: between the two looks others may decide."""
    seen: set[str] = set()
    for _ in range(_LOOKS):
        reading = Reading.of(calling, config, journal, tools_node)
        unfinished = reading.unfinished()
        if unfinished and journal.held(reading.id):
            return _running(reading)
        thread = reading.thread()
        # The lock was free and the same entries were open before this look: they were cut off.
        if unfinished == seen and not reading.overtaken(thread):
            break
        seen = unfinished
    return thread


def _running(reading: Reading) -> Thread:
    newest = [entry for entry in reading.entries if entry.outcome is None][-1]
    words = RUNNING.format(reviewer=newest.reviewer, when=newest.told_time)
    return Thread("running", words, reading.messages(), resumed_by=newest.reviewer)
