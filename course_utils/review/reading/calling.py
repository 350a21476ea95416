"""One graph called from plain code, whether it is sync or async."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.base import BaseCheckpointSaver

from course_utils.loops import run
from course_utils.neighbours import langgraph_checkpoints as private
from course_utils.review.reading.graphs import loop_bound, only_async
from course_utils.told_errors import ToldError

if TYPE_CHECKING:
    import asyncio

    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import CheckpointTuple
    from langgraph.pregel import Pregel
    from langgraph.types import StateSnapshot

UNSAVED = (
    "This graph was compiled without a checkpointer: it saves nothing, so a pause cannot be "
    "resumed. Compile it with checkpointer=InMemorySaver()."
)


class NoCheckpointerError(ToldError, ValueError):
    """There is no checkpointer where one is needed; the message says where to put it."""


@dataclass(frozen=True)
class Calling:
    """The calls that a decision makes on a graph, awaited where it is async.

    Attributes:
        graph: the compiled graph.
        loop: the running loop that an async graph belongs to, which must be another thread's;
            without one, such a graph runs in a loop of its own in the background.
        context: what its nodes read as `runtime.context`.
    """

    graph: Pregel[Any, Any, Any, Any]
    loop: asyncio.AbstractEventLoop | None = None
    context: Any = None

    @property
    def saver(self) -> BaseCheckpointSaver[Any]:
        """The graph's checkpointer.

        Raises:
            NoCheckpointerError: if the graph was compiled without one.
        """
        if not isinstance(self.graph.checkpointer, BaseCheckpointSaver):
            raise NoCheckpointerError(UNSAVED)
        return self.graph.checkpointer

    @cached_property
    def _awaited(self) -> bool:
        return only_async(self.graph)

    def state(self, config: RunnableConfig) -> StateSnapshot:
        """Return the newest state, with those of the subgraphs that wait in it."""
        if loop_bound(self.graph):
            return run(self.graph.aget_state(config, subgraphs=True), self.loop)
        return self.graph.get_state(config, subgraphs=True)

    def saved(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return a checkpoint as it is stored, None where there is none."""
        if loop_bound(self.graph):
            return run(self.saver.aget_tuple(config), self.loop)
        return self.saver.get_tuple(config)

    def saved_since(self, config: RunnableConfig) -> list[CheckpointTuple]:
        """Return checkpoints of a thread and its subgraphs that are newer than one of them.

        Of each namespace that has any, the newest is among them.
        """
        here = config["configurable"]
        thread, known = here["thread_id"], here["checkpoint_id"]
        namespaces = private.newest_in_memory(self.saver, thread)
        if namespaces is not None:
            # It would list all that it has of the thread before the first could be looked at.
            newer_in = [space for space, newest in namespaces.items() if newest > known]
            each = ({"thread_id": thread, "checkpoint_ns": space} for space in newer_in)
            return [found for one in each if (found := self.saved({"configurable": one}))]

        def newer(limit: int | None = None) -> list[CheckpointTuple]:
            saved = self._listed({"configurable": {"thread_id": thread}}, limit)
            return [one for one in saved if one.config["configurable"]["checkpoint_id"] > known]

        # Most often there are none, and a long thread need not be read to know it.
        return newer() if newer(limit=1) else []

    def _listed(self, config: RunnableConfig, limit: int | None) -> list[CheckpointTuple]:
        async def awaited() -> list[CheckpointTuple]:
            return [saved async for saved in self.saver.alist(config, limit=limit)]

        if loop_bound(self.graph):
            return run(awaited(), self.loop)
        return list(self.saver.list(config, limit=limit))

    def write(self, config: RunnableConfig, values: Any, as_node: str | None) -> None:
        """Write to the state as a node would have."""
        if self._awaited:
            run(self.graph.aupdate_state(config, values, as_node=as_node), self.loop)
        else:
            self.graph.update_state(config, values, as_node=as_node)

    def go_on(self, config: RunnableConfig, given: Any, breakpoints: list[str] | None) -> None:
        """Run the thread to its next stop, each step saved before the next begins.

        Args:
            config: names the thread.
            given: None, or a Command.
            breakpoints: the nodes to stop before; None for those the graph was compiled with.
        """
        how: dict[str, Any] = {
            "interrupt_before": breakpoints,
            "durability": "sync",
            "context": self.context,
        }
        if self._awaited:
            run(self.graph.ainvoke(given, config, **how), self.loop)
        else:
            self.graph.invoke(given, config, **how)
