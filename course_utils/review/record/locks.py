"""One lock a thread, held while a resume runs and free the moment its process has died.

Whoever asks with `held` never makes another's `hold` fail. The locks of files and of memory exclude
the other threads of one process too, and none can be taken twice.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager, suppress
from hashlib import blake2b, sha256
from typing import TYPE_CHECKING, Protocol

from filelock import FileLock, Timeout
from sqlalchemy import BigInteger, NullPool, bindparam, create_engine, text
from sqlalchemy.exc import DBAPIError

from course_utils.plain_files import open_plain
from course_utils.review.record.entries import ThreadLockedError

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import URL


class Locks(Protocol):
    """The locks of the threads of one database."""

    def hold(self, thread_id: str) -> AbstractContextManager[None]:
        """Hold a thread's lock for as long as the context lasts.

        Raises:
            ThreadLockedError: at once, if anyone holds it.
        """

    def held(self, thread_id: str) -> bool:
        """Say whether anyone holds a thread's lock right now."""


class LocksInMemory:
    """For a checkpointer that one process alone can reach."""

    def __init__(self) -> None:
        self._held: set[str] = set()
        self._guard = threading.Lock()

    @contextmanager
    def hold(self, thread_id: str) -> Iterator[None]:
        """Hold a thread's lock; see `Locks`."""
        with self._guard:
            if thread_id in self._held:
                raise ThreadLockedError
            self._held.add(thread_id)
        try:
            yield
        finally:
            with self._guard:
                self._held.discard(thread_id)

    def held(self, thread_id: str) -> bool:
        """Say whether anyone holds a thread's lock right now."""
        with self._guard:
            return thread_id in self._held


class FileLocks:
    """For all processes that see one folder.

    Args:
        folder: where the locks are, a file for each thread that was ever held. They stay: a lock
            file that is removed no longer excludes those who have it open.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def hold(self, thread_id: str) -> Iterator[None]:
        """Hold a thread's lock; see `Locks`.

        Raises:
            OSError: if the file of the lock cannot be made.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        # A lock that can be released by another thread than its holder's, as loops may want, and
        # one that is never replaced by a mere marker, which would outlive a killed process.
        lock = FileLock(self._file(thread_id), thread_local=False, fallback_to_soft=False)
        self._acquire(lock, thread_id)
        try:
            yield
        finally:
            lock.release()

    def held(self, thread_id: str) -> bool:
        """Say whether anyone holds a thread's lock right now."""
        try:
            return _held(self._file(thread_id))
        except FileNotFoundError:
            return False

    def _acquire(self, lock: FileLock, thread_id: str) -> None:
        while True:
            try:
                lock.acquire(blocking=False)
            except Timeout:
                # What was in the way may have been no holder but somebody's look, which is over.
                if self.held(thread_id):
                    raise ThreadLockedError from None
            else:
                return

    def _file(self, thread_id: str) -> Path:
        # A thread's id is foreign text, which could name any other file.
        return (
            self._folder / f"{sha256(thread_id.encode(errors='backslashreplace')).hexdigest()}.lock"
        )


if sys.platform == "win32":

    def _held(file: Path) -> bool:
        # No shared locks here: a lock that cannot be had for a while is held.
        if not file.exists():
            return False
        try:
            with FileLock(file, timeout=0.2, poll_interval=0.01, fallback_to_soft=False):
                return False
        except Timeout:
            return True

else:

    def _held(file: Path) -> bool:
        # Shared locks get on with each other, so only a holder can be in the way of one.
        descriptor = open_plain(file, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            # Closing would not do while a process being forked has the descriptor too.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False


_NAMESPACE = b"hitl-course thread\0"
_TRY = text("SELECT pg_try_advisory_lock(:key)").bindparams(bindparam("key", type_=BigInteger))
_UNLOCK = text("SELECT pg_advisory_unlock(:key)").bindparams(bindparam("key", type_=BigInteger))
# PostgreSQL shows a key of 64 bits as two halves, and marks it by objsubid 1.
_HELD = text(
    "SELECT EXISTS (SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database "
    "WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND datname = current_database() "
    "AND (classid::bigint << 32) | objid::bigint = :key)"
).bindparams(bindparam("key", type_=BigInteger))
# The server frees the lock of a machine that has vanished only when it looks whether it is there,
# and must not end a session because a tool runs long. Older servers do not know every one of these.
_STAY_CONNECTED = text(
    "SELECT set_config(name, wanted, false) FROM pg_settings JOIN (VALUES "
    "('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'), "
    "('tcp_keepalives_count', '3'), ('idle_session_timeout', '0')) AS w(name, wanted) USING (name)"
)
_KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}


class AdvisoryLocks:
    """For all who use one PostgreSQL database: its session-level advisory locks.

    Each lock is held by a connection of its own. If the server ends that connection, the lock is
    free although its holder goes on; a pooler that shares sessions between clients (PgBouncer's
    transaction mode) keeps no such lock at all.

    Args:
        address: of the database.
    """

    def __init__(self, address: URL) -> None:
        self._engine = create_engine(
            address,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args=_KEEPALIVES,
        )

    @contextmanager
    def hold(self, thread_id: str) -> Iterator[None]:
        """Hold a thread's lock; see `Locks`.

        Raises:
            sqlalchemy.exc.DBAPIError: if the database does not answer.
        """
        key = {"key": _key(thread_id)}
        with self._engine.connect() as connection:
            connection.execute(_STAY_CONNECTED)
            if not connection.scalar(_TRY, key):
                raise ThreadLockedError
            socket = connection.connection.fileno()
            _sockets.add(socket)
            try:
                yield
            finally:
                _sockets.discard(socket)
                # Without a connection there is no lock either. With one, the server would free it
                # a moment after we are gone, and the next to come might be refused.
                with suppress(DBAPIError):
                    connection.execute(_UNLOCK, key)

    def held(self, thread_id: str) -> bool:
        """Say whether anyone holds a thread's lock right now."""
        with self._engine.connect() as connection:
            return bool(connection.scalar(_HELD, {"key": _key(thread_id)}))


_sockets: set[int] = set()


def _leave_to_the_parent() -> None:
    # A fork that lived longer than the holder would keep its connection open, and so the lock.
    # The numbers stay in use, so that nothing else is taken for the connection.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for socket in _sockets:
        os.dup2(nowhere, socket, inheritable=False)
    os.close(nowhere)
    _sockets.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_the_parent)


def _key(thread_id: str) -> int:
    digest = blake2b(_NAMESPACE + thread_id.encode(errors="backslashreplace"), digest_size=8)
    return int.from_bytes(digest.digest(), "big", signed=True)
