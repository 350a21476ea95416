"""A graph watched while a `with` block lasts, and what its checkpoints add to what was seen."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import BaseCallbackManager
from langchain_core.runnables.base import RunnableBindingBase
from langchain_core.runnables.config import merge_configs

from course_utils.review.reading.calling import Calling
from course_utils.review.reading.graphs import compiled_graph
from course_utils.review.watching.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel
    from langgraph.types import StateSnapshot

    from course_utils.review.watching.ran import Ran

BY_HAND = {"update", "fork"}
"""What a checkpoint names as its source that no run has written."""

BACK = "back to an earlier checkpoint"
_MOST = 50  # checkpoints that one pause is followed back


@contextmanager
def recorded(graph: Any) -> Iterator[Recorder]:
    """Record every run of a graph while the block lasts, whoever calls it, from any thread.

    Copies that were made of the graph before, as `with_config` makes them, are not watched.

    Args:
        graph: a compiled graph, bare or wrapped by LangChain.

    Raises:
        TypeError: if it is no compiled graph; the message says what is needed.
    """
    while isinstance(graph, RunnableBindingBase):
        graph = graph.bound
    watched = compiled_graph(graph)
    recorder, before = Recorder(watched), watched.config
    ours = merge_configs(before, {"callbacks": [recorder]})
    watched.config = ours
    try:
        yield recorder
    finally:
        # Where others have changed it meanwhile, as another block would, theirs is kept.
        watched.config = before if watched.config is ours else _without(recorder, watched.config)
        recorder.close()
        complete(recorder.runs, watched)


def _without(recorder: Recorder, config: RunnableConfig | None) -> RunnableConfig | None:
    callbacks = (config or {}).get("callbacks")
    if isinstance(callbacks, BaseCallbackManager):
        callbacks = callbacks.copy()
        callbacks.remove_handler(recorder)
    elif callbacks:
        callbacks = [handler for handler in callbacks if handler is not recorder]
    return {**(config or {}), "callbacks": callbacks}


def complete(runs: Sequence[Ran], graph: Pregel[Any, Any, Any, Any]) -> None:
    """Add what only the checkpoints know: where each run stopped, and what was written between.

    Args:
        runs: runs of one graph, in the order of starts.
        graph: the graph.
    """
    looks, paused_at = _Looks(graph), {run.paused for run in runs if run.paused}
    left: set[str] = set()
    for run in runs:
        if run.paused and not run.stops:
            run.stops = looks.stops(run)
        if run.resumed and run.resumed not in paused_at and not run.written:
            run.written = tuple(looks.written(run, paused_at, left))
        left.add(run.resumed)


class _Looks:
    """Looks at the checkpoints of a graph, for a picture that does without what it cannot see."""

    def __init__(self, graph: Pregel[Any, Any, Any, Any]) -> None:
        self._calling = Calling(graph)

    def stops(self, run: Ran) -> tuple[str, ...]:
        state = self._state(run, run.paused)
        return tuple(dict.fromkeys(task.name for task in state.tasks)) if state else ()

    def written(self, run: Ran, paused_at: set[str], left: set[str]) -> list[str]:
        """Tell what led from a pause that was seen to where the run resumed, the first first.

        Where a run had gone on from that pause before, the thread has gone back to it.
        """
        found: list[str] = []
        state = self._state(run, run.resumed)
        while state and len(found) < _MOST and _source(state) in BY_HAND and state.parent_config:
            source = _source(state)
            earlier = str(state.parent_config["configurable"]["checkpoint_id"])
            state = self._state(run, earlier)
            found.insert(0, told_by_hand(source, state, ran=earlier in left))
            if earlier in paused_at:
                return [BACK, *found] if earlier in left else found
        return [BACK] if found else []

    def _state(self, run: Ran, checkpoint_id: str) -> StateSnapshot | None:
        where = {"thread_id": run.thread_id, "checkpoint_id": checkpoint_id, "checkpoint_ns": ""}
        try:
            return self._calling.state({"configurable": where})
        except Exception:  # of whatever kind a checkpointer of a stranger raises
            return None


def told_by_hand(source: str, before: StateSnapshot | None, *, ran: bool) -> str:
    """Tell how a checkpoint came to be that no run has written.

    Args:
        source: what its metadata names.
        before: the checkpoint before it.
        ran: whether a run has gone on from the checkpoint before.
    """
    if source == "fork":
        return "fork"
    node = None if ran else written_as(before)
    return f"update_state, as {node}" if node else "update_state"


def written_as(before: StateSnapshot | None) -> str | None:
    """Return the node as which `update_state` wrote after a checkpoint; None where it is not known.

    LangGraph keeps it as the result of that node's task, where that is due, and else not at all. In
    a step of several nodes, or one that has begun, a result may also be that of a run.

    Args:
        before: the checkpoint; no run has gone on from it.
    """
    tasks = before.tasks if before else ()
    begun = any(task.interrupts or task.error for task in tasks)
    names = {task.name for task in tasks}
    written = any(task.result is not None for task in tasks)
    return names.pop() if written and len(names) == 1 and not begun else None


def _source(state: StateSnapshot) -> str:
    return str((state.metadata or {}).get("source", ""))
