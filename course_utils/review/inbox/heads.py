"""The newest checkpoint of every thread, found and read without rebuilding a single message.

What LangGraph's own savers keep in a database is read on a short connection of our own that cannot
write, so that nobody is disturbed; what they keep in memory is read through the saver. Any other
saver is asked for every checkpoint it has.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from course_utils.neighbours import langgraph_checkpoints as layout
from course_utils.review.record.address import database_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.checkpoint.serde.base import SerializerProtocol
    from sqlalchemy import URL, Connection

    from course_utils.neighbours.langgraph_checkpoints import Raw

_PATIENCE_SECONDS = 10


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
        """When the checkpoint was written."""
        return layout.written_at(self.checkpoint_id)


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
        return _InSqlite(checkpointer.serde, lambda: layout.borrowed_connection(checkpointer))
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


@dataclass(frozen=True)
class _InSqlite:
    serde: SerializerProtocol
    connected: Callable[[], AbstractContextManager[sqlite3.Connection]]

    def find(self) -> list[Head]:
        with self.connected() as connection:
            if not connection.execute(layout.SQLITE_HAS_A_TABLE).fetchone():
                return []
            return [Head(*row) for row in connection.execute(layout.HEADS)]

    def read(self, heads: Sequence[Head], channels: Collection[str]) -> list[Raw | None]:
        with self.connected() as connection:
            rows = [
                connection.execute(
                    layout.SQLITE_ONE, (head.thread_id, head.checkpoint_id)
                ).fetchone()
                for head in heads
            ]
        return [self._raw(row, channels) for row in rows]

    def _raw(self, row: tuple[str, bytes] | None, channels: Collection[str]) -> Raw | None:
        try:
            return row and layout.decoded(self.serde, row, channels)
        except Exception:
            # Whatever is wrong with it, reading it in full will say so.
            return None


@dataclass(frozen=True)
class _InPostgreSQL:
    serde: SerializerProtocol
    url: URL

    def find(self) -> list[Head]:
        with self._connected() as connection:
            if not connection.scalar(text(layout.POSTGRESQL_HAS_A_TABLE)):
                return []
            return [Head(*row) for row in connection.execute(text(layout.HEADS))]

    def read(self, heads: Sequence[Head], channels: Collection[str]) -> list[Raw | None]:
        asked = {
            "threads": [head.thread_id for head in heads],
            "ids": [head.checkpoint_id for head in heads],
            "channels": sorted(channels),
        }
        with self._connected() as connection:
            rows = connection.execute(text(layout.POSTGRESQL_SOME), asked).all()
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
            return layout.with_blobs(self.serde, checkpoint, stored)
        except Exception:
            return None


@dataclass(frozen=True)
class _InMemory:
    saver: InMemorySaver

    def find(self) -> list[Head]:
        newest = layout.heads_in_memory(self.saver)
        return [Head(checkpoint_id, thread) for thread, checkpoint_id in newest.items()]

    def read(self, heads: Sequence[Head], channels: Collection[str]) -> list[Raw | None]:
        return [self._raw(head, channels) for head in heads]

    def _raw(self, head: Head, channels: Collection[str]) -> Raw | None:
        try:
            return layout.read_in_memory(self.saver, *head[::-1], channels)
        except Exception:
            return None


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
