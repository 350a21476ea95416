"""A recorder of what a graph runs: LangChain's callbacks, put into the graph's own config.

`with_config(callbacks=...)` would watch a copy of the graph only. A callback that a context
variable brings in (`register_configure_hook`) would miss every call from a thread or a task that
has another context. Each call of a graph, sync or async and from any thread, begins with the config
of the graph itself, so the recorder is put there, as `with_config` would, and taken out again.
"""

from __future__ import annotations

import re
import threading
from asyncio import CancelledError
from typing import TYPE_CHECKING, Any

from langgraph.callbacks import GraphCallbackHandler
from langgraph.errors import GraphBubbleUp, GraphInterrupt

from course_utils.neighbours import langgraph as private
from course_utils.review.reading.graphs import subgraphs, tool_nodes
from course_utils.review.reading.sent import calls_sent
from course_utils.review.watching.in_short import error_in_short, given_in_short, in_short
from course_utils.review.watching.ran import Ran

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from langgraph.callbacks import GraphInterruptEvent, GraphResumeEvent
    from langgraph.prebuilt import ToolNode
    from langgraph.pregel import Pregel

# Names that Python and this package give to threads: they tell nobody who called.
_NOBODY = re.compile(
    r"(MainThread|Thread-\d|ThreadPoolExecutor-\d|Dummy-\d|asyncio_\d|course-utils-|IPython|"
    r"Executor|Control|subshell)",
    re.IGNORECASE,
)
_UNTOLD = Ran("run", "", "what update_state calls, which is no run")
_OF_A_POOL = re.compile(r"_\d+$")


class Recorder(GraphCallbackHandler):
    """Writes down what starts and ends in the runs of a graph, until it is closed.

    Attributes:
        graph: the graph that is watched.
        runs: each run of the graph, in the order of starts.
    """

    # In an event loop too, events come one by one, in their order.
    run_inline = True

    def __init__(self, graph: Pregel[Any, Any, Any, Any]) -> None:
        self.graph = graph
        self.runs: list[Ran] = []
        self._tool_nodes = _all_tool_nodes(graph)
        # What each run of LangChain's is, and in which of ours those are that we do not tell.
        self._own: dict[UUID, Ran] = {}
        self._within: dict[UUID, Ran] = {}
        self._calls: dict[int, list[str | None]] = {}
        self._events = 0
        self._open = True
        self._guard = threading.RLock()

    def close(self) -> None:
        """Write down no more: copies of the graph may hold on to the recorder."""
        with self._guard:
            self._open = False

    def on_chain_start(
        self,
        serialized: dict[str, Any] | None,  # noqa: ARG002
        inputs: Any,
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        **about: Any,
    ) -> None:
        """Write down that the graph or one of its tasks starts; what is else inside is passed."""
        metadata = about.get("metadata") or {}
        with self._guard:
            parent = self._within.get(parent_run_id) if parent_run_id else None
            if parent is None and private.is_an_update(about.get("name")):
                self._within[run_id] = _UNTOLD
            elif parent is None:
                thread = str(metadata.get("thread_id", ""))
                run = Ran("run", _caller(), given_in_short(inputs), run_id, thread_id=thread)
                self._begin(run_id, run, None)
            elif parent is not _UNTOLD and private.is_a_task(about.get("tags")):
                self._begin(run_id, self._task(metadata, inputs), parent)
            else:
                self._within[run_id] = parent

    def on_tool_start(
        self,
        serialized: dict[str, Any] | None,
        input_str: str,
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        inputs: dict[str, Any] | None = None,
        **about: Any,
    ) -> None:
        """Write down that a tool starts."""
        name = about.get("name") or (serialized or {}).get("name", "tool")
        with self._guard:
            parent = self._within.get(parent_run_id) if parent_run_id else None
            if parent is None or parent is _UNTOLD:
                return
            call = about.get("tool_call_id")
            key = ("tool", call or (parent.key, name, input_str))
            given = in_short(inputs if inputs is not None else input_str)
            order = self._calls.get(id(parent), [])
            place = order.index(call) if call in order else len(order)
            self._begin(run_id, Ran("tool", name, given, key, order=(place,)), parent)

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **_: Any) -> None:  # noqa: ARG002
        """Write down that the graph or a task has ended."""
        self._end(run_id, None)

    def on_chain_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        """Write down that the graph or a task has raised, or has asked."""
        self._end(run_id, error)

    def on_tool_end(self, output: Any, *, run_id: UUID, **_: Any) -> None:  # noqa: ARG002
        """Write down that a tool has ended."""
        self._end(run_id, None)

    def on_tool_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        """Write down that a tool has raised, or has asked."""
        self._end(run_id, error)

    def on_interrupt(self, event: GraphInterruptEvent) -> None:
        """Write down where a run pauses."""
        run = self._own.get(event.run_id) if event.run_id else None
        if run is not None:
            run.paused, run.questions = event.checkpoint_id, len(event.interrupts)

    def on_resume(self, event: GraphResumeEvent) -> None:
        """Write down where a run resumes."""
        run = self._own.get(event.run_id) if event.run_id else None
        if run is not None:
            run.resumed = event.checkpoint_id

    def _task(self, metadata: Mapping[str, Any], inputs: Any) -> Ran:
        name = str(metadata.get("langgraph_node", ""))
        path = metadata.get("langgraph_path", ())
        sent = bool(path) and not isinstance(path[-1], str)
        key = (metadata.get("thread_id"), metadata.get("langgraph_checkpoint_ns"), name)
        task = Ran("task", name, in_short(inputs) if sent else "", key)
        task.order = private.place_in_its_step(path)
        task.step = int(metadata.get("langgraph_step", 0))
        runner = self._tool_nodes.get(name)
        task.parallel = runner is not None
        if runner is not None:
            self._calls[id(task)] = [call["id"] for call in calls_sent(inputs, runner)]
        return task

    def _begin(self, run_id: UUID, ran: Ran, parent: Ran | None) -> None:
        if not self._open:
            return
        self._own[run_id] = self._within[run_id] = ran
        ran.began = self._next()
        (self.runs if parent is None else parent.inside).append(ran)

    def _end(self, run_id: UUID, error: BaseException | None) -> None:
        with self._guard:
            self._within.pop(run_id, None)
            ran = self._own.pop(run_id, None)
            if ran is not None and self._open:
                ran.ended = self._next()
                _tell(ran, error)

    def _next(self) -> int:
        self._events += 1
        return self._events


def _tell(ran: Ran, error: BaseException | None) -> None:
    if isinstance(error, GraphInterrupt):
        ran.outcome = "asked"
        asked = error.args[0] if error.args else ()
        ran.told = tuple(in_short(one) for one in asked)
    elif error is None or isinstance(error, GraphBubbleUp):
        ran.outcome = "ended"
    elif isinstance(error, GeneratorExit | CancelledError):
        ran.outcome = "stopped"
    else:
        ran.outcome, ran.told = "raised", (error_in_short(error),)


def _caller() -> str:
    """Name who calls, where the program gave the thread a name."""
    name = threading.current_thread().name
    return "" if _NOBODY.match(name) else in_short(_OF_A_POOL.sub("", name), 24)


def _all_tool_nodes(graph: Pregel[Any, Any, Any, Any]) -> dict[str, ToolNode]:
    inner = [_all_tool_nodes(one) for one in subgraphs(graph).values()]
    return {name: node for nodes in (*inner, tool_nodes(graph)) for name, node in nodes.items()}
