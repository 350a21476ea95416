"""Carry out a person's decisions on a paused thread, once."""

from __future__ import annotations

import getpass
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from langgraph.errors import is_invalid_resume
from langgraph.types import Command

from course_utils.review.deciding.breakpoints import actors_of, carry_out
from course_utils.review.deciding.drafts import draft_of_arguments
from course_utils.review.deciding.pause_decisions import PauseDecisions
from course_utils.review.reading.calling import Calling
from course_utils.review.reading.pauses import BreakpointPause, InterruptPause
from course_utils.review.reading.thread import (
    ACTORS,
    CLAIMS,
    DECIDED,
    Thread,
    read_claimed,
    read_thread,
    thread_id,
    told_decision,
    told_time,
)
from course_utils.review.record.journal import STATIC, AlreadyClaimedError, journal_of
from course_utils.review.record.locks import ThreadLockedError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator, Sequence

    from langchain.agents.middleware.human_in_the_loop import Decision
    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel

    from course_utils.review.reading.pauses import Pause
    from course_utils.review.record.journal import Journal, JournalEntry, PauseKey

GONE = "This pause is over: somebody resumed the thread, or wrote on it; nothing was done."
BUSY = "{reviewer} resumes this thread right now, since {when}; nothing was done."
UNTOLD = "Someone else is deciding this thread right now; nothing was done. Look again."
CHANGED = "This has changed since it was shown; nothing was done. {now}"
LOST = "{reviewer} decided this first, on {when} ({decision}). Your decision was not carried out."


# How long the holder of a thread's lock may take to write down a claim, to be told by name.
CLAIM_SECONDS = 2.0


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
    pause: Pause,
    decision: Decision | Sequence[Decision],
    *,
    reviewer: str | None = None,
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
    """
    return decide_together(graph, config, [PauseDecisions.on(pause, decision)], reviewer=reviewer)


def decide_together(
    graph: Pregel[Any, Any, Any, Any],
    config: RunnableConfig,
    answers: Sequence[PauseDecisions],
    *,
    reviewer: str | None = None,
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

    Args:
        graph: the compiled graph.
        config: names the thread.
        answers: decisions on one breakpoint, or on one or several questions.
        reviewer: who decides, for the journal; the user of this computer where it is not given.
        loop: the running loop of another thread, to run an async graph in.

    Returns:
        The thread as it stands afterwards, at its end or at its next pause, with a remark.

    Raises:
        AlreadyDecidedError: if the thread has moved on from a pause, or runs right now.
        ValueError: if a pause does not offer the decision, or its tool would not take an edit.
        JournalError: if the claim cannot be written; nothing has run then.
        Exception: whatever a node raises while the thread runs.
    """
    if not answers or len({answer.pause.key for answer in answers}) < len(answers):
        raise ValueError("decide at least one pause, and each of them once")
    if len(answers) != 1 and any(isinstance(a.pause, BreakpointPause) for a in answers):
        raise ValueError("a breakpoint is decided by itself, and takes one answer")
    first = answers[0].pause
    tools_node = first.tools_node if isinstance(first, BreakpointPause) else None
    deciding = _Deciding(Calling(graph, loop), config, tools_node, reviewer or getpass.getuser())
    with deciding.alone(first.key):
        present = deciding.still_waiting(answers)
        deciding.check_edits(present)
        entries = deciding.claim(present)
        remark = deciding.run(present, entries)
    thread = read_thread(graph, config, tools_node=tools_node, loop=loop)
    return Outcome(thread, remark)


@dataclass(frozen=True)
class _Deciding:
    calling: Calling
    config: RunnableConfig
    tools_node: str | None
    reviewer: str

    @property
    def journal(self) -> Journal:
        return journal_of(self.calling.saver)

    @contextmanager
    def alone(self, key: PauseKey) -> Iterator[None]:
        """Hold the thread's lock, under which the pause of this key is to be decided."""
        try:
            with self.journal.lock(thread_id(self.config)):
                yield
        except ThreadLockedError:
            raise AlreadyDecidedError(self._who_is_first(key)) from None

    def _who_is_first(self, key: PauseKey) -> str:
        """Say who holds the lock; they write it down between taking the lock and resuming."""
        give_up = time.monotonic() + CLAIM_SECONDS
        while time.monotonic() < give_up:
            # In this order: whoever was seen to resume this very pause is then its last entry.
            other = self.journal.being_resumed(key.thread_id)
            winner = self.journal.last(key)
            if winner and winner.outcome in {None, "done"}:
                return _lost_to(winner)
            if other:
                return BUSY.format(reviewer=other.reviewer, when=told_time(other))
            time.sleep(0.01)
        return UNTOLD

    def still_waiting(self, answers: Sequence[PauseDecisions]) -> list[PauseDecisions]:
        """Return the answers, each to its pause as it stands now."""
        now = self.read()
        waiting = {pause.key: pause for pause in now.pauses}
        for answer in answers:
            if answer.pause.key not in waiting:
                raise AlreadyDecidedError(self._why_gone(answer))
            if not answer.pause.shows_the_same_as(waiting[answer.pause.key]):
                raise AlreadyDecidedError(CHANGED.format(now=now.explanation))
        return [replace(answer, pause=waiting[answer.pause.key]) for answer in answers]

    def read(self) -> Thread:
        return read_claimed(self.calling, self.config, self.tools_node)

    def _why_gone(self, answer: PauseDecisions) -> str:
        winner = self.journal.last(answer.pause.key)
        return _lost_to(winner) if winner else GONE

    def check_edits(self, answers: Sequence[PauseDecisions]) -> None:
        """Refuse arguments that the tool itself would refuse, before anything is claimed."""
        for answer in answers:
            for number, decision in enumerate(answer.decisions):
                if decision["type"] == "edit":
                    draft = draft_of_arguments(self.calling.graph, answer.pause, number)
                    wrong = draft.check(decision["edited_action"]["args"])
                    if wrong:
                        raise ValueError(f"the edit of call {number} is not right: {wrong}")

    def claim(self, answers: Sequence[PauseDecisions]) -> tuple[JournalEntry, ...]:
        """Write down who decides what, before any of it happens."""
        claims = [
            (a.pause.key, list(a.decisions), a.pause.request["action_requests"]) for a in answers
        ]
        try:
            return self.journal.claim(claims, self.reviewer)
        except AlreadyClaimedError as error:
            raise AlreadyDecidedError(_lost_to(error.entry)) from None

    def run(self, answers: Sequence[PauseDecisions], entries: tuple[JournalEntry, ...]) -> str:
        """Run the thread on, and write down how that ended."""
        try:
            remark = self._run(answers, entries)
        except Exception as error:
            outcome = "invalid" if is_invalid_resume(error) else "failed"
            through = self._through(entries)
            self.journal.finish(through, "done", "a node beside it failed")
            rest = [entry for entry in entries if entry not in through]
            self.journal.finish(rest, outcome, f"{type(error).__name__}: {error}")
            raise
        still = self._still_waiting()
        asked_again = [entry for entry in entries if entry.key in still]
        self.journal.finish(asked_again, "invalid", "the question is still open")
        self.journal.finish([e for e in entries if e not in asked_again], "done", remark)
        return remark

    def _still_waiting(self) -> set[PauseKey]:
        """Return what waits as it did, after a run that has come to its end."""
        asked = self._asked()
        return {
            pause.key
            for pause in self.read().pauses
            if pause.key.pause_id in asked
            or (isinstance(pause, BreakpointPause) and pause.approval != "carry on")
        }

    def _through(self, entries: Sequence[JournalEntry]) -> list[JournalEntry]:
        """Return those whose question is settled, although the run they were sent in failed."""
        still = {STATIC, *self._asked()}
        return [entry for entry in entries if entry.key.pause_id not in still]

    def _asked(self) -> set[str]:
        return {asked.id for asked in self.calling.state(self.config).interrupts}

    def _run(self, answers: Sequence[PauseDecisions], entries: tuple[JournalEntry, ...]) -> str:
        pause = answers[0].pause
        config = self._marked(answers, entries)
        if isinstance(pause, BreakpointPause):
            return carry_out(self.calling, config, answers[0], pause)
        values = {
            a.pause.key.pause_id: a.pause.asked.answer(a.decisions)
            for a in answers
            if isinstance(a.pause, InterruptPause)
        }
        self.calling.go_on(config, Command(resume=values), None)
        return ""

    def _marked(
        self, answers: Sequence[PauseDecisions], entries: tuple[JournalEntry, ...]
    ) -> RunnableConfig:
        """Return the config under which every checkpoint of this run names its decision."""
        marks = {
            CLAIMS: ",".join(entry.id for entry in entries),
            DECIDED: ", ".join(sorted({kind for answer in answers for kind in answer.kinds})),
        }
        pause = answers[0].pause
        if isinstance(pause, BreakpointPause) and answers[0].kinds & {"reject", "respond"}:
            marks[ACTORS] = ",".join(actors_of(pause))
        return {**self.config, "metadata": {**self.config.get("metadata", {}), **marks}}


def _lost_to(winner: JournalEntry) -> str:
    return LOST.format(
        reviewer=winner.reviewer, when=told_time(winner), decision=told_decision(winner)
    )
