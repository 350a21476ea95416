"""The checkpointer that HITL_CHECKPOINTS names, opened and closed."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.sqlite import SqliteSaver

from course_utils.closing import closed_together
from course_utils.settings import checked_place, is_address, settings, without_password

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langgraph.checkpoint.base import BaseCheckpointSaver
    from psycopg import Connection

BUSY_SECONDS = 30
CONNECT_SECONDS = 10
# Any number will do, as long as it is always the same.
_SETUP_LOCK = 0x6869746C
_SETUP_SECONDS = 60
_LOOK_AGAIN_SECONDS = 0.05


class CheckpointsError(RuntimeError):
    """Checkpoints cannot be kept at the place asked for; the message holds the fix."""


@contextmanager
def checkpoints(where: str | Path | None = None) -> Iterator[BaseCheckpointSaver[Any]]:
    """Open the checkpointer that keeps threads at a place, and close it at the end.

    Several processes may have the same place open. Its connections are thread-safe; after a restart
    of PostgreSQL the next use connects anew.

    Args:
        where: the path of a SQLite file, made with its folder where it is missing, or a
            postgresql:// address; without it, what HITL_CHECKPOINTS says.

    Raises:
        CheckpointsError: if that place cannot be opened.
        SettingsError: if HITL_CHECKPOINTS is neither a path nor such an address.
    """
    if where is None:
        place = settings().checkpoints
    else:
        try:
            place = checked_place(str(where))
        except ValueError as error:
            raise CheckpointsError(f"The checkpoints' address is none: {error}.") from None
    opened = _postgresql(place) if is_address(place) else _sqlite(Path(place))
    with opened as saver, closed_together(saver):
        yield saver


def reach(address: str) -> None:
    """Connect to a PostgreSQL once, and let go.

    Raises:
        CheckpointsError: if it cannot be reached, or does not let us in.
    """
    with closing(_connect(address)):
        pass


@contextmanager
def _sqlite(file: Path) -> Iterator[SqliteSaver]:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(file, timeout=BUSY_SECONDS, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise _unusable(file, error) from None
    with closing(connection):
        saver = SqliteSaver(connection)
        try:
            _to_wal(connection)
            saver.setup()
        except sqlite3.Error as error:
            raise _unusable(file, error) from None
        yield saver


def _to_wal(connection: sqlite3.Connection) -> None:
    # SQLite does not wait its timeout for this one change, so the wait is ours.
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_LOOK_AGAIN_SECONDS)
        else:
            return


def _unusable(file: Path, error: Exception) -> CheckpointsError:
    return CheckpointsError(
        f"Checkpoints cannot be kept in {file}: {error}. "
        "Set HITL_CHECKPOINTS to a SQLite file in a folder you may write to."
    )


@contextmanager
def _postgresql(address: str) -> Iterator[BaseCheckpointSaver[Any]]:
    # Imported here: only who uses PostgreSQL waits for it.
    from langgraph.checkpoint.postgres import PostgresSaver  # noqa: PLC0415
    from psycopg.rows import dict_row  # noqa: PLC0415
    from psycopg_pool import ConnectionPool  # noqa: PLC0415

    with closing(_connect(address)) as connection:
        _set_up(connection, address)
    pool: ConnectionPool[Connection[dict[str, Any]]] = ConnectionPool(
        address,
        kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
        min_size=1,
        max_size=4,
        check=ConnectionPool.check_connection,
        timeout=CONNECT_SECONDS,
        open=False,
    )
    with pool:
        yield PostgresSaver(pool)


def _connect(address: str) -> Connection[dict[str, Any]]:
    from psycopg import Connection, OperationalError  # noqa: PLC0415
    from psycopg.rows import dict_row  # noqa: PLC0415

    try:
        return Connection.connect(
            address, autocommit=True, row_factory=dict_row, connect_timeout=CONNECT_SECONDS
        )
    except OperationalError as error:
        said = " ".join(str(error).split())
        raise CheckpointsError(
            f"PostgreSQL cannot be reached at {without_password(address)}: {said}. "
            "Start it, or correct HITL_CHECKPOINTS."
        ) from None


def _set_up(connection: Connection[dict[str, Any]], address: str) -> None:
    """Make the saver's tables, one process at a time, since two at once fail on each other's."""
    from langgraph.checkpoint.postgres import PostgresSaver  # noqa: PLC0415
    from psycopg import Error  # noqa: PLC0415

    deadline = time.monotonic() + _SETUP_SECONDS
    try:
        # Tried again and again, because the saver's CREATE INDEX CONCURRENTLY waits for everyone
        # who waits in a query, and they would wait for it.
        while not _taken(connection, _SETUP_LOCK):
            if time.monotonic() > deadline:
                raise TimeoutError("another process has been making its tables for too long")
            time.sleep(_LOOK_AGAIN_SECONDS)
        PostgresSaver(connection).setup()
    except (Error, TimeoutError) as error:
        raise CheckpointsError(
            f"Checkpoints cannot be kept at {without_password(address)}: {error}. "
            "The user in HITL_CHECKPOINTS must be allowed to make tables there."
        ) from None


def _taken(connection: Connection[dict[str, Any]], lock: int) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s) AS taken", [lock]).fetchone()
    return row is not None and row["taken"]
