"""Who has which thread open right now: a courtesy, which holds nobody back.

Each inbox writes down what it has open, and says so again as long as its page lives. A note that
is not renewed counts no more after `LEASE_SECONDS`, so that a kernel which dies leaves no mark.
The notes lie beside the checkpoints: in `<checkpoints file>.open` for a SQLite file, in the table
`hitl_open` for PostgreSQL, else in this process alone. Where they cannot be kept or read, nobody is
shown to have anything open, and nothing else happens.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary

from sqlalchemy import NullPool, create_engine, text

from course_utils.review.record.address import database_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langgraph.checkpoint.base import BaseCheckpointSaver
    from sqlalchemy import URL

LEASE_SECONDS = 45
SUFFIX = ".open"
"""What the notes' file is called beside the file of the checkpoints: that name and this."""

# A decision must never wait for a note.
_PATIENCE_SECONDS = 0.2
_TABLE = """
CREATE TABLE IF NOT EXISTS hitl_open
(holder TEXT PRIMARY KEY, thread_id TEXT NOT NULL, reviewer TEXT NOT NULL, until BIGINT NOT NULL)
"""
_PUT = """
INSERT INTO hitl_open VALUES (:holder, :thread, :reviewer, {now} + :lease)
ON CONFLICT (holder) DO UPDATE SET thread_id = excluded.thread_id, reviewer = excluded.reviewer,
    until = excluded.until
"""
_DROP = "DELETE FROM hitl_open WHERE holder = :holder"
_PURGE = "DELETE FROM hitl_open WHERE until <= {now}"
_LIST = "SELECT thread_id, reviewer FROM hitl_open WHERE holder <> :holder AND until > {now}"
# The database's clock, since reviewers' machines may disagree about the time.
_NOW = {
    "sqlite": "CAST(strftime('%s', 'now') AS INTEGER)",
    "postgresql": "CAST(extract(epoch FROM clock_timestamp()) AS BIGINT)",
}


class Notes(Protocol):
    """Where the notes lie."""

    def put(self, holder: str, thread_id: str, reviewer: str) -> None:
        """Note that a holder has a thread open, for as long as a lease, and no other thread."""

    def drop(self, holder: str) -> None:
        """Take a holder's note away."""

    def others(self, holder: str) -> list[tuple[str, str]]:
        """List the threads that others have open, each with who has."""


class Presence:
    """What one inbox has open, and what the others have.

    Args:
        checkpointer: what holds the threads.
        holder: a name of this inbox that no other has.
        reviewer: who works in it.
    """

    def __init__(self, checkpointer: BaseCheckpointSaver[Any], holder: str, reviewer: str) -> None:
        self._notes = notes_of(checkpointer)
        self._holder, self._reviewer = holder, reviewer
        self._opened = ""

    def open(self, thread_id: str) -> None:
        """Say that this inbox has a thread open, and no other; an empty one for none."""
        self._opened = thread_id
        self.renew()

    def renew(self) -> None:
        """Say again what is open."""
        with suppress(Exception):
            if self._opened:
                self._notes.put(self._holder, self._opened, self._reviewer)
            else:
                self._notes.drop(self._holder)

    def others(self) -> Mapping[str, str]:
        """Return who else has which thread open, as far as can be told."""
        found: dict[str, str] = {}
        with suppress(Exception):
            for thread_id, reviewer in self._notes.others(self._holder):
                said = found.get(thread_id)
                found[thread_id] = f"{said}, {reviewer}" if said else reviewer
        return found


def notes_of(checkpointer: BaseCheckpointSaver[Any]) -> Notes:
    """Choose where the notes of a checkpointer's threads lie."""
    address = database_of(checkpointer)
    if address is not None:
        beside = address.get_backend_name() == "sqlite"
        return _InDatabase(
            address.set(database=f"{address.database}{SUFFIX}") if beside else address
        )
    with _guard:
        return _in_memory.setdefault(checkpointer, _InMemory())


class _InMemory:
    """For threads that one process alone can reach."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[str, str, float]] = {}

    def put(self, holder: str, thread_id: str, reviewer: str) -> None:
        self._open[holder] = (thread_id, reviewer, time.monotonic() + LEASE_SECONDS)

    def drop(self, holder: str) -> None:
        self._open.pop(holder, None)

    def others(self, holder: str) -> list[tuple[str, str]]:
        now = time.monotonic()
        return [
            (thread_id, reviewer)
            for who, (thread_id, reviewer, until) in list(self._open.items())
            if who != holder and until > now
        ]


_guard = threading.Lock()
_in_memory: WeakKeyDictionary[BaseCheckpointSaver[Any], _InMemory] = WeakKeyDictionary()


@dataclass(frozen=True)
class _InDatabase:
    """For all who reach one database, each time over a connection that is not kept."""

    address: URL

    def put(self, holder: str, thread_id: str, reviewer: str) -> None:
        self._write(_PUT, holder=holder, thread=thread_id, reviewer=reviewer, lease=LEASE_SECONDS)

    def drop(self, holder: str) -> None:
        self._write(_DROP, holder=holder)

    def others(self, holder: str) -> list[tuple[str, str]]:
        if self._file and not self._file.exists():
            return []
        with self._engine().connect() as connection:
            rows = connection.execute(self._sql(_LIST), {"holder": holder})
            return [(row[0], row[1]) for row in rows]

    def _write(self, words: str, **given: Any) -> None:
        with self._engine().begin() as connection:
            connection.execute(text(_TABLE))
            connection.execute(self._sql(_PURGE))
            connection.execute(self._sql(words), given)

    @property
    def _file(self) -> Path | None:
        sqlite = self.address.get_backend_name() == "sqlite"
        return Path(str(self.address.database)) if sqlite else None

    def _sql(self, words: str) -> Any:
        return text(words.format(now=_NOW[self.address.get_backend_name()]))

    def _engine(self) -> Any:
        patience = {"timeout": _PATIENCE_SECONDS} if self._file else {"connect_timeout": 2}
        return create_engine(self.address, poolclass=NullPool, connect_args=patience)
