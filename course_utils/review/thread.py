"""What a thread is doing now: unknown, paused, crashed or finished, told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from langgraph.checkpoint.base import BaseCheckpointSaver

from course_utils.review.pause import Pause, read_pause
from course_utils.review.tool_calls import conversation_key, messages_in

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

Status = Literal["unsaved", "unknown", "paused", "crashed", "finished"]

UNSAVED = (
    "This graph was compiled without a checkpointer: it saves nothing, so a pause cannot be "
    "resumed. Compile it with checkpointer=InMemorySaver()."
)
UNKNOWN = (
    "Nothing is saved for thread {thread!r}. Check the thread_id, or invoke the graph on it first."
)
FINISHED = "Thread {thread!r} has finished: no node is waiting to run."
CRASHED = (
    "Node {node!r} failed with {error}. invoke(None, config) would run it again without asking, "
    "so there is nothing to approve here."
)
STOPPED = (
    "Stopped in the middle of a step: a node has run and its result is not yet in the state. "
    "invoke(None, config) goes on from there."
)
PAUSED = "Paused before {nodes}."
MAYBE_INTERRUPTED = (
    "Waiting, or interrupted while it ran. LangGraph does not tell the two apart; if it was "
    "interrupted, approving may do it again."
)


@dataclass(frozen=True)
class Thread:
    """The newest state of one thread, read once.

    Attributes:
        status: `paused` alone carries a pause.
        explanation: the status in a sentence or two, for a person.
        caution: what LangGraph cannot tell of this thread, empty where there is no doubt.
        messages: the conversation so far.
        pause: what waits, where the status is `paused`.
        crashed_nodes: the nodes that failed, where it is `crashed`.
    """

    status: Status
    explanation: str
    messages: tuple[BaseMessage, ...] = ()
    pause: Pause | None = None
    crashed_nodes: tuple[str, ...] = ()
    caution: str = ""


def thread_id(config: RunnableConfig) -> str:
    """Return the thread a config names.

    Raises:
        ValueError: if it names none, or names a past checkpoint, which no decision can change.
    """
    configurable = config.get("configurable") or {}
    if configurable.get("thread_id") is None:
        raise ValueError(
            'config names no thread: pass {"configurable": {"thread_id": "..."}}, '
            "the same one the graph was invoked with."
        )
    if configurable.get("checkpoint_id"):
        raise ValueError(
            "config names a checkpoint_id, but only the newest checkpoint of a thread can be "
            "decided: leave it out."
        )
    return str(configurable["thread_id"])


def read_thread(
    graph: Pregel[Any, Any, Any, Any], config: RunnableConfig, *, tools_node: str | None = None
) -> Thread:
    """Read what a thread is doing now. Nothing is run and nothing is written.

    Args:
        graph: a compiled graph.
        config: names the thread.
        tools_node: the node that runs tool calls, where it is a function and not a ToolNode.

    Raises:
        ValueError: if the config names no thread, or `tools_node` is no node of the graph.
    """
    thread = thread_id(config)
    if tools_node is not None and tools_node not in graph.nodes:
        raise ValueError(f"tools_node={tools_node!r} is no node of this graph: {list(graph.nodes)}")
    if not isinstance(graph.checkpointer, BaseCheckpointSaver):
        return Thread("unsaved", UNSAVED)
    snapshot = graph.get_state(config)
    if snapshot.metadata is None:
        return Thread("unknown", UNKNOWN.format(thread=thread))
    messages = tuple(messages_in(snapshot.values, conversation_key(snapshot.values)))
    if not snapshot.next and not snapshot.tasks:
        return Thread("finished", FINISHED.format(thread=thread), messages)
    failed = [task for task in snapshot.tasks if task.error is not None]
    if failed:
        words = CRASHED.format(node=failed[0].name, error=failed[0].error)
        return Thread("crashed", words, messages, crashed_nodes=tuple(t.name for t in failed))
    if not snapshot.next:
        stopped = tuple(task.name for task in snapshot.tasks)
        return Thread("crashed", STOPPED, messages, crashed_nodes=stopped)
    pause = read_pause(graph, snapshot, tools_node)
    explanation = PAUSED.format(nodes=" and ".join(pause.before))
    caution = MAYBE_INTERRUPTED if pause.decisions else ""
    return Thread("paused", explanation, messages, pause, caution=caution)
