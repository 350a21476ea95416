"""What a thread is doing now, told apart: waiting, running, cut off, crashed or finished."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from langchain.agents.middleware.human_in_the_loop import (
    DecisionType,
    HITLRequest,
    ReviewConfig,
)
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import StateSnapshot

from course_utils.review.reading.calling import Calling
from course_utils.review.reading.pauses import (
    LETS_OTHERS_RUN,
    PLAIN_ANSWER,
    BreakpointPause,
    Pause,
    read_breakpoint,
    read_breakpoints,
    read_questions,
)
from course_utils.review.reading.places import Place, places
from course_utils.review.reading.tool_calls import conversation_key, messages_in, node_names
from course_utils.review.record.journal import CUT_OFF, PauseKey, journal_of, kinds_of

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Collection, Mapping, Sequence

    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel
    from langgraph.types import PregelTask

    from course_utils.review.record.journal import Journal, JournalEntry

Status = Literal[
    "unsaved",
    "unknown",
    "unreadable",
    "paused",
    "running",
    "interrupted",
    "crashed",
    "finished",
]

# What a resume leaves in the metadata of every checkpoint it writes: the ids of its claims, the
# decision, and the nodes that must not run rejected calls.
CLAIMS, DECIDED, ACTORS = "hitl_claims", "hitl_decided", "hitl_actors"

_CUT_OFF = {None, CUT_OFF}
_BROKEN_OFF = {*_CUT_OFF, "failed"}

UNSAVED = (
    "This graph was compiled without a checkpointer: it saves nothing, so a pause cannot be "
    "resumed. Compile it with checkpointer=InMemorySaver()."
)
UNKNOWN = (
    "Nothing is saved for thread {thread!r}. Check the thread_id, or invoke the graph on it first."
)
FINISHED = "Thread {thread!r} has finished: no node is waiting to run."
CRASHED = "Node {node!r} failed with {error}."
RUNS_AGAIN = "A part of it may have happened, and Run again does it once more."
MAY_REPEAT = "A part of it may have happened, and Carry on may do that again."
KEEPS_ANSWER = "It keeps the answer it was given, and runs again with that one."
STOPPED = "Stopped in the middle of a step: a node has run and its result is not yet in the state."
ANSWERED = "Node {node!r} was given an answer, and the run was cut off before the node had ended."
PAUSED = "Paused before {nodes}."
NO_STOP = "Stopped before {nodes}, where this graph has no breakpoint."
ASKS = "Asked by {nodes}."
RUNNING = "Being resumed right now by {reviewer}, since {when}."
MAY_HAVE_HAPPENED = (
    "{reviewer} decided this on {when} ({decision}), and the run was cut off before it ended: a "
    "part of it may have happened, and letting it go on may do that again."
)
UNFINISHED = (
    "A decision ({decision}) stands, and the run was cut off before it ended. Carry on finishes it."
)
NO_JOURNAL = (
    "Waiting, or interrupted while it ran. This checkpointer's decisions are kept in this process "
    "alone, so the two cannot be told apart; if it was interrupted, approving may do it again."
)


@dataclass(frozen=True)
class Thread:
    """The newest state of one thread, read once.

    Attributes:
        status: `paused`, `crashed` and `interrupted` threads carry what can be decided.
        explanation: the status in a sentence or two, for a person.
        caution: what may happen twice, or cannot be told; empty where there is no doubt.
        messages: the conversation so far.
        pauses: what waits for a decision; several where several questions wait at once.
        nodes: those that wait or have failed, by their names in the outermost graph.
    """

    status: Status
    explanation: str
    messages: tuple[BaseMessage, ...] = ()
    pauses: tuple[Pause, ...] = ()
    nodes: tuple[str, ...] = ()
    caution: str = ""

    @property
    def pause(self) -> Pause | None:
        """The first of the pauses."""
        return self.pauses[0] if self.pauses else None


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
    graph: Pregel[Any, Any, Any, Any],
    config: RunnableConfig,
    *,
    tools_node: str | None = None,
    loop: asyncio.AbstractEventLoop | None = None,
) -> Thread:
    """Read what a thread is doing now. Nothing is run and nothing is written.

    Args:
        graph: a compiled graph.
        config: names the thread.
        tools_node: the node that runs tool calls, where it is a function and not a ToolNode.
        loop: the running loop of another thread to read an async checkpointer in.

    Raises:
        ValueError: if the config names no thread, or `tools_node` is no node of the graph.
        JournalError: if the journal of decisions cannot be read.
    """
    thread = thread_id(config)
    if tools_node is not None and tools_node not in (names := node_names(graph)):
        raise ValueError(f"tools_node={tools_node!r} is no node of this graph: {names}")
    if not isinstance(graph.checkpointer, BaseCheckpointSaver):
        return Thread("unsaved", UNSAVED)
    resumed_by = journal_of(graph.checkpointer).being_resumed(thread)
    calling = Calling(graph, loop)
    if resumed_by is None:
        return read_claimed(calling, config, tools_node)
    words = RUNNING.format(reviewer=resumed_by.reviewer, when=told_time(resumed_by))
    return Thread("running", words, _messages(calling.state(config)))


def read_claimed(calling: Calling, config: RunnableConfig, tools_node: str | None) -> Thread:
    """Read a thread as the one who holds its lock, and will not be told that it is running.

    Args:
        calling: the calls on the graph, which has a checkpointer.
        config: names the thread.
        tools_node: the node that runs tool calls, where it is a function and not a ToolNode.
    """
    snapshot = calling.state(config)
    journal = journal_of(calling.saver)
    reading = _Reading(thread_id(config), calling, snapshot, tools_node, journal)
    thread = reading.thread()
    return replace(
        thread,
        pauses=tuple(replace(p, tried=_tried(journal.last(p.key))) for p in thread.pauses),
        messages=_messages(snapshot),
        nodes=thread.nodes or tuple(dict.fromkeys(snapshot.next)),
    )


def _messages(snapshot: StateSnapshot) -> tuple[BaseMessage, ...]:
    return tuple(messages_in(snapshot.values, conversation_key(snapshot.values)))


def _tried(last: JournalEntry | None) -> int:
    return last.attempt if last and last.outcome in _BROKEN_OFF else 0


def told_time(entry: JournalEntry) -> str:
    """Say when a decision was claimed."""
    return f"{entry.claimed_at:%Y-%m-%d %H:%M:%S} UTC"


def told_decision(entry: JournalEntry) -> str:
    """Say which decision was claimed."""
    return ", ".join(kinds_of(entry.decision)) or "an answer"


@dataclass(frozen=True)
class _Reading:
    """One reading of a thread's newest state, and of what the journal says of it."""

    id: str
    calling: Calling
    snapshot: StateSnapshot
    tools_node: str | None
    journal: Journal

    def thread(self) -> Thread:
        if self.snapshot.metadata is None:
            return Thread("unknown", UNKNOWN.format(thread=self.id))
        waiting = list(places(self.calling, self.calling.graph, self.snapshot))
        if not waiting and self.snapshot.tasks:
            pause = self._breakpoint([self._root()])
            return Thread("interrupted", STOPPED, (), (self._carry_on(pause),))
        if not waiting:
            return Thread("finished", FINISHED.format(thread=self.id))
        return self._waiting(waiting)

    def _waiting(self, waiting: Sequence[Place]) -> Thread:
        tasks = [(place, task) for place in waiting for task in place.tasks]
        failed = [task for place, task in tasks if self._failed(place, task)]
        if failed:
            return self._crashed(waiting, failed[0], [task.name for task in failed])
        answered = [task for place, task in tasks if self._keeps_answer(place, task)]
        if answered:
            return self._answered(waiting, answered[0])
        # What a subgraph has only just asked can be answered once the graph around it knows of it.
        known = {asked.id for asked in self.snapshot.interrupts}
        asking = {id_ for _, task in tasks for id_ in self._asks(task)} & known
        return self._asking(waiting, asking) if asking else self._at_breakpoint(waiting)

    def _failed(self, place: Place, task: PregelTask) -> bool:
        """Tell a node that failed from one that failed once, and asks or has been asked again."""
        if task.error is None:
            return False
        entries = [self.journal.last(self._key(asked.id)) for asked in task.interrupts]
        if not entries:
            return True
        known = [entry for entry in entries if entry]
        return any(e.outcome == "failed" for e in known) if known else place.answered(task)

    def _keeps_answer(self, place: Place, task: PregelTask) -> bool:
        """Tell a question that LangGraph would not put again, as its answer is saved already."""
        return any(self._begun(asked.id) for asked in task.interrupts) and place.answered(task)

    def _asks(self, task: PregelTask) -> set[str]:
        """Return the questions of a task, without those that its subgraph has got past.

        The graph around it goes on showing them until the subgraph has come to an end.
        """
        asked = {asked.id for asked in task.interrupts}
        if not isinstance(task.state, StateSnapshot):
            return asked
        inside = {asked.id for asked in task.state.interrupts}
        return {id_ for id_ in asked if id_ in inside or not self._begun(id_)}

    def _begun(self, pause_id: str) -> bool:
        """Tell whether a question was decided by a run that did not come to its end."""
        entry = self.journal.last(self._key(pause_id))
        return entry is not None and entry.outcome in _BROKEN_OFF

    def _key(self, pause_id: str) -> PauseKey:
        checkpoint_id = str(self.snapshot.config["configurable"]["checkpoint_id"])
        return PauseKey(self.id, "", checkpoint_id, pause_id)

    def _root(self) -> Place:
        return Place(self.calling, self.calling.graph, self.snapshot, self.snapshot.tasks)

    def _breakpoint(self, waiting: Sequence[Place], *, failed: bool = False) -> BreakpointPause:
        if len(waiting) > 1:
            return read_breakpoints(self.id, self._root(), waiting, failed=failed)
        return read_breakpoint(self.id, waiting[0], self.tools_node, failed=failed)

    def _crashed(self, waiting: Sequence[Place], task: PregelTask, names: Sequence[str]) -> Thread:
        pause = self._breakpoint(waiting, failed=True)
        caution = RUNS_AGAIN
        if task.interrupts:
            key = self._key(task.interrupts[0].id)
            pause = _only(replace(pause, key=key, approval="run again"), "approve")
            caution = f"{KEEPS_ANSWER} {RUNS_AGAIN}"
        words = CRASHED.format(node=task.name, error=task.error)
        return Thread("crashed", words, (), (pause,), tuple(names), caution)

    def _answered(self, waiting: Sequence[Place], task: PregelTask) -> Thread:
        key = self._key(task.interrupts[0].id)
        pause = replace(self._breakpoint(waiting, failed=True), key=key, approval="carry on")
        words, caution = ANSWERED.format(node=task.name), f"{KEEPS_ANSWER} {MAY_REPEAT}"
        return Thread("interrupted", words, (), (_only(pause, "approve"),), caution=caution)

    def _asking(self, waiting: Sequence[Place], asking: Collection[str]) -> Thread:
        beside = [p for p in waiting if p.namespace and not any(t.interrupts for t in p.tasks)]
        held = (self._breakpoint(beside),) if beside else ()
        asked = [
            (task.name, asked)
            for task in self.snapshot.tasks
            for asked in task.interrupts
            if asked.id in asking
        ]
        root = self._root()
        shut = PLAIN_ANSWER if root.answered_plainly() else ""
        if held:
            shut = LETS_OTHERS_RUN.format(nodes=" and ".join(held[0].before))
        questions = read_questions(self.id, root.checkpoint_id, asked, shut)
        nodes = " and ".join(dict.fromkeys(name for name, _ in asked))
        return self._waits((*held, *questions), ASKS.format(nodes=nodes))

    def _at_breakpoint(self, waiting: Sequence[Place]) -> Thread:
        pause = self._breakpoint(waiting)
        nodes = " and ".join(pause.before)
        left_by = self._left_by(pause)
        if left_by:
            metadata: Mapping[str, Any] = pause.place.snapshot.metadata or {}
            written = metadata.get("source") == "update" and CLAIMS in metadata
            stops = _stops_at(pause)
            if written or not (stops or pause.calls):
                decided = metadata.get(DECIDED, told_decision(left_by))
                words = UNFINISHED.format(decision=decided)
                pause = self._carry_on(pause)
                return Thread("interrupted", words, (), (pause,), caution=MAY_REPEAT)
            if not stops:
                # What led here may have been a Command, which an edit would not repeat.
                offered = (kind for kind in pause.decisions if kind != "edit")
                pause = _only(replace(pause, approval="carry on"), *offered)
                words, caution = NO_STOP.format(nodes=nodes), _told_cut_off(left_by)
                return Thread("interrupted", words, (), (pause,), caution=caution)
        return self._waits((pause,), PAUSED.format(nodes=nodes))

    def _carry_on(self, pause: BreakpointPause) -> BreakpointPause:
        """Return what finishes the decision that was cut off here: one more attempt at the same.

        Under the key of this place it could be claimed only once, and a run may come to an end
        without leaving the place: in a question.
        """
        left_by = self._left_by(pause)
        key = left_by.key if left_by else pause.key
        return _only(replace(pause, key=key, approval="carry on"), "approve")

    def _left_by(self, pause: BreakpointPause) -> JournalEntry | None:
        """Return the decision whose run came to this place and was cut off, not stopped here."""
        claims = str((pause.place.snapshot.metadata or {}).get(CLAIMS, "")).split(",")
        entries = self.journal.entries(self.id)
        unfinished = [entry for entry in entries if entry.outcome is None]
        left = [entry for entry in entries if entry.id in claims and entry.outcome in _CUT_OFF]
        if all(entry.key != pause.key for entry in unfinished):
            left += unfinished
        return left[-1] if left else None

    def _waits(self, pauses: tuple[Pause, ...], explanation: str) -> Thread:
        for pause in pauses:
            entry = self.journal.last(pause.key)
            if entry and entry.outcome in _CUT_OFF:
                caution = _told_cut_off(entry)
                return Thread("interrupted", explanation, (), pauses, caution=caution)
        return Thread("paused", explanation, (), pauses, caution=self._doubt())

    def _doubt(self) -> str:
        """Say that a journal which ends with the process cannot tell of the process before."""
        saver = self.calling.saver
        lives_on = not isinstance(saver, InMemorySaver | SqliteSaver)
        return NO_JOURNAL if lives_on and not self.journal.durable else ""


def _told_cut_off(entry: JournalEntry) -> str:
    return MAY_HAVE_HAPPENED.format(
        reviewer=entry.reviewer, when=told_time(entry), decision=told_decision(entry)
    )


def _stops_at(pause: BreakpointPause) -> bool:
    """Tell whether a run that had come so far was to stop here, and not cut off."""
    stops = pause.place.graph.interrupt_before_nodes
    return stops == "*" or not set(pause.before).isdisjoint(stops)


def _only(pause: BreakpointPause, *kinds: DecisionType) -> BreakpointPause:
    """Offer these decisions on a pause and no others."""
    request = HITLRequest(
        action_requests=pause.request["action_requests"],
        review_configs=[
            ReviewConfig(action_name=action["name"], allowed_decisions=list(kinds))
            for action in pause.request["action_requests"]
        ],
    )
    return replace(pause, request=request, decisions=kinds, remarks=())
