"""The journal that belongs to a checkpointer: where it is, and how long it is open."""

from __future__ import annotations

import sqlite3
import threading
import uuid
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from langgraph.checkpoint.base import BaseCheckpointSaver
from sqlalchemy import QueuePool, create_engine, event

from course_utils.checkpoints import at_close
from course_utils.review.record.database import database_of
from course_utils.review.record.journal import Journal
from course_utils.review.record.locks import AdvisoryLocks, FileLocks, LocksInMemory
from course_utils.review.record.store import WAIT_SECONDS, Store

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

SUFFIX = ".journal"
"""What a journal's file is called beside the file of the checkpoints: that name and this."""

_journals: dict[int, Journal] = {}
_opening = threading.Lock()


@overload
def journal_of(checkpointer: BaseCheckpointSaver[Any]) -> Journal: ...
@overload
def journal_of(checkpointer: bool | None) -> None: ...
def journal_of(checkpointer: BaseCheckpointSaver[Any] | bool | None) -> Journal | None:
    """Return the journal that belongs to a checkpointer.

    Beside a SQLite file it is a file of its own, in PostgreSQL a table of the same database. For
    anything else it is kept in memory. It has one connection, which is closed with the
    checkpointer: when the `checkpoints()` that opened it ends, or when nobody has it any more.

    Args:
        checkpointer: any; the same database has the same journal. What a graph without one has in
            its place has none.
    """
    if not isinstance(checkpointer, BaseCheckpointSaver):
        return None
    # By identity: a checkpointer may be equal to another, or have no hash.
    with _opening:
        if id(checkpointer) not in _journals:
            journal = _journals[id(checkpointer)] = _opened(database_of(checkpointer))
            weakref.finalize(checkpointer, _forget, id(checkpointer)).atexit = False
            at_close(checkpointer, journal.close)
        return _journals[id(checkpointer)]


def _forget(identity: int) -> None:
    _journals.pop(identity).close()


def _opened(address: URL | None) -> Journal:
    if address is None:
        return _in_memory()
    if address.get_backend_name() == "postgresql":
        engine = create_engine(address, pool_size=1, pool_pre_ping=True)
        return Journal(Store(engine), AdvisoryLocks(address))
    file = Path(f"{address.database}{SUFFIX}")
    engine = create_engine(
        address.set(database=str(file)),
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        connect_args={
            "timeout": WAIT_SECONDS,
            "isolation_level": "IMMEDIATE",
            "check_same_thread": False,
        },
    )
    event.listen(engine, "connect", _durable_and_erasable)
    return Journal(Store(engine, file), FileLocks(file.with_name(f"{file.name}.locks")))


def _durable_and_erasable(connection: Any, _record: Any) -> None:
    # A claim must outlive a power cut, or the pause could be decided again.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")


def _in_memory() -> Journal:
    name = f"file:hitl-{uuid.uuid4().hex}?mode=memory&cache=shared"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(name, uri=True, check_same_thread=False)

    # SQLAlchemy drops a connection that a KeyboardInterrupt met; the database must not go with it.
    anchor = connect()
    engine = create_engine(
        "sqlite://", creator=connect, poolclass=QueuePool, pool_size=1, max_overflow=0
    )
    journal = Journal(Store(engine), LocksInMemory())
    weakref.finalize(journal, _close, engine, anchor)
    return journal


def _close(engine: Engine, anchor: sqlite3.Connection) -> None:
    engine.dispose()
    anchor.close()
