"""Who decided what: the record that makes a decision count once."""

from __future__ import annotations

import uuid
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, or_, select, union_all, update
from sqlalchemy.exc import IntegrityError

from course_utils.review.record.entries import (
    CUT_OFF,
    DONE,
    AlreadyClaimedError,
    JournalEntry,
    PauseKey,
    kinds_of,
)
from course_utils.review.record.table import (
    COLUMN,
    DECISIONS,
    OPEN,
    as_json,
    as_text,
    entry_of,
    is_about,
    row_of,
    same_pause,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sqlalchemy import BindParameter, Connection, Executable, Select

    from course_utils.review.record.entries import Claim
    from course_utils.review.record.locks import Locks
    from course_utils.review.record.store import Store

TAKEN_UP = "a later decision on this thread followed"


class Journal:
    """The decisions on the threads of one checkpointer, and the locks under which they are made.

    A resume goes so: take `lock(thread)`; see that the pause is still the thread's present one;
    `claim` it; resume; `finish`; let the lock go.

    What this guarantees, among all who go that way and share the journal (processes, kernels,
    threads; for a file, on one machine):

    - Exactly once: a decision that stands. A pause whose resume returned is never claimed again,
      of two claims at once one loses and is told who won, and at most one resume of a thread runs.
    - At least once: what the resume does. Where the process died in the middle, or a node raised,
      the pause may be claimed again, and LangGraph then runs again whatever had not reached a
      checkpoint: an effect of the cut-off attempt may happen a second time. An entry without an
      outcome says for which pauses, before anything is resumed.
    - Not covered: resumes made past the journal (`graph.invoke` in a cell, another program), what a
      tool does outside the thread, a journal that was deleted or is not the same one (a copy of the
      checkpoints' file), reviewers' names (they are taken as given), and, with PostgreSQL, a lock
      whose connection the server has ended. A journal in memory ends with its checkpointer.

    Args:
        store: its database.
        locks: one for each thread.

    Attributes:
        durable: whether it outlives the process.
    """

    def __init__(self, store: Store, locks: Locks) -> None:
        self.durable = store.durable
        self._store = store
        self._locks = locks

    @contextmanager
    def lock(self, thread_id: str) -> Iterator[None]:
        """Hold a thread's lock for as long as the context lasts.

        Raises:
            ThreadLockedError: if a resume of the thread runs, here or anywhere; nothing is waited
                for. The newest entry without an outcome then says whose.
            JournalError: if the lock could not be tried.
        """
        with ExitStack() as stack:
            with self._store.plain_errors():
                stack.enter_context(self._locks.hold(thread_id))
            yield

    def held(self, thread_id: str) -> bool:
        """Tell whether anyone holds a thread's lock right now.

        Raises:
            JournalError: if the lock could not be tried.
        """
        with self._store.plain_errors():
            return self._locks.held(thread_id)

    def claim(self, claims: Sequence[Claim], reviewer: str) -> tuple[JournalEntry, ...]:
        """Record decisions that are about to be carried out, all of them or none.

        The caller holds the thread's lock, so an earlier attempt on it without an outcome was cut
        off; it is closed as such, and this one takes it up.

        Args:
            claims: at most one for each pause.
            reviewer: who decides.

        Returns:
            An entry for each claim, in their order, to be given to `finish`.

        Raises:
            AlreadyClaimedError: if one of the pauses is decided; it carries the entry that did.
            JournalError: if it was not recorded; nothing may then be resumed.
        """
        keys = [key for key, *_ in claims]
        try:
            with self._store.transaction() as connection:
                last = _newest(connection, keys)
                made = [_attempt(claim, last.get(claim[0]), reviewer) for claim in claims]
                connection.execute(insert(DECISIONS), [row_of(entry) for entry in made])
                _take_up(connection, made)
                return tuple(made)
        except IntegrityError:
            # Two claimed the same attempt at once, and this is the one who came second.
            with self._store.transaction() as connection:
                winners = _newest(connection, keys).values()
            raise AlreadyClaimedError(max(winners, key=lambda won: won.claimed_at)) from None

    def finish(self, entries: Iterable[JournalEntry], outcome: str, note: str = "") -> None:
        """Record how a resume ended.

        Args:
            entries: what `claim` returned, or some of it.
            outcome: `done`, `failed` or `invalid`; see `JournalEntry`.
            note: what else is to be known.

        Raises:
            JournalError: if that was not recorded; the entries then count as cut off.
        """
        ended = {"outcome": outcome, "note": as_text(note), "finished_at": datetime.now(UTC)}
        ids = [entry.id for entry in entries]
        if ids:
            with self._store.transaction() as connection:
                connection.execute(update(DECISIONS).where(COLUMN.id.in_(ids)).values(ended))

    def about(
        self, thread_id: str, checkpoints: Collection[str], claims: Collection[str]
    ) -> list[JournalEntry]:
        """Return all that a reading of a thread needs to know, in one query, oldest first.

        Args:
            thread_id: the thread.
            checkpoints: the ids of those that wait.
            claims: the ids of entries whose resume wrote them.

        Returns:
            The attempts on pauses at these checkpoints, those on the pauses of these claims, and
            those of the thread that have no outcome.

        Raises:
            JournalError: if the journal cannot be read.
        """
        wanted = {"thread": thread_id, "checkpoints": [*checkpoints], "claims": [*claims]}
        return list({entry.id: entry for entry in self._read(_ABOUT, wanted)}.values())

    def entries(
        self, thread_id: str | None = None, reviewer: str | None = None
    ) -> list[JournalEntry]:
        """Return what was recorded, oldest first, of all or of one thread, reviewer or both.

        Raises:
            JournalError: if the journal cannot be read.
        """
        query = select(DECISIONS).order_by(COLUMN.number)
        if thread_id is not None:
            query = query.where(COLUMN.thread_id == thread_id)
        if reviewer is not None:
            query = query.where(COLUMN.reviewer == as_text(reviewer))
        return self._read(query)

    def running(self) -> set[str]:
        """Return the threads that are being resumed right now; only unfinished ones are tried.

        Raises:
            JournalError: if the journal cannot be read.
        """
        if not self._store.exists():
            return set()
        with self._store.transaction() as connection:
            unfinished = connection.scalars(select(COLUMN.thread_id).where(OPEN).distinct()).all()
        return {thread_id for thread_id in unfinished if self.held(thread_id)}

    def erase(self, reviewer: str) -> int:
        """Delete a person's entries, and return how many there were.

        Of one that has no outcome yet the row stays, since it still protects its thread: without
        the name, and with nothing of the decision but its kinds.

        Raises:
            JournalError: if that could not be done; then nothing was deleted.
        """
        theirs = COLUMN.reviewer == as_text(reviewer)
        if not self._store.exists():
            return 0
        with self._store.transaction() as connection:
            erased = connection.execute(delete(DECISIONS).where(theirs, ~OPEN)).rowcount
            for number, decision in connection.execute(
                select(COLUMN.number, COLUMN.decision).where(theirs)
            ).all():
                kinds = [{"type": kind} for kind in kinds_of(decision)]
                blank = {"reviewer": "", "note": "", "decision": kinds}
                erased += connection.execute(
                    update(DECISIONS).where(COLUMN.number == number).values(blank)
                ).rowcount
        self._store.forget_what_was_erased()
        return erased

    def close(self) -> None:
        """Let the journal's connection go; the next use makes another."""
        self._store.close()

    def _read(self, query: Executable, wanted: dict[str, Any] | None = None) -> list[JournalEntry]:
        if not self._store.exists():
            return []
        with self._store.transaction() as connection:
            return [entry_of(row) for row in connection.execute(query, wanted)]


def _about() -> Select[Any]:
    """Return the query of `about`, which takes longer to make than to run."""
    # Three searches, each with an index of its own: one with OR would walk the whole thread.
    claimed = DECISIONS.alias()
    here = select(DECISIONS).where(COLUMN.thread_id == bindparam("thread"))
    checkpoints: BindParameter[Any] = bindparam("checkpoints", expanding=True)
    claims: BindParameter[Any] = bindparam("claims", expanding=True)
    searches = (
        here.where(OPEN),
        here.where(COLUMN.checkpoint_id.in_(checkpoints)),
        here.join(claimed, same_pause(claimed, DECISIONS)).where(claimed.c.id.in_(claims)),
    )
    found = union_all(*searches).subquery()
    return select(found).order_by(found.c.number)


_ABOUT = _about()


def _newest(connection: Connection, keys: Iterable[PauseKey]) -> dict[PauseKey, JournalEntry]:
    """Return the newest attempt on each pause that has any."""
    asked = or_(*(is_about(key) for key in keys))
    rows = connection.execute(select(DECISIONS).where(asked).order_by(COLUMN.attempt))
    return {entry.key: entry for entry in map(entry_of, rows)}


def _attempt(claim: Claim, last: JournalEntry | None, reviewer: str) -> JournalEntry:
    """Return a claim as the next attempt on its pause."""
    if last and last.outcome == DONE:
        raise AlreadyClaimedError(last)
    key, decision, asked = claim
    return JournalEntry(
        uuid.uuid4().hex,
        key,
        last.attempt + 1 if last else 1,
        as_text(reviewer),
        as_json(decision),
        as_json(asked),
        datetime.now(UTC),
    )


def _take_up(connection: Connection, made: Sequence[JournalEntry]) -> None:
    """Close what earlier decisions on the same threads have left open."""
    same_threads = COLUMN.thread_id.in_({entry.key.thread_id for entry in made})
    earlier = COLUMN.id.not_in([entry.id for entry in made])
    ended = {"outcome": CUT_OFF, "finished_at": datetime.now(UTC), "note": TAKEN_UP}
    connection.execute(update(DECISIONS).where(OPEN, same_threads, earlier).values(ended))
