"""Decisions cut off by kill -9 at some moment, and people who take them up: `rounds(...)`.

Everyone who decides is a process of its own, forked from one that has only imported what is needed,
and reads the thread before anything else. An agent pays twice; a person is asked before each. What
the agent and its tool do is written to a file, a line at a time, so that it outlives them.
"""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, pairwise
from random import Random
from statistics import median
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from course_utils.checkpoints import checkpoints
from course_utils.review.deciding.pause_decisions import PauseDecisions
from course_utils.review.deciding.resuming import AlreadyDecidedError, decide_together
from course_utils.review.deciding.shown import read_thread
from course_utils.review.reading.marks import CLAIMS
from course_utils.review.reading.pauses import BreakpointPause
from course_utils.review.record.entries import CUT_OFF, STATIC
from course_utils.review.record.opening import journal_of
from tests.support.paying import AGAIN, CONVERSATION, CONVERSATIONS, SHAPES, call_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection
    from pathlib import Path

    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from course_utils.review.reading.pauses import Pause
    from course_utils.review.reading.thread import Thread
    from course_utils.review.record.entries import JournalEntry, PauseKey

KINDS = ("approve", "reject", "edit", "respond")
CASES = [(shape, kind) for shape in SHAPES for kind in KINDS]
REVIEWERS = ("alice", "bob", "carol", "dan", "erin", "frank", "grace", "heidi", "ivan", "judy")
AGAIN_KILLED = 0.3
MAY_BE_KILLED = 4
ANSWER_SECONDS = 60
DONE, REFUSED = "done", "refused: "
LOOKS_ONCE, STOPS = "looks once", "stops in the tool"

PHASES = (
    "before the claim",
    "claimed, nothing done yet",
    "written, not gone on",
    "in the tool, before its effect",
    "in the tool, after its effect",
    "in the agent's reply",
    "gone on, its end not written down",
    "after the end",
)

_FRESH = multiprocessing.get_context("forkserver")
_FRESH.set_forkserver_preload(
    [
        "course_utils.checkpoints",
        "course_utils.review.deciding.resuming",
        # Loaded by whoever has a journal, which they all have.
        "course_utils.review.record.databases",
        "tests.support.paying",
    ]
)


@dataclass(frozen=True)
class Place:
    """Where one thread and what happens on it are kept.

    Attributes:
        shape: which of the graphs it is.
        checkpoints: a SQLite file or a PostgreSQL.
        marks: the file of what the agent and the tool did.
        thread: its name.
    """

    shape: str
    checkpoints: str
    marks: Path
    thread: str

    def happened(self) -> list[str]:
        """Return what was done on the thread, in order."""
        lines = (line.split(" ", 1) for line in self.marks.read_text().splitlines())
        return [what for thread, what in lines if thread == self.thread]


@dataclass(frozen=True)
class Saved:
    """One checkpoint: its namespace, its id, when and how it came about, and its claims."""

    namespace: str
    id: str
    when: str
    source: str
    claims: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """What a fresh process finds: what a card shows, the journal, and the checkpoints."""

    status: str
    explanation: str
    caution: str
    keys: tuple[PauseKey, ...]
    amounts: tuple[int, ...]
    offered: tuple[str, ...]
    approval: str
    entries: tuple[JournalEntry, ...]
    saved: tuple[Saved, ...]
    answers: tuple[str, ...]
    conversation: tuple[str, ...]

    @property
    def warned(self) -> bool:
        """Whether the card says that something may happen again."""
        return "again" in self.caution

    @property
    def carries_on(self) -> bool:
        """Whether to approve means to finish what was decided."""
        return self.approval in {"carry on", "run again"}

    def entry_of(self, reviewer: str) -> JournalEntry | None:
        """Return what the journal has of a reviewer, who decides once."""
        return next((entry for entry in self.entries if entry.reviewer == reviewer), None)


@dataclass(frozen=True)
class Attempt:
    """One person's decision, which may be cut off.

    Attributes:
        reviewer: who; everyone decides once.
        kind: what.
        leaves: for each call decided, what the conversation is to say of it.
        pays: the amounts it may pay, each once.
    """

    reviewer: str
    kind: str
    leaves: dict[int, str]
    pays: frozenset[int]


class Moment(NamedTuple):
    """When a decision is cut off: so many seconds after the decider has reported so often."""

    reports: int
    seconds: float


@dataclass
class Round:
    """How one round went, from its first decision to the end of its thread.

    Attributes:
        name: what repeats it, and what it was about.
        phase: into which part of the first decision the first kill fell.
        story: what was seen and done, for whoever has to find out what went wrong.
    """

    name: str
    phase: str = ""
    story: list[str] = field(default_factory=list)


def rounds(where: str, folder: Path, number: int, seed: int, measured: int = 3) -> Iterator[Round]:
    """Cut decisions off and take them up, and check all that is promised about that.

    Args:
        where: a SQLite file or a PostgreSQL that keeps the threads.
        folder: for the file of what happened.
        number: how many decisions are cut off.
        seed: what is decided, and when it is cut off.
        measured: how often the undisturbed decision is measured.
    """
    marks = folder / "marks"
    marks.touch()
    chance = Random(f"{seed}")  # noqa: S311 - to be repeated, not to be a secret
    cases = chance.sample(CASES, len(CASES))
    pace: dict[tuple[str, str], list[float]] = {}
    for turn in range(number):
        case = shape, kind = cases[turn % len(cases)]
        chance = Random(f"{seed} {turn}")  # noqa: S311 - as above
        if case not in pace:
            spare = [Place(shape, where, marks, f"spare-{turn}-{i}") for i in range(measured)]
            taken = [_Telling(Round(p.thread), p).undisturbed(kind, chance) for p in spare]
            pace[case] = [median(seconds) for seconds in zip(*taken, strict=True)]
        of_this_case = len(range(turn % len(cases), number, len(cases)))
        # One in each part of the decision, so that the moments are spread over all of it.
        part = (turn // len(cases) + chance.random()) / of_this_case
        name = f"round {turn} of seed {seed}: {kind} at a {shape}, killed at {part:.0%}"
        telling = _Telling(Round(name), Place(shape, where, marks, f"round-{turn}"))
        yield telling.cut_off(kind, part, pace[case], chance)


def moment(part: float, pace: Sequence[float]) -> Moment:
    """Return the moment when a part of a decision is over, counted in what the decider reports.

    Not in time alone: whatever else the machine does would shift all moments to one end.
    """
    reports, rest = divmod(part * len(pace), 1)
    return Moment(int(reports), rest * pace[int(reports)])


def spread(went: Sequence[Round]) -> str:
    """Say how many first decisions were cut off in which phase."""
    fell = Counter(one.phase for one in went)
    return "\n".join(f"{fell[phase]:5} {phase}" for phase in PHASES)


@dataclass
class _Telling:
    """One thread on its way through decisions, the first of which is cut off."""

    round: Round
    place: Place
    attempts: dict[str, Attempt] = field(default_factory=dict)

    def undisturbed(self, kind: str, chance: Random) -> list[float]:
        """Decide the first call in peace; return the seconds from each report to the next."""
        begin(self.place)
        with decider(self.place, REVIEWERS[0]) as one:
            attempt = self._attempt(one.seen, REVIEWERS[0], kind)
            one.tell(attempt.kind)
            times = [time.perf_counter()]
            while one.answer() != DONE:
                times.append(time.perf_counter())
        times.append(time.perf_counter())
        self._to_the_end(chance)
        return [after - before for before, after in pairwise(times)]

    def cut_off(self, kind: str, part: float, pace: Sequence[float], chance: Random) -> Round:
        """Cut the first decision off at a moment; let others go on, some of whom are cut off."""
        begin(self.place)
        with decider(self.place, REVIEWERS[0]) as one:
            first = self._attempt(one.seen, REVIEWERS[0], kind)
            said = one.decide(first.kind, moment(part, pace))
        self._tell(f"{first} -> {said}")
        self._to_the_end(chance, pace)
        return self.round

    def _to_the_end(self, chance: Random, pace: Sequence[float] = ()) -> None:
        paid: list[int] = []
        for turn, reviewer in enumerate(REVIEWERS[1:]):
            with decider(self.place, reviewer) as one:
                seen, last = one.seen, list(self.attempts.values())[-1]
                self._tell(f"{reviewer} sees {seen.status} {seen.explanation} {seen.caution}")
                self.round.phase = self.round.phase or self._phase(seen)
                paid = self._check(seen, last, paid)
                if seen.status == "finished":
                    break
                self._hold(seen.offered, f"nothing can be decided: {seen}")
                attempt = self._attempt(seen, reviewer, chance.choice(seen.offered))
                killed = pace and turn < MAY_BE_KILLED and chance.random() < AGAIN_KILLED
                said = one.decide(attempt.kind, moment(chance.random(), pace) if killed else None)
                self._tell(f"{attempt} -> {said}")
        self._check_the_end(seen)

    def _tell(self, what: str) -> None:
        self.round.story.append(what)

    def _attempt(self, seen: Seen, reviewer: str, kind: str) -> Attempt:
        self._last_seen = seen
        said = f"says {reviewer}"
        if seen.carries_on and kind == "approve":
            standing = self._standing(seen)
            leaves, pays = standing.leaves, standing.pays
        elif kind in {"approve", "edit"}:
            amounts = [a + AGAIN if kind == "edit" else a for a in seen.amounts]
            leaves, pays = {call_of(a): f"paid {a}" for a in amounts}, frozenset(amounts)
        else:
            leaves, pays = {call_of(a): said for a in seen.amounts}, frozenset()
        self.attempts[reviewer] = Attempt(reviewer, kind, leaves, pays)
        return self.attempts[reviewer]

    def _standing(self, seen: Seen) -> Attempt:
        """Return the attempt that was cut off and is carried on."""
        cut_off = [entry for entry in seen.entries if entry.outcome in {None, CUT_OFF}]
        self._hold(cut_off, f"there is nothing to carry on: {seen}")
        return self.attempts[cut_off[-1].reviewer]

    def _check(self, seen: Seen, attempt: Attempt, paid_before: list[int]) -> list[int]:
        """Check what a fresh process sees after an attempt; return what has been paid by now."""
        paid = [int(what.split()[1]) for what in self.place.happened() if what.startswith("paid")]
        new = paid[len(paid_before) :]
        self._hold(not disagreements(seen), f"{disagreements(seen)}: {seen}")
        self._hold(seen.status in {"paused", "interrupted", "finished"}, f"it is {seen}")
        self._hold(len(new) == len(set(new)), f"{attempt} paid {new}")
        self._hold(attempt.pays.issuperset(new), f"{attempt} paid {new}")
        calls = {call_of(amount) for amount in paid_before}
        again = [amount for amount in new if call_of(amount) in calls]
        before = self._last_seen
        self._hold(not again or before.warned, f"{again} paid again, and nobody was warned")
        self._hold(not new or seen.entry_of(attempt.reviewer), f"{new} paid without a claim")
        self._check_a_new_pause(seen, attempt, before)
        return paid

    def _check_a_new_pause(self, seen: Seen, attempt: Attempt, before: Seen) -> None:
        """A decision that was begun is never shown as if its calls had only just been asked for."""
        decided = {call for call in attempt.leaves if seen.entry_of(attempt.reviewer)}
        asked = {call_of(amount) for amount in seen.amounts}
        if seen.status == "paused":
            self._hold(not decided & asked, f"{attempt} is shown as a new pause: {seen}")
        if not seen.entry_of(attempt.reviewer):
            self._hold(seen.keys == before.keys, f"nobody claimed, and it is elsewhere: {seen}")

    def _check_the_end(self, seen: Seen) -> None:
        self._hold(seen.status == "finished", f"it never ended: {seen}")
        claimed = [attempt for name, attempt in self.attempts.items() if seen.entry_of(name)]
        expected = {call: said for attempt in claimed for call, said in attempt.leaves.items()}
        said = dict(enumerate(seen.answers))
        right = said.keys() == expected.keys() and all(expected[c] in said[c] for c in said)
        self._hold(right, f"the conversation ends with {said}, expected {expected}")
        paid = {what for what in self.place.happened() if what.startswith("paid")}
        told = {answer for answer in seen.answers if answer.startswith("paid")}
        self._hold(told <= paid, f"the agent was told {told}, and happened has {paid}")
        whole = CONVERSATIONS.get(self.place.shape, CONVERSATION)
        self._hold(seen.conversation == whole, f"the conversation is {seen.conversation}")

    def _phase(self, seen: Seen) -> str:
        """Tell by what is left of the first attempt how far it had come."""
        attempt = self.attempts[REVIEWERS[0]]
        entry = seen.entry_of(attempt.reviewer)
        did = self.place.happened()
        if entry is None:
            return PHASES[0]
        if entry.outcome is not None:
            return PHASES[7]
        if seen.status in {"finished", "paused"}:
            return PHASES[6]
        if "reply" in did:
            return PHASES[5]
        if "tool" in did:
            return PHASES[4] if any(what.startswith("paid") for what in did) else PHASES[3]
        written = any(entry.id in saved.claims for saved in seen.saved)
        return PHASES[2] if written else PHASES[1]

    def _hold(self, holds: object, words: str) -> None:
        story = "\n".join([self.round.name, *self.round.story, *self.place.happened()])
        assert holds, f"{words}\n{story}"


def disagreements(seen: Seen) -> list[str]:
    """Say where the journal and the checkpoints disagree, or the journal with itself.

    They agree when every checkpoint written since the first pause names a claim which the journal
    had before; whatever is done has left such a checkpoint or led to a question, and no longer
    waits; what waits as if nobody had touched it has no claim; the attempts on one pause are
    numbered without a gap, and none is open but those of the latest decision.
    """
    return [*_of_checkpoints(seen), *_of_pauses(seen), *_of_attempts(seen)]


def _of_checkpoints(seen: Seen) -> Iterator[str]:
    known = {entry.id: entry for entry in seen.entries}
    first = min((e.key.checkpoint_id for e in seen.entries), default=None)
    for saved in seen.saved:
        resumed = first is not None and not saved.namespace and saved.id > first
        if resumed and not saved.claims:
            yield f"checkpoint {saved} names no claim"
        for claim in saved.claims:
            if claim not in known:
                yield f"checkpoint {saved} names a claim that the journal does not know"
            elif known[claim].claimed_at.isoformat() > saved.when:
                yield f"checkpoint {saved} is older than its claim {known[claim]}"
    named = {claim for saved in seen.saved for claim in saved.claims}
    for number, entry in enumerate(seen.entries, 1):
        later = [*seen.keys, *(other.key for other in seen.entries[number:])]
        asked = any(key.pause_id != STATIC for key in later)
        if entry.outcome == "done" and entry.id not in named and not asked:
            yield f"{entry} left nothing"


def _of_pauses(seen: Seen) -> Iterator[str]:
    for entry in seen.entries:
        if entry.key in seen.keys and entry.outcome == "done":
            yield f"{entry} is done, and waits"
        if entry.key in seen.keys and entry.outcome is None and seen.status != "interrupted":
            yield f"{entry} was cut off, and the thread is {seen.status}"


def _of_attempts(seen: Seen) -> Iterator[str]:
    for key in {entry.key for entry in seen.entries}:
        numbers = [entry.attempt for entry in seen.entries if entry.key == key]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"the attempts on {key} are {numbers}"
    for entry in seen.entries:
        if entry.outcome is None and entry.reviewer != seen.entries[-1].reviewer:
            yield f"{entry} was left open by a later one"


class Decider:
    """A process that has read a thread, and decides it when it is told to."""

    def __init__(self, place: Place, reviewer: str, *how: str) -> None:
        self._pipe, theirs = _FRESH.Pipe()
        arguments = (theirs, place, reviewer, how)
        self._process = _FRESH.Process(target=_review, args=arguments, daemon=True)
        self._process.start()
        theirs.close()
        self.seen: Seen = self.answer()

    def tell(self, what: str) -> None:
        """Tell it which decision to make, or to go on in the tool."""
        self._pipe.send(what)

    def answer(self) -> Any:
        """Return what it says next."""
        assert self._pipe.poll(ANSWER_SECONDS), "a decider does not answer"
        return self._pipe.recv()

    def decide(self, kind: str, cut_off: Moment | None = None) -> str:
        """Let it decide all that waits, and perhaps kill it at a moment; say how it ended."""
        self.tell(kind)
        said = ""
        for _ in range(cut_off.reports) if cut_off else count():
            said = str(self.answer())
            if said == DONE or said.startswith(REFUSED):
                return said
        self._process.join(cut_off.seconds)
        self._process.kill()
        self._process.join()
        return f"killed {cut_off.seconds * 1000:.1f} ms after {said or 'it began'}"

    def close(self) -> None:
        """End it."""
        self._pipe.close()
        self._process.join()


@contextmanager
def decider(place: Place, reviewer: str, *how: str) -> Iterator[Decider]:
    """Run a decider while the `with` lasts.

    Args:
        place: the thread.
        reviewer: who decides.
        how: `LOOKS_ONCE`, and is content with a thread that somebody else resumes right now;
            `STOPS`, and says so, in the tool until it is told to go on.
    """
    one = Decider(place, reviewer, *how)
    try:
        yield one
    finally:
        one.close()


def begin(place: Place) -> None:
    """Run the thread to its first pause."""
    with checkpoints(place.checkpoints) as saver:
        SHAPES[place.shape](saver, _nothing).invoke({"messages": [("user", "Pay")]}, _config(place))


def _nothing(what: str) -> None:
    pass


def _review(pipe: Connection, place: Place, reviewer: str, how: Sequence[str]) -> None:
    """Read and decide: what a decider's process runs."""
    one_at_a_time = Lock()

    def mark(what: str) -> None:
        marks.write(f"{place.thread} {what}\n".encode())
        with one_at_a_time:
            pipe.send(what)
        if STOPS in how and what == "tool":
            pipe.recv()

    with checkpoints(place.checkpoints) as saver, place.marks.open("ab", buffering=0) as marks:
        graph = SHAPES[place.shape](saver, mark)
        config = _config(place)
        thread = read_thread(graph, config) if LOOKS_ONCE in how else _read(graph, config)
        pipe.send(_seen(saver, place, thread))
        try:
            kind = pipe.recv()
        except EOFError:
            return
        answers = [
            PauseDecisions.on(pause, _decisions(pause, kind, reviewer)) for pause in thread.pauses
        ]
        try:
            decide_together(graph, config, answers, reviewer=reviewer)
        except AlreadyDecidedError as error:
            pipe.send(f"{REFUSED}{error}")
        else:
            pipe.send(DONE)


def _read(graph: Any, config: RunnableConfig) -> Thread:
    """Read the thread once nobody holds it; PostgreSQL needs a moment to notice that one died."""
    give_up = time.monotonic() + ANSWER_SECONDS
    while (thread := read_thread(graph, config)).status == "running":
        assert time.monotonic() < give_up, f"the killed process still holds {config}"
    return thread


def _decisions(pause: Pause, kind: str, reviewer: str) -> list[Any]:
    actions = pause.request["action_requests"]
    return [_decision(kind, action, reviewer) for action in actions] or [{"type": kind}]


def _decision(kind: str, action: Any, reviewer: str) -> dict[str, Any]:
    if kind == "edit":
        args = {"amount": action["args"]["amount"] + AGAIN}
        return {"type": "edit", "edited_action": {"name": action["name"], "args": args}}
    said = {"message": f"says {reviewer}"} if kind in {"reject", "respond"} else {}
    return {"type": kind, **said}


def _seen(saver: BaseCheckpointSaver[Any], place: Place, thread: Thread) -> Seen:
    journal = journal_of(saver)
    actions = [a for pause in thread.pauses for a in pause.request["action_requests"]]
    kinds = [set(pause.decisions) for pause in thread.pauses]
    first = thread.pause
    return Seen(
        thread.status,
        thread.explanation,
        thread.caution,
        tuple(pause.key for pause in thread.pauses),
        # A task that was sent its amount is shown with what it was sent.
        tuple(action["args"].get("amount", action["args"].get("sent")) for action in actions),
        tuple(kind for kind in KINDS if kinds and all(kind in of for of in kinds)),
        first.approval if isinstance(first, BreakpointPause) else "",
        tuple(journal.entries(place.thread)),
        tuple(_saved(saver, place)),
        tuple(m.text for m in thread.messages if m.type == "tool"),
        tuple(m.type for m in thread.messages),
    )


def _saved(saver: BaseCheckpointSaver[Any], place: Place) -> Iterator[Saved]:
    for one in saver.list(_config(place)):
        configurable = one.config["configurable"]
        claims = [claim for claim in str(one.metadata.get(CLAIMS, "")).split(",") if claim]
        yield Saved(
            configurable["checkpoint_ns"],
            configurable["checkpoint_id"],
            one.checkpoint["ts"],
            str(one.metadata["source"]),
            tuple(claims),
        )


def _config(place: Place) -> RunnableConfig:
    return {"configurable": {"thread_id": place.thread}}
