"""Where the waiting nodes of a thread stand: in the graph itself, or in its subgraphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langgraph.types import StateSnapshot

from course_utils.review.reading.tool_calls import subgraphs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from langgraph.checkpoint.base import CheckpointTuple
    from langgraph.pregel import Pregel
    from langgraph.types import PregelTask, Send

    from course_utils.review.reading.calling import Calling

_SENDS_CHANNEL = "__pregel_tasks"
# What stands for the task in a write that is meant for whichever task asks.
_NO_TASK = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Place:
    """Some waiting nodes, and the graph whose nodes they are.

    Attributes:
        calling: the calls on the whole graph, through which a place is read and written.
        graph: the graph or subgraph.
        snapshot: its newest state.
        tasks: its nodes that have not finished, without those that are subgraphs waiting inside.
    """

    calling: Calling
    graph: Pregel[Any, Any, Any, Any]
    snapshot: StateSnapshot
    tasks: tuple[PregelTask, ...]

    @property
    def namespace(self) -> str:
        """The checkpoint namespace: empty for the graph itself."""
        return str(self.snapshot.config["configurable"].get("checkpoint_ns", ""))

    @property
    def checkpoint_id(self) -> str:
        """The checkpoint that waits."""
        return str(self.snapshot.config["configurable"]["checkpoint_id"])

    def sends(self) -> Sequence[Send]:
        """Return the Sends of the step that waits, in their order."""
        saved = self._saved()
        return saved.checkpoint["channel_values"].get(_SENDS_CHANNEL, []) if saved else []

    def answered_plainly(self) -> bool:
        """Tell whether the checkpoint keeps an answer that was given without a question's id."""
        saved = self._saved()
        writes = saved.pending_writes if saved else None
        return any(id_ == _NO_TASK and name == "__resume__" for id_, name, _ in writes or [])

    def answered(self, task: PregelTask) -> bool:
        """Tell whether the checkpoint keeps an answer that the task was given."""
        saved = self._saved()
        writes = saved.pending_writes if saved else None
        return any(id_ == task.id and channel == "__resume__" for id_, channel, _ in writes or [])

    def hidden(self, task: PregelTask) -> bool:
        """Tell whether a waiting node has called a graph whose state LangGraph does not show.

        A node that waits has not begun to run. One that has called a graph and has neither failed
        nor asked therefore waits in that graph, whatever is shown of it.
        """
        newer = self.calling.saved_since(self.snapshot.config)
        return any(self._ran_in(task, saved) for saved in newer)

    def _ran_in(self, task: PregelTask, saved: CheckpointTuple) -> bool:
        """Tell whether a checkpoint is of a graph that a task has called."""
        names = str(saved.config["configurable"].get("checkpoint_ns", "")).split("|")
        if any(":" in name for name in names):
            return f"{task.name}:{task.id}" in names
        # A graph with checkpointer=True keeps its state from run to run, under names without ids.
        parents = saved.metadata.get("parents", {})
        return task.name in names and parents.get(self.namespace) == self.checkpoint_id

    def _saved(self) -> CheckpointTuple | None:
        return self.calling.saved(self.snapshot.config)


def places(
    calling: Calling, graph: Pregel[Any, Any, Any, Any], snapshot: StateSnapshot
) -> Iterator[Place]:
    """Yield every place where nodes of a thread wait, those inside subgraphs first.

    Args:
        calling: the calls on the whole graph.
        graph: the graph or subgraph that the snapshot is of.
        snapshot: its newest state, read with its subgraphs' states.
    """
    inner = subgraphs(graph)
    here = []
    for task in snapshot.tasks:
        if task.result is not None:
            continue
        state = task.state if task.name in inner else None
        # Of several graphs that a node calls, LangGraph shows the first, and that as if it were
        # another of them.
        seen_whole = not _called_twice(calling, snapshot, task)
        if isinstance(state, StateSnapshot) and state.next and seen_whole:
            yield from places(calling, inner[task.name], state)
        else:
            here.append(task)
    if here:
        yield Place(calling, graph, snapshot, tuple(here))


def _called_twice(calling: Calling, snapshot: StateSnapshot, task: PregelTask) -> bool:
    """Tell whether a node has called a graph more than once."""
    here = snapshot.config["configurable"]
    parts = [here.get("checkpoint_ns", ""), f"{task.name}:{task.id}", "1"]
    config = {"thread_id": here["thread_id"], "checkpoint_ns": "|".join(filter(None, parts))}
    return calling.saved({"configurable": config}) is not None
