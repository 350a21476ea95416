"""Carry out a person's decisions on a paused thread, once."""

from __future__ import annotations

import getpass
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from langgraph.errors import is_invalid_resume
from langgraph.types import Command

from course_utils.printable import listed
from course_utils.review.deciding.breakpoints import actors_of, carry_out, corrected_message
from course_utils.review.deciding.drafts import draft_of_arguments
from course_utils.review.deciding.pause_decisions import PauseDecisions
from course_utils.review.deciding.shown import read_thread
from course_utils.review.deciding.turn import Turn
from course_utils.review.reading.calling import Calling
from course_utils.review.reading.configured import restored, secrets_in, without
from course_utils.review.reading.graphs import compiled_graph, wants_context
from course_utils.review.reading.marks import ACTORS, CLAIMS, DECIDED
from course_utils.review.reading.pauses import ASK_AGAIN, BreakpointPause, InterruptPause
from course_utils.review.reading.reader import unreadable
from course_utils.review.reading.standing import Reading
from course_utils.review.reading.thread import thread_id
from course_utils.review.record.entries import (
    DONE,
    FAILED,
    INVALID,
    STATIC,
    AlreadyClaimedError,
    JournalError,
    ThreadLockedError,
    newest,
)
from course_utils.review.record.opening import journal_of
from course_utils.told_errors import ToldError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator, Sequence

    from langchain.agents.middleware.human_in_the_loop import Decision
    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

    from course_utils.review.reading.pauses import Pause
    from course_utils.review.reading.thread import Thread
    from course_utils.review.record.entries import JournalEntry, PauseKey
    from course_utils.review.record.journal import Journal

GONE = "This pause is over. Somebody has resumed the thread or changed it. Nothing was done."
BUSY = "{reviewer} resumes this thread right now, since {when}. Nothing was done."
UNTOLD = "Someone else is deciding this thread right now. Nothing was done. Look again."
CHANGED = "This has changed since it was shown. Nothing was done. {now}"
LOST = "{reviewer} decided this first, on {when} ({decision}). Your decision was not carried out."
BESIDE = "a node beside it failed"
STILL_OPEN = "the question is still open"
UNSEEN = "the run returned, and then the thread could not be read: {error}"
TOO_LATE = (
    "The thread stood at no breakpoint of this graph. If another run had begun {nodes} before this "
    "decision, that run may still carry out what was not approved."
)
NO_CONTEXT = (
    "This graph declares a context_schema, and no context was given. Its nodes would find none, "
    "and could fail or do the wrong thing. Give the context that invoke was given, with context=."
)
UNRECORDED = "The thread was run, and how that ended is not in the journal."

# How long the holder of a thread's lock may take to write down a claim, to be told by name.
CLAIM_SECONDS = 2.0


NOTHING_WAITS = "Nothing waits here, so nothing can be decided."


class NothingWaitsError(ToldError, ValueError):
    """There is no pause to decide; the message says how the thread stands."""


class AlreadyDecidedError(RuntimeError):
    """The pause is no longer the thread's present one, or is being resumed right now."""


@dataclass(frozen=True)
class Outcome:
    """What came of a decision.

    Attributes:
        thread: the thread as it stands now.
        remark: what a person would not expect, empty where all went its way.
    """

    thread: Thread
    remark: str = ""


def decide(
    graph: Pregel[Any, Any, Any, Any],
    config: RunnableConfig,
    pause: Pause | None,
    decision: Decision | Sequence[Decision],
    *,
    reviewer: str | None = None,
    context: Any = None,
) -> Outcome:
    """Carry out the decisions on one pause and run the thread to its next stop.

    See `decide_together` for what is guaranteed and what is raised.

    Args:
        graph: the compiled graph.
        config: names the thread.
        pause: the pause as it was shown to the person.
        decision: LangChain's own `approve`, `edit`, `reject` or `respond`; one for each action
            asked about, or, at a breakpoint, one for the whole message.
        reviewer: who decides, for the journal; the user of this computer where it is not given.
        context: what the graph's nodes read as `runtime.context`.

    Raises:
        NothingWaitsError: if there is no pause, as on a thread that has finished.
    """
    if pause is None:
        raise NothingWaitsError(f"{NOTHING_WAITS} {read_thread(graph, config).explanation}")
    decided = [PauseDecisions.on(pause, decision)]
    return decide_together(graph, config, decided, reviewer=reviewer, context=context)


def decide_together(
    graph: Pregel[Any, Any, Any, Any],
    config: RunnableConfig,
    decided: Sequence[PauseDecisions],
    *,
    reviewer: str | None = None,
    context: Any = None,
    loop: asyncio.AbstractEventLoop | None = None,
) -> Outcome:
    """Answer one pause, or several questions that wait at once, in a single run.

    Before anything runs, each pause is claimed in the checkpointer's journal, and the thread is
    locked until the run returns.

    Exactly once: of all that decide the same pause through this function, in whatever thread or
    process, one is let through, and two runs never go on from one thread at the same time.

    At least once: what a run does. Cut off in the middle it can be taken up, after a warning, and
    then repeats what its unfinished node did. So does LangGraph itself with the code before an
    interrupt(), each time the node runs.

    Not covered: a thread that someone resumes with `invoke` beside this function; a checkpointer
    that is neither in memory nor SQLite nor PostgreSQL, whose claims are held in this process
    alone; a SQLite file on a network drive without locks; a lock on PostgreSQL whose connection is
    lost while the run goes on; a plain function that acts on rejected calls and was not named as
    `tools_node`; a breakpoint that was given to `invoke` and is not the one paused at, of which
    nothing is saved; a node that asks other questions, or in another order, when it runs again.

    The thread runs on with the breakpoints it was compiled with and those of this pause, which may
    have been given to `invoke` and are not saved. A rejection or a response answers every pending
    call with a ToolMessage written as the node that would have run them, and lets the agent close
    the turn. A ToolNode runs calls that have been answered too, should the graph lead to one: where
    the thread would come to one before the agent has spoken anew, the turn is ended instead.

    What the run needs is given back to it. Of the `configurable` that the thread was run with, the
    checkpoints keep texts, numbers, True and False; what else there was, and what is to be another
    value now, stands in `config`. A context is kept by no checkpoint and has to be given.

    Args:
        graph: the compiled graph, bare or wrapped by LangChain.
        config: names the thread, and perhaps more that its nodes need.
        decided: decisions on one breakpoint, or on one or several questions.
        reviewer: who decides, for the journal; the user of this computer where it is not given.
        context: what the graph's nodes read as `runtime.context`.
        loop: the running loop of another thread, to run an async graph in.

    Returns:
        The thread as it stands afterwards, at its end or at its next pause, with a remark.

    Raises:
        AlreadyDecidedError: if the thread has moved on from a pause, or runs right now.
        TypeError: if it is no compiled graph.
        ValueError: if a pause does not offer the decision, its tool would not take an edit, or a
            context is needed and not given.
        UneditableError: if an edit cannot be made in every copy of a call; it is a ValueError.
        JournalError: if the claim cannot be written; nothing has run then.
        Exception: whatever a node raises while the thread runs.
    """
    if not decided or len({one.pause.key for one in decided}) < len(decided):
        raise ValueError("decide at least one pause, and each of them once")
    if len(decided) != 1 and any(isinstance(a.pause, BreakpointPause) for a in decided):
        raise ValueError("a breakpoint is decided by itself, and takes one answer")
    compiled = compiled_graph(graph)
    if context is None and wants_context(compiled):
        raise ValueError(NO_CONTEXT)
    first = decided[0].pause
    tools_node = first.tools_node if isinstance(first, BreakpointPause) else None
    turn = Turn(Calling(compiled, loop, context), config)
    deciding = _Deciding(turn, tools_node, reviewer or getpass.getuser())
    with deciding.alone(first.key):
        reading = deciding.read()
        turn.config = restored(turn.calling, config, reading.snapshot)
        present = deciding.still_waiting(decided, reading)
        deciding.check_edits(present)
        deciding.check_copies(present, reading)
        entries = deciding.claim(present)
        return deciding.run(present, entries, reading)


@dataclass(frozen=True)
class _Deciding:
    turn: Turn
    tools_node: str | None
    reviewer: str

    @property
    def journal(self) -> Journal:
        return journal_of(self.turn.calling.saver)

    @contextmanager
    def alone(self, key: PauseKey) -> Iterator[None]:
        """Hold the thread's lock, under which the pause of this key is to be decided."""
        try:
            with self.journal.lock(thread_id(self.turn.config)):
                yield
        except ThreadLockedError:
            raise AlreadyDecidedError(self._who_is_first(key)) from None

    def _who_is_first(self, key: PauseKey) -> str:
        """Say who holds the lock; they write it down between taking the lock and resuming."""
        give_up = time.monotonic() + CLAIM_SECONDS
        while time.monotonic() < give_up:
            entries = self.journal.about(key.thread_id, {key.checkpoint_id}, ())
            winner = newest(entries, key)
            if winner and winner.outcome in {None, DONE}:
                return _lost_to(winner)
            others = [entry for entry in entries if entry.outcome is None]
            if others and self.journal.held(key.thread_id):
                return BUSY.format(reviewer=others[-1].reviewer, when=others[-1].told_time)
            time.sleep(0.01)
        return UNTOLD

    def read(self) -> Reading:
        """Read the thread; its state only where this decision has changed it since."""
        turn = self.turn
        return Reading.of(turn.calling, turn.config, self.journal, self.tools_node, turn.state())

    def still_waiting(
        self, decided: Sequence[PauseDecisions], reading: Reading
    ) -> list[PauseDecisions]:
        """Return the decisions, each on its pause as it stands now."""
        now = reading.thread()
        waiting = {pause.key: pause for pause in now.pauses}
        for one in decided:
            if one.pause.key not in waiting:
                winner = self._winner(one.pause.key)
                raise AlreadyDecidedError(_lost_to(winner) if winner else GONE)
            if not one.pause.shows_the_same_as(waiting[one.pause.key]):
                raise AlreadyDecidedError(CHANGED.format(now=now.explanation))
        return [replace(one, pause=waiting[one.pause.key]) for one in decided]

    def _winner(self, key: PauseKey) -> JournalEntry | None:
        return newest(self.journal.about(key.thread_id, {key.checkpoint_id}, ()), key)

    def check_edits(self, decided: Sequence[PauseDecisions]) -> None:
        """Refuse arguments that the tool itself would refuse, before anything is claimed."""
        for one in decided:
            for number, decision in enumerate(one.decisions):
                if decision["type"] == "edit":
                    draft = draft_of_arguments(self.turn.calling.graph, one.pause, number)
                    wrong = draft.check(decision["edited_action"]["args"])
                    if wrong:
                        raise ValueError(f"the edit of call {number} is not right: {wrong}")

    def check_copies(self, decided: Sequence[PauseDecisions], reading: Reading) -> None:
        """Refuse an edit that would leave old arguments in the message, before anything is claimed.

        Raises:
            UneditableError: if it would.
        """
        for one in decided:
            if isinstance(one.pause, BreakpointPause) and "edit" in one.kinds:
                place = reading.place(one.pause.namespace)
                corrected_message(one.pause, place, one.decisions)

    def claim(self, decided: Sequence[PauseDecisions]) -> tuple[JournalEntry, ...]:
        """Write down who decides what, before any of it happens."""
        claims = [
            (a.pause.key, list(a.decisions), a.pause.request["action_requests"]) for a in decided
        ]
        try:
            return self.journal.claim(claims, self.reviewer)
        except AlreadyClaimedError as error:
            raise AlreadyDecidedError(_lost_to(error.entry)) from None

    def run(
        self,
        decided: Sequence[PauseDecisions],
        entries: tuple[JournalEntry, ...],
        reading: Reading,
    ) -> Outcome:
        """Run the thread on, and write down how that ended before anything else can fail."""
        try:
            remark = self._run(decided, entries, reading)
        except Exception as error:
            self._record_failure(entries, error)
            raise
        try:
            return self._record_end(entries, remark)
        except JournalError as error:
            error.add_note(UNRECORDED)
            raise

    def _record_failure(self, entries: Sequence[JournalEntry], error: Exception) -> None:
        """Record first and look afterwards: what made a node fail may make the look fail too."""
        outcome = INVALID if is_invalid_resume(error) else FAILED
        try:
            self.journal.finish(entries, outcome, self._in_words(error))
            self.journal.finish(self._through(entries), DONE, BESIDE)
        except Exception as another:
            # What the node raised is what the person has to know.
            error.add_note(f"{type(another).__name__}: {another}")

    def _in_words(self, error: Exception) -> str:
        """Return what was raised, without what stands in `configurable` as a secret."""
        secrets = secrets_in(self.turn.config["configurable"])
        return without(f"{type(error).__name__}: {error}", secrets)

    def _through(self, entries: Sequence[JournalEntry]) -> list[JournalEntry]:
        """Return those whose question is settled, although the run they were sent in failed."""
        still = {STATIC, *(asked.id for asked in self.turn.state().interrupts)}
        return [entry for entry in entries if entry.key.pause_id not in still]

    def _record_end(self, entries: Sequence[JournalEntry], remark: str) -> Outcome:
        """Record the end of a run that returned; a question may have been put again in it."""
        try:
            reading = self.read().settled(entries, DONE)
            thread = reading.thread()
        except Exception as error:
            told = UNSEEN.format(error=self._in_words(error))
            self.journal.finish(entries, FAILED, told)
            return Outcome(unreadable(error), remark)
        again = [entry for entry in entries if entry.key in _waits_as_it_did(reading, thread)]
        self.journal.finish(again, INVALID, STILL_OPEN)
        self.journal.finish([e for e in entries if e not in again], DONE, remark)
        return Outcome(reading.settled(again, INVALID).thread() if again else thread, remark)

    def _run(
        self,
        decided: Sequence[PauseDecisions],
        entries: tuple[JournalEntry, ...],
        reading: Reading,
    ) -> str:
        pause = decided[0].pause
        config = self._marked(decided, entries, reading)
        if decided[0].kinds == {ASK_AGAIN}:
            self.turn.fork(config)
            self.turn.go_on(config, None, None)
            return ""
        if isinstance(pause, BreakpointPause):
            place = reading.place(pause.namespace)
            remark = carry_out(self.turn, config, decided[0], pause, place)
            if place.is_a_stop() or decided[0].kinds <= {"approve"}:
                return remark
            return f"{remark} {TOO_LATE.format(nodes=listed(pause.before))}".lstrip()
        values = {
            a.pause.key.pause_id: a.pause.asked.answer(a.decisions)
            for a in decided
            if isinstance(a.pause, InterruptPause)
        }
        if any(isinstance(one.pause, InterruptPause) and one.pause.in_turn for one in decided):
            # Run all at once, another call than the one that asked might take its answer.
            config = {**config, "max_concurrency": 1}
        self.turn.go_on(config, Command(resume=values), None)
        return ""

    def _marked(
        self,
        decided: Sequence[PauseDecisions],
        entries: tuple[JournalEntry, ...],
        reading: Reading,
    ) -> RunnableConfig:
        """Return the config under which every checkpoint of this run names its decision."""
        marks = {
            CLAIMS: ",".join(entry.id for entry in entries),
            DECIDED: ", ".join(sorted({kind for one in decided for kind in one.kinds})),
        }
        pause = decided[0].pause
        if isinstance(pause, BreakpointPause) and decided[0].kinds & {"reject", "respond"}:
            marks[ACTORS] = ",".join(actors_of(pause, reading.place(pause.namespace)))
        config = self.turn.config
        return {**config, "metadata": {**config.get("metadata", {}), **marks}}


def _waits_as_it_did(reading: Reading, thread: Thread) -> set[PauseKey]:
    """Return what waits as it did, after a run that has come to its end."""
    asked = {asked.id for asked in reading.snapshot.interrupts}
    return {
        pause.key
        for pause in thread.pauses
        if pause.key.pause_id in asked
        or (isinstance(pause, BreakpointPause) and pause.approval != "carry on")
    }


def _lost_to(winner: JournalEntry) -> str:
    return LOST.format(
        reviewer=winner.reviewer, when=winner.told_time, decision=winner.told_decision
    )
