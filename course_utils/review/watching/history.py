"""A thread's checkpoints as they are saved, each with the tasks that stood or ran after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from course_utils.loops import run as run_awaited
from course_utils.neighbours import langgraph as private
from course_utils.review.reading.calling import Calling
from course_utils.review.reading.configured import without
from course_utils.review.reading.graphs import compiled_graph, loop_bound
from course_utils.review.reading.reader import look
from course_utils.review.reading.thread import thread_id
from course_utils.review.record.opening import journal_of
from course_utils.review.watching.in_short import error_in_short, in_short
from course_utils.review.watching.sent_in_short import sent_in_short
from course_utils.review.watching.watching import BY_HAND, told_by_hand, written_as

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel
    from langgraph.types import PregelTask, StateSnapshot

    from course_utils.review.reading.thread import Thread

START = "__start__"

Kind = Literal["ran", "waits", "left", "asks", "raised", "hand"]


@dataclass(frozen=True)
class Stood:
    """A task after a checkpoint.

    Attributes:
        node: its node.
        told: what it was sent, asked and answered, in short.
        status: what came of it, for a person, as "ran".
        kind: the same for a program.
    """

    node: str
    told: tuple[str, ...]
    status: str
    kind: Kind


@dataclass(frozen=True)
class Saved:
    """A checkpoint.

    Attributes:
        number: its place in the order of saving, among those shown.
        name: what it is, for a person.
        before: the number of the checkpoint that it follows; None for the first that is shown.
        tasks: what stood or ran after it.
        by_hand: whether no run has written it, but `update_state` or a fork.
        present: whether it is where the thread stands now.
    """

    number: int
    name: str
    before: int | None
    tasks: tuple[Stood, ...]
    by_hand: bool
    present: bool


@dataclass(frozen=True)
class History:
    """What is saved of a thread.

    Attributes:
        checkpoints: in the order of saving.
        more: whether there are earlier ones that are left out.
        note: what is to be said of the whole thread, as that it is unknown.
    """

    checkpoints: tuple[Saved, ...]
    more: bool
    note: str


def history_of(graph: Any, config: RunnableConfig, most: int) -> History:
    """Read what is saved of a thread.

    Args:
        graph: a compiled graph with a checkpointer.
        config: names the thread; a checkpoint that it names is passed over.
        most: how many checkpoints are read, the newest first.

    Raises:
        TypeError: if it is no compiled graph.
        ValueError: if the config names no thread, or the graph has no checkpointer.
        Exception: whatever LangGraph raises if a checkpoint cannot be read.
    """
    compiled = compiled_graph(graph)
    named = {"thread_id": (config.get("configurable") or {}).get("thread_id")}
    where: RunnableConfig = {"configurable": named}
    thread_id(where)
    reading = _Reading(Calling(compiled), where)
    return reading.history(most)


class _Reading:
    def __init__(self, calling: Calling, config: RunnableConfig) -> None:
        self._calling, self._config = calling, config
        self._graph: Pregel[Any, Any, Any, Any] = calling.graph
        journal = journal_of(calling.saver)
        self._thread: Thread = look(calling.graph, config, journal)

    def history(self, most: int) -> History:
        newest_first = self._snapshots(most + 1)
        if not newest_first:
            return History((), more=False, note=self._thread.explanation)
        shown = newest_first[:most][::-1]
        numbers = {_id(snapshot): number for number, snapshot in enumerate(shown, 1)}
        now = _id(newest_first[0])
        followed = _Followed(shown)
        each = [self._saved(s, followed, numbers, now) for s in shown]
        return History(tuple(each), len(newest_first) > most, "")

    def _snapshots(self, limit: int) -> list[StateSnapshot]:
        async def awaited() -> list[StateSnapshot]:
            history = self._graph.aget_state_history(self._config, limit=limit)
            return [snapshot async for snapshot in history]

        if loop_bound(self._graph):
            return run_awaited(awaited(), self._calling.loop)
        return list(self._graph.get_state_history(self._config, limit=limit))

    def _saved(
        self, snapshot: StateSnapshot, followed: _Followed, numbers: dict[str, int], now: str
    ) -> Saved:
        present = _id(snapshot) == now
        in_order = sorted(snapshot.tasks, key=lambda task: private.place_in_its_step(task.path))
        tasks = [task for task in in_order if task.name != START]
        return Saved(
            number=numbers[_id(snapshot)],
            name=self._shown(followed.name(snapshot)),
            before=numbers.get(_parent(snapshot)),
            tasks=tuple(self._stood(snapshot, task, followed, present) for task in tasks),
            by_hand=_source(snapshot) in BY_HAND,
            present=present,
        )

    def _stood(
        self, snapshot: StateSnapshot, task: PregelTask, followed: _Followed, present: bool
    ) -> Stood:
        if followed.by_a_run(snapshot) or task.result is not None:
            status, kind = self._status_of_the_past(task, by_hand=followed.by_hand_as(snapshot))
        else:
            status, kind = self._status_of_a_stop(task, present=present)
            if kind == "left":
                status = f"{status} {followed.instead(snapshot)}"
        told = [*self._sent(snapshot, task), *self._asked(snapshot, task, waits=kind == "asks")]
        return Stood(task.name, tuple(map(self._shown, told)), self._shown(status), kind)

    def _asked(self, snapshot: StateSnapshot, task: PregelTask, *, waits: bool) -> list[str]:
        """Tell the question and the answers; of several questions a checkpoint keeps the last."""
        if not task.interrupts:
            return []
        asked = [f"asks: {in_short(one)}" for one in task.interrupts]
        answers = private.answers_given(self._calling.saved(snapshot.config), task)
        told = in_short(answers[0] if len(answers) == 1 else answers)
        if waits and answers:
            return [f"answered before: {told}", *asked]
        return [*asked, f"answer{'s' if len(answers) > 1 else ''}: {told}"] if answers else asked

    def _sent(self, snapshot: StateSnapshot, task: PregelTask) -> list[str]:
        number = private.number_of_the_send(task)
        if number is None:
            return []
        sends = private.sends_of(self._calling.saved(snapshot.config))
        if not 0 <= number < len(sends):
            return []
        return [sent_in_short(self._graph, sends[number])]

    def _status_of_the_past(self, task: PregelTask, *, by_hand: str | None) -> tuple[str, Kind]:
        if task.name == by_hand:
            return "written by update_state", "hand"
        return ("paused before it, then ran" if self._breaks(task) else "ran"), "ran"

    def _status_of_a_stop(self, task: PregelTask, *, present: bool) -> tuple[str, Kind]:
        if task.error is not None:
            return f"raised {error_in_short(str(task.error))}", "raised"
        if task.interrupts and present and self._thread.status == "interrupted":
            return "was answered, and has not ended", "waits"
        if task.interrupts:
            return ("waits for an answer" if present else "was left"), "asks"
        if present:
            return ("paused before" if self._thread.status == "paused" else "next"), "waits"
        return ("paused before it," if self._breaks(task) else "was next,"), "left"

    def _breaks(self, task: PregelTask) -> bool:
        stops = self._graph.interrupt_before_nodes
        return stops == "*" or task.name in stops

    def _shown(self, words: str) -> str:
        return without(words, self._thread.secrets)


class _Followed:
    """What each checkpoint of a thread was followed by: by what a run wrote, or a person."""

    def __init__(self, snapshots: Sequence[StateSnapshot]) -> None:
        self._by_id = {_id(snapshot): snapshot for snapshot in snapshots}
        self._by_a_run = {_parent(s) for s in snapshots if _source(s) == "loop"}
        self._by_hand = {_parent(s) for s in snapshots if _source(s) == "update"}
        self._by_input = {_parent(s) for s in snapshots if _source(s) == "input"}

    def by_a_run(self, snapshot: StateSnapshot) -> bool:
        return _id(snapshot) in self._by_a_run

    def instead(self, snapshot: StateSnapshot) -> str:
        """Say what came in place of a task that did not run."""
        if _id(snapshot) in self._by_hand:
            return "then update_state"
        return "then new input" if _id(snapshot) in self._by_input else "and left"

    def by_hand_as(self, snapshot: StateSnapshot) -> str | None:
        """Return the node as which a person wrote, where that is known."""
        id_ = _id(snapshot)
        return written_as(snapshot) if id_ in self._by_hand - self._by_a_run else None

    def name(self, snapshot: StateSnapshot) -> str:
        source = _source(snapshot)
        if source in BY_HAND:
            before = self._by_id.get(_parent(snapshot))
            return told_by_hand(source, before, ran=_parent(snapshot) in self._by_a_run)
        if source == "input":
            given = [task.result for task in snapshot.tasks if task.name == START]
            return f"input: {in_short(given[0])}" if given and given[0] else "input"
        return f"step {(snapshot.metadata or {}).get('step', '')}"


def _id(snapshot: StateSnapshot) -> str:
    return str(snapshot.config["configurable"]["checkpoint_id"])


def _parent(snapshot: StateSnapshot) -> str:
    """Return the checkpoint before one; empty where there is none."""
    parent = snapshot.parent_config
    return str(parent["configurable"]["checkpoint_id"]) if parent else ""


def _source(snapshot: StateSnapshot) -> str:
    return str((snapshot.metadata or {}).get("source", ""))
