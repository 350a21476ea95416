"""The database of one journal: its connection, made when it is first used and then kept."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from filelock import FileLock
from sqlalchemy import text

from course_utils.review.record.failures import place_of, plain_errors
from course_utils.review.record.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import Connection, Engine

WAIT_SECONDS = 30
"""How long a write waits for another process's, which takes milliseconds."""

_SET_UP = int.from_bytes(sha256(b"hitl-course set-up").digest()[:8], "big", signed=True)


class Store:
    """A journal's database.

    Args:
        engine: of the database, with a pool that keeps its connections.
        file: the database's file, where it is one.

    Attributes:
        durable: whether it outlives the process.
    """

    def __init__(self, engine: Engine, file: Path | None = None) -> None:
        self.durable = file is not None or engine.dialect.name == "postgresql"
        self._engine = engine
        self._file = file
        self._place = place_of(engine.url, file)
        self._opened: tuple[int, int] | None = None
        self._process = os.getpid()
        self._left_to_the_parent: list[Any] = []
        self._setting_up = threading.Lock()
        self._ready = False

    def plain_errors(self) -> AbstractContextManager[None]:
        """Raise the database's errors as `JournalError`, within this context."""
        return plain_errors(self._place, self._file)

    def exists(self) -> bool:
        """Tell whether there is anything to read; looking does not make a file."""
        return self._file is None or self._file.exists()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Hold the connection until the context's end, where what was done is committed.

        Raises:
            JournalError: if the database cannot be read or written.
        """
        with self.plain_errors():
            self._leave_to_the_parent()
            self._set_up()
            with self._engine.begin() as connection:
                yield connection

    def close(self) -> None:
        """Let the connection go; the next use makes another."""
        self._engine.dispose()

    def forget_what_was_erased(self) -> None:
        """Leave no erased words in the log that SQLite keeps beside its file."""
        if self._file:
            with self.plain_errors(), self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def _leave_to_the_parent(self) -> None:
        # A connection does not survive a fork, and would disturb the parent's if it were closed.
        if self.durable and self._process != os.getpid():
            self._left_to_the_parent.append(self._engine.pool)
            self._engine.dispose(close=False)
            self._process = os.getpid()

    def _is_set_up(self) -> bool:
        # A connection to a file that was moved away would go on writing to it.
        here = _identity(self._file) if self._file else None
        return self._ready and here == self._opened

    def _set_up(self) -> None:
        if self._is_set_up():
            return
        with self._setting_up, self._alone():
            # Another thread may have been here meanwhile, and hold the new connection.
            if self._is_set_up():
                return
            self._engine.dispose()
            if self._file:
                with self._engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            with self._engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": _SET_UP})
                else:
                    # Left to itself, sqlite3 commits each CREATE at once.
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                migrate(connection, self._place)
            self._opened = _identity(self._file) if self._file else None
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


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
