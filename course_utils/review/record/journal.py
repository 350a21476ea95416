"""Who decided what: the record that makes a decision count once."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import uuid
import weakref
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Engine,
    Index,
    Integer,
    MetaData,
    NullPool,
    QueuePool,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    delete,
    event,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from course_utils.review.record.database import database_of
from course_utils.review.record.locks import AdvisoryLocks, FileLocks, Locks, LocksInMemory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from langgraph.checkpoint.base import BaseCheckpointSaver
    from sqlalchemy import URL, Connection, Row, Select

SUFFIX = ".journal"
"""What a journal's file is called beside the file of the checkpoints: that name and this."""
WAIT_SECONDS = 30
"""How long a write waits for another process's, which takes milliseconds."""

CUT_OFF = "cut off"
"""The outcome of an attempt that never came back, from when a later one takes it up."""

TAKEN_UP = "at its very end, or taken up by a later decision"

_NUMBER = BigInteger().with_variant(Integer, "sqlite")
_DECISIONS = Table(
    "hitl_decisions",
    MetaData(),
    # The order of arrival; clocks of several machines do not give one.
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("thread_id", Text, nullable=False),
    Column("checkpoint_ns", Text, nullable=False),
    Column("checkpoint_id", Text, nullable=False),
    Column("pause_id", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("decision", JSON, nullable=False),
    Column("asked", JSON, nullable=False),
    Column("claimed_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Column("outcome", Text),
    Column("note", Text, nullable=False),
    UniqueConstraint("thread_id", "checkpoint_ns", "checkpoint_id", "pause_id", "attempt"),
)
_ROW = _DECISIONS.c
_OPEN = _ROW.outcome.is_(None)
Index("hitl_decisions_open", _ROW.thread_id, sqlite_where=_OPEN, postgresql_where=_OPEN)


class JournalError(RuntimeError):
    """The journal could not be read or written; the message names it and the mend."""


@dataclass(frozen=True)
class PauseKey:
    """What one decision is about.

    Attributes:
        thread_id: the thread.
        checkpoint_ns: the subgraph that waits, empty for the graph itself.
        checkpoint_id: the checkpoint that waits.
        pause_id: the interrupt's id, `static` where there is no interrupt.
    """

    thread_id: str
    checkpoint_ns: str
    checkpoint_id: str
    pause_id: str

    def __post_init__(self) -> None:
        # NULL is unlike every other NULL: a key with one would be claimed twice.
        for name, value in zip(_KEY, astuple(self), strict=True):
            if not isinstance(value, str):
                raise TypeError(f"{name} of a pause is text, not {value!r}")


STATIC = "static"
"""The pause id where there is no interrupt."""

_KEY = tuple(field.name for field in fields(PauseKey))


@dataclass(frozen=True)
class JournalEntry:
    """One attempt to carry out a decision.

    Attributes:
        id: this entry's own.
        key: the pause it decides.
        attempt: 1, and one more for each attempt after one that was not done.
        reviewer: who decided, as they gave their name.
        decision: what they decided, as JSON.
        asked: what they were shown: calls, `[{"name", "args"}]`, or a question.
        claimed_at: when the resume was about to start, in UTC.
        finished_at: when it ended, in UTC; None as long as it has not.
        outcome: `done` (the resume returned), `failed` (a node raised), `invalid` (LangGraph
            refused the answer: the question is still open) or, once taken up, `cut off`; None while
            it runs, and for what was cut off in the middle.
        note: what else is to be known, as the error that a node raised.
    """

    id: str
    key: PauseKey
    attempt: int
    reviewer: str
    decision: Any
    asked: Any
    claimed_at: datetime
    finished_at: datetime | None = None
    outcome: str | None = None
    note: str = ""


Claim = tuple[PauseKey, Any, Any]
"""What is about to be carried out: on which pause, the decision, and what the person was shown."""


class AlreadyClaimedError(RuntimeError):
    """The pause has been decided, by the entry in `entry`."""

    def __init__(self, entry: JournalEntry) -> None:
        self.entry = entry
        when = f"{entry.claimed_at:%Y-%m-%d %H:%M:%S} UTC"
        what = ", ".join(kinds_of(entry.decision)) or "an answer"
        super().__init__(f"{entry.reviewer or 'Someone'} decided this at {when}: {what}.")


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
      checkpoint: an effect of the cut-off attempt may happen a second time. `cut_off` says for
      which pauses, before anything is resumed.
    - Not covered: resumes made past the journal (`graph.invoke` in a cell, another program), what a
      tool does outside the thread, a journal that was deleted or is not the same one (a copy of the
      checkpoints' file), reviewers' names (they are taken as given), and, with PostgreSQL, a lock
      whose connection the server has ended. A journal in memory ends with its checkpointer.

    Attributes:
        durable: whether it outlives the process.
    """

    def __init__(self, engine: Engine, locks: Locks, file: Path | None = None) -> None:
        self.durable = file is not None or engine.dialect.name == "postgresql"
        self._engine = engine
        self._locks = locks
        self._file = file
        self._ready = False
        self._setting_up = threading.Lock()

    @contextmanager
    def lock(self, thread_id: str) -> Iterator[None]:
        """Hold a thread's lock for as long as the context lasts.

        Raises:
            ThreadLockedError: if a resume of the thread runs, here or anywhere; nothing is waited
                for. `being_resumed` then says whose.
            JournalError: if the lock could not be tried.
        """
        with ExitStack() as stack:
            with self._plain_errors():
                stack.enter_context(self._locks.hold(thread_id))
            yield

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
        with self._plain_errors():
            try:
                with self._transaction() as connection:
                    made = [_claim(connection, *claim, _clean(reviewer)) for claim in claims]
                    _take_up(connection, made)
                    return tuple(made)
            except IntegrityError:
                # Two claimed the same attempt at once, and this is the one who came second.
                entries = [self.last(key) for key, *_ in claims]
                raise AlreadyClaimedError(max(filter(None, entries), key=_claimed_at)) from None

    def finish(self, entries: Iterable[JournalEntry], outcome: str, note: str = "") -> None:
        """Record how a resume ended.

        Args:
            entries: what `claim` returned, or some of it.
            outcome: `done`, `failed` or `invalid`; see `JournalEntry`.
            note: what else is to be known.

        Raises:
            JournalError: if that was not recorded; the entries then count as cut off.
        """
        ended = {"outcome": outcome, "note": _clean(note), "finished_at": datetime.now(UTC)}
        ids = [entry.id for entry in entries]
        if not ids:
            return
        with self._plain_errors(), self._transaction() as connection:
            connection.execute(update(_DECISIONS).where(_ROW.id.in_(ids)).values(ended))

    def last(self, key: PauseKey) -> JournalEntry | None:
        """Return the newest attempt to decide a pause."""
        found = self._read(_of(key).order_by(_ROW.attempt.desc()).limit(1))
        return found[0] if found else None

    def entries(
        self, thread_id: str | None = None, reviewer: str | None = None
    ) -> list[JournalEntry]:
        """Return what was recorded, oldest first, of all or of one thread, reviewer or both."""
        query = select(_DECISIONS).order_by(_ROW.number)
        if thread_id is not None:
            query = query.where(_ROW.thread_id == thread_id)
        if reviewer is not None:
            query = query.where(_ROW.reviewer == _clean(reviewer))
        return self._read(query)

    def cut_off(self, thread_id: str) -> tuple[JournalEntry, ...]:
        """Return a thread's attempts that have no outcome: cut off, or running right now.

        They were cut off for certain where the caller holds the thread's lock.
        """
        query = select(_DECISIONS).where(_OPEN, _ROW.thread_id == thread_id).order_by(_ROW.number)
        return tuple(self._read(query))

    def being_resumed(self, thread_id: str) -> JournalEntry | None:
        """Return the entry whose resume runs right now.

        None means that nothing runs, or that whoever holds the lock has not claimed anything yet.
        """
        unfinished = self.cut_off(thread_id)
        return unfinished[-1] if unfinished and self._held(thread_id) else None

    def running(self) -> set[str]:
        """Return the threads that are being resumed right now; only unfinished ones are tried."""
        with self._plain_errors():
            if not self._exists():
                return set()
            with self._transaction() as connection:
                waiting = connection.scalars(select(_ROW.thread_id).where(_OPEN).distinct()).all()
        return {thread_id for thread_id in waiting if self._held(thread_id)}

    def erase(self, reviewer: str) -> int:
        """Delete a person's entries, and return how many there were.

        Of one that has no outcome yet the row stays, since it still protects its thread: without
        the name, and with nothing of the decision but its kinds.

        Raises:
            JournalError: if that could not be done; then nothing was deleted.
        """
        theirs = _ROW.reviewer == _clean(reviewer)
        with self._plain_errors():
            if not self._exists():
                return 0
            with self._transaction() as connection:
                erased = connection.execute(delete(_DECISIONS).where(theirs, ~_OPEN)).rowcount
                for number, decision in connection.execute(
                    select(_ROW.number, _ROW.decision).where(theirs)
                ).all():
                    kinds = [{"type": kind} for kind in kinds_of(decision)]
                    blank = {"reviewer": "", "note": "", "decision": kinds}
                    erased += connection.execute(
                        update(_DECISIONS).where(_ROW.number == number).values(blank)
                    ).rowcount
            self._forget_what_was_erased()
        return erased

    def _forget_what_was_erased(self) -> None:
        if self._file:
            with self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def _held(self, thread_id: str) -> bool:
        with self._plain_errors():
            return self._locks.held(thread_id)

    def _read(self, query: Select[Any]) -> list[JournalEntry]:
        with self._plain_errors():
            if not self._exists():
                return []
            with self._transaction() as connection:
                return [_entry(row) for row in connection.execute(query)]

    def _exists(self) -> bool:
        return self._file is None or self._file.exists()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        # A file can be moved away while a kernel lives.
        if not (self._ready and self._exists()):
            self._set_up()
        with self._engine.begin() as connection:
            yield connection

    def _set_up(self) -> None:
        with self._setting_up, self._alone():
            if self._file:
                with self._engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            with self._engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": _SET_UP})
                _DECISIONS.metadata.create_all(connection)
            self._ready = True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # SQLite does not wait its turn where the mode of a new file is set.
        if self._file is None:
            yield
            return
        lock = self._file.with_name(f"{self._file.name}.locks") / "set-up.lock"
        lock.parent.mkdir(exist_ok=True)
        with FileLock(lock, timeout=WAIT_SECONDS, fallback_to_soft=False):
            yield

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, NoConnectionError, OSError) as error:
            raise JournalError(self._told(error)) from error

    def _told(self, error: Exception) -> str:
        reason = str(error.orig if isinstance(error, DBAPIError) else error).strip()
        return f"The journal {self._place()}: {reason}. {self._mend(reason)}"

    def _place(self) -> str:
        if self._file:
            return str(self._file)
        if not self.durable:
            return "in memory"
        address = self._engine.url
        host = address.query.get("host") or address.host or "this machine"
        return f"in the database {address.database} on {host}"

    def _mend(self, reason: str) -> str:
        if not self._file:
            return "See that the database can be reached and written, then decide again."
        if any(words in reason for words in ("malformed", "not a database", "no such", "column")):
            return "Move that file away to begin a new one; what it records is then not known here."
        return f"Make room and see that {self._file.parent} can be written, then decide again."


def journal_of(checkpointer: BaseCheckpointSaver[Any]) -> Journal:
    """Return the journal that belongs to a checkpointer.

    Beside a SQLite file it is a file of its own, in PostgreSQL a table of the same database. For
    anything else it is kept in memory, for as long as the checkpointer is.

    Args:
        checkpointer: any; the same one, or the same database, has the same journal.
    """
    address = database_of(checkpointer)
    if address is None:
        return _in_memory_for(checkpointer)
    # A connection does not survive a fork, so each process has its own.
    return _durable(address, os.getpid())


@cache
def _durable(address: URL, _process: int) -> Journal:
    if address.get_backend_name() == "postgresql":
        return Journal(create_engine(address, pool_pre_ping=True), AdvisoryLocks(address))
    file = Path(f"{address.database}{SUFFIX}")
    # No connection is kept: one to a file that was moved away would go on writing to it.
    engine = create_engine(
        address.set(database=str(file)),
        poolclass=NullPool,
        connect_args={"timeout": WAIT_SECONDS, "isolation_level": "IMMEDIATE"},
    )
    event.listen(engine, "connect", _durable_and_erasable)
    return Journal(engine, FileLocks(file.with_name(f"{file.name}.locks")), file)


def _durable_and_erasable(connection: Any, _record: Any) -> None:
    # A claim must outlive a power cut, or the pause could be decided again.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")


_in_memory: dict[int, Journal] = {}
_in_memory_guard = threading.Lock()


def _in_memory_for(checkpointer: BaseCheckpointSaver[Any]) -> Journal:
    # By identity: a checkpointer may be equal to another, or have no hash.
    with _in_memory_guard:
        if id(checkpointer) not in _in_memory:
            _in_memory[id(checkpointer)] = _new_in_memory()
            weakref.finalize(checkpointer, _in_memory.pop, id(checkpointer), None).atexit = False
        return _in_memory[id(checkpointer)]


def _new_in_memory() -> Journal:
    name = f"file:hitl-{uuid.uuid4().hex}?mode=memory&cache=shared"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(name, uri=True, check_same_thread=False)

    # SQLAlchemy drops a connection that a KeyboardInterrupt met; the database must not go with it.
    anchor = connect()
    engine = create_engine(
        "sqlite://", creator=connect, poolclass=QueuePool, pool_size=1, max_overflow=0
    )
    journal = Journal(engine, LocksInMemory())
    weakref.finalize(journal, _close, engine, anchor)
    return journal


def _close(engine: Engine, anchor: sqlite3.Connection) -> None:
    engine.dispose()
    anchor.close()


_SET_UP = int.from_bytes(sha256(b"hitl-course set-up").digest()[:8], "big", signed=True)


def kinds_of(decision: Any) -> tuple[str, ...]:
    """Return the kinds of the decisions, LangChain's own, that an entry holds: `approve`, say."""
    each = decision if isinstance(decision, list) else [decision]
    kinds = (one.get("type") for one in each if isinstance(one, dict))
    return tuple(kind for kind in kinds if isinstance(kind, str))


def _take_up(connection: Connection, made: Sequence[JournalEntry]) -> None:
    """Close what earlier decisions on the same threads have left open."""
    same_threads = _ROW.thread_id.in_({entry.key.thread_id for entry in made})
    earlier = _ROW.id.not_in([entry.id for entry in made])
    ended = {"outcome": CUT_OFF, "finished_at": datetime.now(UTC), "note": TAKEN_UP}
    connection.execute(update(_DECISIONS).where(_OPEN, same_threads, earlier).values(ended))


def _claim(
    connection: Connection, key: PauseKey, decision: Any, asked: Any, reviewer: str
) -> JournalEntry:
    row = connection.execute(_of(key).order_by(_ROW.attempt.desc()).limit(1)).first()
    last = _entry(row) if row else None
    if last and last.outcome == "done":
        raise AlreadyClaimedError(last)
    attempt = last.attempt + 1 if last else 1
    given = (_as_json(decision), _as_json(asked))
    entry = JournalEntry(uuid.uuid4().hex, key, attempt, reviewer, *given, datetime.now(UTC))
    connection.execute(insert(_DECISIONS).values(_values(entry)))
    return entry


def _of(key: PauseKey) -> Select[Any]:
    return select(_DECISIONS).where(
        *(_ROW[name] == value for name, value in zip(_KEY, astuple(key), strict=True))
    )


def _values(entry: JournalEntry) -> dict[str, Any]:
    values = vars(entry) | vars(entry.key)
    del values["key"]
    return values


def _entry(row: Row[Any]) -> JournalEntry:
    values = dict(row._mapping)  # the name is SQLAlchemy's, and public in spite of its underscore
    del values["number"]
    for name in ("claimed_at", "finished_at"):
        values[name] = _in_utc(values[name])
    return JournalEntry(key=PauseKey(*(values.pop(name) for name in _KEY)), **values)


def _in_utc(when: datetime | None) -> datetime | None:
    # SQLite keeps no time zone; what was written is UTC.
    if when is None:
        return None
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)


def _claimed_at(entry: JournalEntry) -> datetime:
    return entry.claimed_at


def _as_json(value: Any) -> Any:
    """Return what JSON, PostgreSQL's too, can hold of a value; the rest as its repr."""
    try:
        return json.loads(json.dumps(value, default=repr), parse_constant=str)
    except (TypeError, ValueError, RecursionError):
        return repr(value)


def _clean(words: str) -> str:
    """Write by their codes the characters that no database takes."""
    return words.replace("\0", "\\x00").encode(errors="backslashreplace").decode()
