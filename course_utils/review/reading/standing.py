"""Where a thread stands: waiting, cut off, crashed or finished, from one look at all there is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from langgraph.types import StateSnapshot

from course_utils.neighbours import langgraph as private
from course_utils.neighbours.langchain import DECISION_TYPES, named_node
from course_utils.neighbours.langgraph_checkpoints import lives_on
from course_utils.printable import listed
from course_utils.review.reading import words
from course_utils.review.reading.asking import asking as all_asking
from course_utils.review.reading.configured import (
    configurable_of,
    message_without,
    secrets_in,
    without,
)
from course_utils.review.reading.conversations import conversations
from course_utils.review.reading.graphs import only_async
from course_utils.review.reading.interrupt_requests import request_of
from course_utils.review.reading.marks import CLAIMS, DECIDED, marked
from course_utils.review.reading.pauses import (
    ASK_AGAIN,
    LETS_OTHERS_RUN,
    PLAIN_ANSWER,
    BreakpointPause,
    InterruptPause,
    Pause,
    read_breakpoint,
    read_breakpoints,
    read_questions,
)
from course_utils.review.reading.places import Place, places
from course_utils.review.reading.thread import Thread, thread_id
from course_utils.review.record.entries import CUT_OFF, DONE, FAILED, PauseKey, newest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import RunnableConfig
    from langgraph.types import PregelTask

    from course_utils.neighbours.langchain import DecisionType
    from course_utils.review.reading.calling import Calling
    from course_utils.review.record.entries import JournalEntry

_CUT_OFF = {None, CUT_OFF}
_BROKEN_OFF = {*_CUT_OFF, FAILED}


class JournalReader(Protocol):
    """What a reading asks a journal."""

    durable: bool

    def about(
        self, thread_id: str, checkpoints: Collection[str], claims: Collection[str]
    ) -> list[JournalEntry]:
        """Return the entries about these checkpoints, these claims' pauses, and unfinished ones."""

    def held(self, thread_id: str) -> bool:
        """Tell whether anyone holds a thread's lock right now."""


@dataclass(frozen=True)
class Reading:
    """One reading of a thread's newest state, and of what the journal says of it.

    Attributes:
        id: the thread.
        calling: the calls on its graph.
        snapshot: its newest state.
        tools_node: the node that runs tool calls, where it is a function and not a ToolNode.
        waiting: where its nodes wait.
        entries: what the journal knows of its pauses, oldest first.
        durable: whether the journal outlives the process.
        secrets: what it was run with under the name of a secret, which is shown to nobody.
    """

    id: str
    calling: Calling
    snapshot: StateSnapshot
    tools_node: str | None
    waiting: tuple[Place, ...]
    entries: tuple[JournalEntry, ...]
    durable: bool
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(
        cls,
        calling: Calling,
        config: RunnableConfig,
        journal: JournalReader,
        tools_node: str | None,
        snapshot: StateSnapshot | None = None,
    ) -> Reading:
        """Read a thread: its state once, the journal once.

        Args:
            calling: the calls on the graph, which has a checkpointer.
            config: names the thread.
            journal: that of the checkpointer.
            tools_node: the node that runs tool calls, where it is a function and not a ToolNode.
            snapshot: the thread's newest state, where it has just been read.

        Raises:
            JournalError: if the journal cannot be read.
            Exception: whatever LangGraph raises if the state cannot be read.
        """
        id_, now = thread_id(config), snapshot or calling.state(config)
        waiting = tuple(places(calling, calling.graph, now))
        states = [now, *(place.snapshot for place in waiting)]
        checkpoints = {str(s.config["configurable"].get("checkpoint_id", "")) for s in states}
        claims = {claim for state in states for claim in marked(state, CLAIMS)}
        entries = tuple(journal.about(id_, checkpoints, claims))
        given = {**configurable_of(now), **config["configurable"]}
        secrets = secrets_in(given)
        return cls(id_, calling, now, tools_node, waiting, entries, journal.durable, secrets)

    def place(self, namespace: str) -> Place:
        """Return where nodes wait in this namespace; the whole graph where none do."""
        found = (place for place in self.waiting if place.namespace == namespace)
        return next(found, self._root)

    def unfinished(self) -> set[str]:
        """Return the ids of the entries that have no outcome: cut off, or running right now."""
        return {entry.id for entry in self.entries if entry.outcome is None}

    def last(self, key: PauseKey) -> JournalEntry | None:
        """Return the newest attempt to decide a pause."""
        return newest(self.entries, key)

    def settled(self, entries: Collection[JournalEntry], outcome: str) -> Reading:
        """Return the reading as it would be once these entries have this outcome."""
        ids = {entry.id for entry in entries}
        known = (replace(e, outcome=outcome) if e.id in ids else e for e in self.entries)
        return replace(self, entries=tuple(known))

    def overtaken(self, thread: Thread) -> bool:
        """Tell whether a pause of this thread was decided between the two looks at it."""
        entries = [self.last(pause.key) for pause in thread.pauses]
        return any(entry is not None and entry.outcome == DONE for entry in entries)

    def thread(self) -> Thread:
        """Tell what the thread is doing, as the one who holds its lock.

        Raises:
            Exception: whatever LangGraph raises if a checkpoint cannot be read.
        """
        thread = self._told()
        return replace(
            thread,
            pauses=tuple(replace(p, tried=self._tried(p.key)) for p in thread.pauses),
            explanation=without(thread.explanation, self.secrets),
            messages=self.messages(),
            secrets=self.secrets,
            nodes=thread.nodes or tuple(dict.fromkeys(self.snapshot.next)),
        )

    def messages(self) -> tuple[BaseMessage, ...]:
        """Return the conversation so far, that of the first list of messages first."""
        each = (m for one in conversations(self.snapshot.values) for m in one.messages)
        once = {message.id or id(message): message for message in each}
        return tuple(message_without(message, self.secrets) for message in once.values())

    def _tried(self, key: PauseKey) -> int:
        last = self.last(key)
        return last.attempt if last and last.outcome in _BROKEN_OFF else 0

    def _told(self) -> Thread:
        if self.snapshot.metadata is None:
            return Thread("unknown", words.UNKNOWN.format(thread=self.id))
        if not self.waiting and self.snapshot.tasks:
            return self._in_the_middle(self._breakpoint([self._root]))
        if not self.waiting:
            return self._at_no_known_node()
        tasks = [(place, task) for place in self.waiting for task in place.tasks]
        failed = [task for place, task in tasks if self._failed(place, task)]
        if failed:
            return self._crashed(failed[0], [task.name for task in failed])
        answered = [task for place, task in tasks if self._keeps_answer(place, task)]
        if answered:
            return self._answered(answered[0])
        # What a subgraph has only just asked can be answered once the graph around it knows of it.
        known = {asked.id for asked in self.snapshot.interrupts}
        asking = {id_ for _, task in tasks for id_ in self._asks(task)} & known
        return self._asking(asking) if asking else self._at_breakpoint()

    def _in_the_middle(self, pause: BreakpointPause) -> Thread:
        carry_on = self._carry_on(pause)
        if self._left_by(pause) or self._cut_off((pause,), words.STOPPED):
            return Thread("interrupted", words.STOPPED, (), (carry_on,))
        return Thread("unclear", words.IN_THE_MIDDLE, (), (carry_on,), caution=words.RUNS_TWICE)

    def _at_no_known_node(self) -> Thread:
        missing = private.nodes_missing(
            self.calling.graph, self.calling.saved(self.snapshot.config)
        )
        if not missing:
            return Thread("finished", words.FINISHED.format(thread=self.id))
        told = words.STRANDED.format(thread=self.id, nodes=_nodes(missing))
        return Thread("stranded", told, nodes=tuple(missing))

    def _failed(self, place: Place, task: PregelTask) -> bool:
        """Tell a node that failed from one that failed once, and asks or has been asked again."""
        if task.error is None:
            return False
        entries = [self.last(self._key(asked.id)) for asked in task.interrupts]
        if not entries:
            return True
        known = [entry for entry in entries if entry]
        return any(e.outcome == FAILED for e in known) if known else place.answered(task)

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
        entry = self.last(self._key(pause_id))
        return entry is not None and entry.outcome in _BROKEN_OFF

    def _key(self, pause_id: str) -> PauseKey:
        checkpoint_id = str(self.snapshot.config["configurable"]["checkpoint_id"])
        return PauseKey(self.id, "", checkpoint_id, pause_id)

    @cached_property
    def _root(self) -> Place:
        return Place(self.calling, self.calling.graph, self.snapshot, self.snapshot.tasks)

    def _breakpoint(self, waiting: Sequence[Place], *, failed: bool = False) -> BreakpointPause:
        if len(waiting) > 1:
            return read_breakpoints(self.id, self._root, waiting, failed=failed)
        return read_breakpoint(self.id, waiting[0], self.tools_node, failed=failed)

    def _crashed(self, task: PregelTask, names: Sequence[str]) -> Thread:
        pause = self._breakpoint(self.waiting, failed=True)
        caution = words.RUNS_AGAIN
        if task.interrupts:
            key = self._key(task.interrupts[0].id)
            pause = _only(replace(pause, key=key, approval="run again"), "approve")
            pause = replace(pause, decisions=("approve", ASK_AGAIN))
            anew = words.ASKS_ANEW.format(node=named_node(task.name))
            caution = f"{words.KEEPS_ANSWER} {caution} {anew}"
        told = words.CRASHED.format(node=_subject(task.name), error=task.error)
        return Thread("crashed", told, (), (pause,), tuple(names), caution)

    def _answered(self, task: PregelTask) -> Thread:
        key = self._key(task.interrupts[0].id)
        pause = replace(self._breakpoint(self.waiting, failed=True), key=key, approval="carry on")
        told, caution = (
            words.ANSWERED.format(node=_subject(task.name)),
            f"{words.KEEPS_ANSWER} {words.MAY_REPEAT}",
        )
        return Thread("interrupted", told, (), (_only(pause, "approve"),), caution=caution)

    def _asking(self, asking: Collection[str]) -> Thread:
        beside = [p for p in self.waiting if p.namespace and not any(t.interrupts for t in p.tasks)]
        held = (self._breakpoint(beside),) if beside else ()
        root = self._root
        asked = [one for one in all_asking(root) if one.interrupt.id in asking]
        shut = PLAIN_ANSWER if root.answered_plainly() else ""
        if held:
            shut = LETS_OTHERS_RUN.format(nodes=_nodes(held[0].before))
        questions = read_questions(
            self.id, root.checkpoint_id, asked, shut, at_once=only_async(self.calling.graph)
        )
        told = _asks(questions, dict.fromkeys(one.node for one in asked))
        busy = _nodes(self._busy())
        if busy:
            told = f"{told} {words.BUSY_BESIDE.format(nodes=busy)}"
            caution = words.RUNS_BESIDE.format(nodes=busy)
            return Thread("unclear", told, (), (*held, *questions), caution=caution)
        return self._waits((*held, *questions), told)

    def _busy(self) -> Iterator[str]:
        """Yield the nodes beside a question that have begun, and neither ended nor asked."""
        for place in self.waiting:
            asks = any(task.interrupts for task in place.tasks)
            if asks or not place.is_a_stop():
                yield from (task.name for task in place.tasks if not task.interrupts)

    def _at_breakpoint(self) -> Thread:
        pause = self._breakpoint(self.waiting)
        nodes, stops = _nodes(pause.before), all(place.is_a_stop() for place in self.waiting)
        left_by = self._left_by(pause)
        if left_by:
            metadata: Mapping[str, Any] = self.place(pause.namespace).snapshot.metadata or {}
            written = metadata.get("source") == "update" and CLAIMS in metadata
            if written or not (stops or pause.calls):
                decided = metadata.get(DECIDED, left_by.told_decision)
                told = words.UNFINISHED.format(decision=decided)
                pause = self._carry_on(pause)
                return Thread("interrupted", told, (), (pause,), caution=words.MAY_REPEAT)
            if not stops:
                # What led here may have been a Command, which an edit would not repeat.
                kinds = [kind for kind in DECISION_TYPES if kind in pause.decisions]
                offered = (kind for kind in kinds if kind != "edit")
                pause = _only(replace(pause, approval="carry on"), *offered)
                told, caution = words.NO_STOP.format(nodes=nodes), _told_cut_off(left_by)
                return Thread("interrupted", told, (), (pause,), caution=caution)
        cut_off = self._cut_off((pause,), words.CUT_OFF_AT.format(nodes=nodes))
        if stops or cut_off:
            return cut_off or self._waits((pause,), words.PAUSED.format(nodes=nodes))
        late = words.MAY_REPEAT_IT if pause.decisions == ("approve",) else words.MAY_BE_LATE
        told = words.UNCLEAR.format(nodes=nodes)
        return Thread("unclear", told, (), (pause,), caution=late.format(nodes=nodes))

    def _carry_on(self, pause: BreakpointPause) -> BreakpointPause:
        """Return what finishes the decision that was cut off here: one more attempt at the same.

        Under the key of this place it could be claimed only once, and a run may come to an end
        without leaving the place: in a question.
        """
        left_by = self._left_by(pause)
        key = left_by.key if left_by else pause.key
        return _only(replace(pause, key=key, approval="carry on"), "approve")

    def _left_by(self, pause: BreakpointPause) -> JournalEntry | None:
        """Return the decision whose run came to this place and broke off, and was not stopped."""
        claims = marked(self.place(pause.namespace).snapshot, CLAIMS)
        unfinished = [entry for entry in self.entries if entry.outcome is None]
        left = [e for e in self.entries if e.id in claims and e.outcome in _BROKEN_OFF]
        if all(entry.key != pause.key for entry in unfinished):
            left += unfinished
        return left[-1] if left else None

    def _waits(self, pauses: tuple[Pause, ...], explanation: str) -> Thread:
        waits = Thread("paused", explanation, (), pauses, caution=self._doubt())
        return self._cut_off(pauses, explanation) or waits

    def _cut_off(self, pauses: tuple[Pause, ...], explanation: str) -> Thread | None:
        """Return the thread as one whose run was cut off after a decision on one of its pauses."""
        for pause in pauses:
            entry = self.last(pause.key)
            if entry and entry.outcome in _CUT_OFF:
                caution = _told_cut_off(entry)
                return Thread("interrupted", explanation, (), pauses, caution=caution)
        return None

    def _doubt(self) -> str:
        """Say that a journal which ends with the process cannot tell of the process before."""
        return words.NO_JOURNAL if lives_on(self.calling.saver) and not self.durable else ""


def _nodes(names: Iterable[str]) -> str:
    return listed(map(named_node, names))


def _subject(node: str) -> str:
    """Begin a sentence about a node."""
    told = named_node(node)
    return f"Node {node!r}" if told == node else f"{told[0].upper()}{told[1:]}"


def _asks(questions: Sequence[InterruptPause], nodes: Iterable[str]) -> str:
    """Say what is asked about: the calls that would run, or by which node where it is no call."""
    if any(question.asked.format == "value" for question in questions):
        return words.ASKS.format(nodes=_nodes(nodes))
    asked = (action["name"] for one in questions for action in one.request["action_requests"])
    calls = list(dict.fromkeys(asked))
    runs = "runs" if len(calls) == 1 else "run"
    return words.ASKS_BEFORE.format(calls=listed(calls), runs=runs)


def _told_cut_off(entry: JournalEntry) -> str:
    return words.MAY_HAVE_HAPPENED.format(
        reviewer=entry.reviewer, when=entry.told_time, decision=entry.told_decision
    )


def _only(pause: BreakpointPause, *kinds: DecisionType) -> BreakpointPause:
    """Offer these decisions on a pause and no others."""
    actions = pause.request["action_requests"]
    request = request_of(actions, [kinds] * len(actions))
    return replace(pause, request=request, decisions=kinds, remarks=())
