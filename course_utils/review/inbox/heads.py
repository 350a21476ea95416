"""The newest checkpoint of every thread, found and read without rebuilding a single message.

LangGraph's own savers are read through their tables or dictionaries, on short connections of our
own that cannot write, so that nobody is disturbed. Their layout is that of the pinned versions.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import ormsgpack
from langgraph.checkpoint.base.id import UUID
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from course_utils.review.record.database import database_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from contextlib import AbstractContextManager

    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.checkpoint.serde.base import SerializerProtocol
    from sqlalchemy import URL, Connection

_GREGORIAN = datetime(1582, 10, 15, tzinfo=UTC)
_PATIENCE_SECONDS = 10

Raw = dict[str, Any]


class CheckpointsUnreadableError(RuntimeError):
    """The checkpoints as a whole cannot be read; the message says where they are and why."""


class Head(NamedTuple):
    """The newest root checkpoint of a thread. Heads sort by age, the oldest first.

    Attributes:
        checkpoint_id: a UUID of version 6, whose text sorts by time.
        thread_id: the thread.
    """

    checkpoint_id: str
    thread_id: str

    @property
    def written(self) -> datetime:
        """When the checkpoint was written, by the clock inside its id (RFC 9562, section 5.6)."""
        return _GREGORIAN + timedelta(microseconds=UUID(self.checkpoint_id).time // 10)


class Heads(Protocol):
    """One kind of storage."""

    def find(self) -> list[Head]:
        """List the head of every thread, in no order.

        Raises:
            CheckpointsUnreadableError: if the storage cannot be read.
        """

    def read(self, heads: Sequence[Head], channels: Collection[str]) -> list[Raw | None]:
        """Read checkpoints with the values of these channels alone; None for what cannot be read.

        Raises:
            CheckpointsUnreadableError: if the storage cannot be read.
        """


def heads_of(checkpointer: BaseCheckpointSaver[Any]) -> Heads:
    """Choose how to read a checkpointer's newest checkpoints.

    A checkpointer that is none of LangGraph's own is asked for every checkpoint it has, which is
    slow.
    """
    url = database_of(checkpointer)
    if url is not None and url.get_backend_name() == "sqlite":
        path = Path(str(url.database))
        return _InSqlite(checkpointer.serde, lambda: _reading(path))
    if url is not None:
        return _InPostgreSQL(checkpointer.serde, url)
    if isinstance(checkpointer, SqliteSaver):
        return _InSqlite(checkpointer.serde, lambda: _borrowing(checkpointer))
    if isinstance(checkpointer, InMemorySaver):
        return _InMemory(checkpointer)
    return _Elsewhere(checkpointer)


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    where = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(where, uri=True, timeout=_PATIENCE_SECONDS)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise CheckpointsUnreadableError(f"{path} cannot be read: {error}.") from error


@contextmanager
def _borrowing(saver: SqliteSaver) -> Iterator[sqlite3.Connection]:
    with saver.lock:
        yield saver.conn


@dataclass(frozen=True)
class _InSqlite:
    serde: SerializerProtocol
    connected: Callable[[], AbstractContextManager[sqlite3.Connection]]

    def find(self) -> list[Head]:
        with self.connected() as connection:
            if not connection.execute(_SQLITE_TABLE).fetchone():
                return []
            return [Head(*row) for row in connection.execute(_HEADS)]

    def read(self, heads: Sequence[Head], channels: Collection[str]) -> list[Raw | None]:
        with self.connected() as connection:
            rows = [
                connection.execute(_SQLITE_ONE, (head.thread_id, head.checkpoint_id)).fetchone()
                for head in heads
            ]
        return [self._raw(row, channels) for row in rows]

    def _raw(self, row: tuple[str, bytes] | None, channels: Collection[str]) -> Raw | None:
        try:
            return row and _decoded(self.serde, row, channels)
        except Exception:
            # Whatever is wrong with it, reading it in full will say so.
            return None


_SQLITE_TABLE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'checkpoints'"
_HEADS = """
SELECT max(checkpoint_id), thread_id FROM checkpoints WHERE checkpoint_ns = '' GROUP BY thread_id
"""
_SQLITE_ONE = """
SELECT type, checkpoint FROM checkpoints
WHERE thread_id = ? AND checkpoint_ns = '' AND checkpoint_id = ?
"""


def _decoded(
    serde: SerializerProtocol, stored: tuple[str, bytes], channels: Collection[str]
) -> Raw:
    """Decode a checkpoint, but of its values only those of some channels."""
    kind, blob = stored
    if kind != "msgpack":
        return dict(serde.loads_typed(stored))
    # Ext keeps an object as the bytes it is stored as, which can be packed again.
    checkpoint = ormsgpack.unpackb(blob, ext_hook=ormsgpack.Ext, option=ormsgpack.OPT_NON_STR_KEYS)
    values = {
        channel: serde.loads_typed(
            (kind, ormsgpack.packb(value, option=ormsgpack.OPT_NON_STR_KEYS))
        )
        for channel, value in checkpoint["channel_values"].items()
        if channel in channels
    }
    return {**checkpoint, "channel_values": values}


@dataclass(frozen=True)
class _InPostgreSQL:
    serde: SerializerProtocol
    url: URL

    def find(self) -> list[Head]:
        with self._connected() as connection:
            if not connection.scalar(text("SELECT to_regclass('checkpoints')")):
                return []
            return [Head(*row) for row in connection.execute(text(_HEADS))]

    def read(self, heads: Sequence[Head], channels: Collection[str]) -> list[Raw | None]:
        asked = {
            "threads": [head.thread_id for head in heads],
            "ids": [head.checkpoint_id for head in heads],
            "channels": sorted(channels),
        }
        with self._connected() as connection:
            rows = connection.execute(_POSTGRESQL_SOME, asked).all()
        found = {row.thread_id: self._raw(row.checkpoint, row.stored or []) for row in rows}
        return [found.get(head.thread_id) for head in heads]

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        # A connection of its own each time: a pool would keep one open for as long as the kernel.
        engine = create_engine(self.url, poolclass=NullPool)
        try:
            with engine.connect().execution_options(postgresql_readonly=True) as connection:
                yield connection
        except SQLAlchemyError as error:
            where = self.url.render_as_string(hide_password=True)
            reason = getattr(error, "orig", None) or error
            raise CheckpointsUnreadableError(f"{where} cannot be read: {reason}") from error

    def _raw(self, checkpoint: Raw, stored: list[list[bytes]]) -> Raw | None:
        try:
            values = {
                channel.decode(): self.serde.loads_typed((kind.decode(), blob))
                for channel, kind, blob in stored
                if kind != b"empty"
            }
        except Exception:
            return None
        return {**checkpoint, "channel_values": {**checkpoint["channel_values"], **values}}


_POSTGRESQL_SOME = text("""
SELECT thread_id, checkpoint, (
    SELECT array_agg(ARRAY[channel::bytea, type::bytea, blob]) FROM checkpoint_blobs AS stored
    WHERE stored.thread_id = checkpoints.thread_id AND stored.checkpoint_ns = ''
        AND stored.channel = ANY(:channels)
        AND stored.version = checkpoint -> 'channel_versions' ->> stored.channel
) AS stored
FROM checkpoints
JOIN unnest(CAST(:threads AS text[]), CAST(:ids AS text[])) AS asked (thread, id)
    ON thread_id = thread AND checkpoint_ns = '' AND checkpoint_id = id
""")


@dataclass(frozen=True)
class _InMemory:
    saver: InMemorySaver

    def find(self) -> list[Head]:
        # Copies, since a graph may be writing in another thread.
        roots = {thread: dict(kept).get("") for thread, kept in dict(self.saver.storage).items()}
        newest = {thread: max(list(root)) for thread, root in roots.items() if root}
        return [Head(checkpoint_id, thread) for thread, checkpoint_id in newest.items()]

    def read(self, heads: Sequence[Head], channels: Collection[str]) -> list[Raw | None]:
        return [self._raw(head, channels) for head in heads]

    def _raw(self, head: Head, channels: Collection[str]) -> Raw | None:
        serde, blobs = self.saver.serde, self.saver.blobs
        try:
            saved = self.saver.storage[head.thread_id][""][head.checkpoint_id]
            checkpoint = serde.loads_typed(saved[0])
            keys = {
                channel: (head.thread_id, "", channel, version)
                for channel, version in checkpoint["channel_versions"].items()
                if channel in channels
            }
            values = {
                channel: serde.loads_typed(blobs[key])
                for channel, key in keys.items()
                if key in blobs and blobs[key][0] != "empty"
            }
        except Exception:
            return None
        return {**checkpoint, "channel_values": values}


@dataclass(frozen=True)
class _Elsewhere:
    saver: BaseCheckpointSaver[Any]

    def find(self) -> list[Head]:
        newest: dict[str, Head] = {}
        for saved in self.saver.list(None):
            named = saved.config["configurable"]
            if not named.get("checkpoint_ns"):
                head = Head(named["checkpoint_id"], named["thread_id"])
                newest[head.thread_id] = max(head, newest.get(head.thread_id, head))
        return list(newest.values())

    def read(self, heads: Sequence[Head], channels: Collection[str]) -> list[Raw | None]:
        return [self._raw(head, channels) for head in heads]

    def _raw(self, head: Head, channels: Collection[str]) -> Raw | None:
        named = {
            "thread_id": head.thread_id,
            "checkpoint_ns": "",
            "checkpoint_id": head.checkpoint_id,
        }
        try:
            saved = self.saver.get_tuple({"configurable": named})
        except Exception:
            return None
        if saved is None:
            return None
        values = saved.checkpoint["channel_values"]
        kept = {channel: values[channel] for channel in channels if channel in values}
        return {**saved.checkpoint, "channel_values": kept}
