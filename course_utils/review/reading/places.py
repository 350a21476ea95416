"""Where the waiting nodes of a thread stand: in the graph itself, or in its subgraphs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from langgraph.types import StateSnapshot

from course_utils.neighbours import langgraph as private
from course_utils.review.reading.graphs import subgraphs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from langgraph.checkpoint.base import CheckpointTuple
    from langgraph.pregel import Pregel
    from langgraph.types import PregelTask, Send

    from course_utils.review.reading.calling import Calling


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
    def within(self) -> tuple[str, ...]:
        """The nodes that lead to the graph; none for the outermost graph."""
        return private.nodes_in(self.namespace)

    @property
    def checkpoint_id(self) -> str:
        """The checkpoint that waits."""
        return str(self.snapshot.config["configurable"]["checkpoint_id"])

    def sends(self) -> Sequence[Send]:
        """Return the Sends of the step that waits, in their order."""
        return private.sends_of(self._saved)

    def answered_plainly(self) -> bool:
        """Tell whether the checkpoint keeps an answer that was given without a question's id."""
        return private.was_answered_plainly(self._saved)

    def answered(self, task: PregelTask) -> bool:
        """Tell whether the checkpoint keeps an answer that the task was given."""
        return private.was_answered(self._saved, task)

    def is_a_stop(self) -> bool:
        """Tell whether the compiled graph stops here by itself, whoever runs it.

        Elsewhere its run goes on right now, or was cut off, or was stopped by a breakpoint that was
        given to the call, of which nothing is saved. A graph stops before a step of which no node
        has begun.
        """
        if len(self.tasks) < len(self.snapshot.tasks):
            return False
        before, after = self.graph.interrupt_before_nodes, self.graph.interrupt_after_nodes
        if _names(before, (task.name for task in self.tasks)):
            return True
        return bool(after) and _names(after, self._ran_last())

    def _ran_last(self) -> tuple[str, ...]:
        """Return the nodes whose step led here, past what people wrote to the state since."""
        now, before = self.snapshot, self._before(self.snapshot)
        while before and (now.metadata or {}).get("source") == "update" and before.next == now.next:
            now, before = before, self._before(before)
        return before.next if before else ()

    def _before(self, snapshot: StateSnapshot) -> StateSnapshot | None:
        return self.calling.state(snapshot.parent_config) if snapshot.parent_config else None

    def hidden(self, task: PregelTask) -> bool:
        """Tell whether a waiting node has called a graph whose state LangGraph does not show.

        A node that waits has not begun to run. One that has called a graph and has neither failed
        nor asked therefore waits in that graph, whatever is shown of it.
        """
        here = {"namespace": self.namespace, "checkpoint_id": self.checkpoint_id}
        return any(private.ran_in(task, saved, **here) for saved in self._newer)

    @cached_property
    def _saved(self) -> CheckpointTuple | None:
        return self.calling.saved(self.snapshot.config)

    @cached_property
    def _newer(self) -> list[CheckpointTuple]:
        return self.calling.saved_since(self.snapshot.config)


def _names(stops: Sequence[str] | Literal["*"], nodes: Iterable[str]) -> bool:
    return stops == "*" or not set(stops).isdisjoint(nodes)


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
    namespace = private.namespace_of_a_second_call(here.get("checkpoint_ns", ""), task)
    config = {"thread_id": here["thread_id"], "checkpoint_ns": namespace}
    return calling.saved({"configurable": config}) is not None
