"""The database of a journal: beside a SQLite file, in PostgreSQL, or in memory."""

from __future__ import annotations

import sqlite3
import uuid
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import QueuePool, create_engine, event

from course_utils.review.record.address import database_of
from course_utils.review.record.journal import Journal
from course_utils.review.record.locks import AdvisoryLocks, FileLocks, LocksInMemory
from course_utils.review.record.store import WAIT_SECONDS, Store

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from sqlalchemy import Engine

SUFFIX = ".journal"
"""What a journal's file is called beside the file of the checkpoints: that name and this."""


def open_journal(checkpointer: BaseCheckpointSaver[Any]) -> Journal:
    """Open the journal of a checkpointer, where the checkpoints are kept.

    Args:
        checkpointer: any; for one that is not known here, the journal is in memory.
    """
    address = database_of(checkpointer)
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
