"""Where the waiting nodes of a thread stand: in the graph itself, or in its subgraphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langgraph.types import StateSnapshot

from course_utils.review.tool_calls import subgraphs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from langgraph.checkpoint.base import CheckpointTuple
    from langgraph.pregel import Pregel
    from langgraph.types import PregelTask, Send

    from course_utils.review.calling import Calling

_SENDS_CHANNEL = "__pregel_tasks"


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

    def answered(self, task: PregelTask) -> bool:
        """Tell whether the checkpoint keeps an answer that the task was given."""
        saved = self._saved()
        writes = saved.pending_writes if saved else None
        return any(id_ == task.id and channel == "__resume__" for id_, channel, _ in writes or [])

    def hidden(self, task: PregelTask) -> bool:
        """Tell whether a waiting node has called a graph that LangGraph does not know of."""
        inside = f"{task.name}:{task.id}"
        namespace = f"{self.namespace}|{inside}" if self.namespace else inside
        configurable = self.snapshot.config["configurable"]
        config = {"thread_id": configurable["thread_id"], "checkpoint_ns": namespace}
        return task.state is None and self.calling.saved({"configurable": config}) is not None

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
        if isinstance(task.state, StateSnapshot) and task.state.next and task.name in inner:
            yield from places(calling, inner[task.name], task.state)
        else:
            here.append(task)
    if here:
        yield Place(calling, graph, snapshot, tuple(here))
