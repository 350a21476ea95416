"""The newest checkpoints as LangGraph's savers keep them in a database.

They are read on a short connection of our own that cannot write, so that nobody is disturbed.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from course_utils.neighbours import langgraph_checkpoints as layout
from course_utils.review.inbox.storage import CheckpointsUnreadableError, Head, Held

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from langgraph.checkpoint.serde.base import SerializerProtocol
    from sqlalchemy import URL, Connection

    from course_utils.neighbours.langgraph_checkpoints import Raw

_PATIENCE_SECONDS = 10


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Lend a connection to a SQLite file that cannot write.

    Raises:
        CheckpointsUnreadableError: if the file cannot be read.
    """
    where = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(where, uri=True, timeout=_PATIENCE_SECONDS)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise CheckpointsUnreadableError(f"{path} cannot be read: {error}.") from error


@dataclass(frozen=True)
class InSqlite:
    """LangGraph's own checkpoints on SQLite; see `Heads`.

    Attributes:
        serde: the saver's.
        connected: lends a connection.
    """

    quick: ClassVar[bool] = True
    serde: SerializerProtocol
    connected: Callable[[], AbstractContextManager[sqlite3.Connection]]

    def find(self) -> list[Head]:
        """List the head of every thread."""
        with self.connected() as connection:
            if not connection.execute(layout.SQLITE_HAS_A_TABLE).fetchone():
                return []
            return [Head(*row) for row in connection.execute(layout.HEADS)]

    def read(self, heads: Sequence[Head], channels: Collection[str]) -> list[Raw | None]:
        """Read checkpoints with the values of these channels."""
        with self.connected() as connection:
            rows = [
                connection.execute(
                    layout.SQLITE_ONE, (head.thread_id, head.checkpoint_id)
                ).fetchone()
                for head in heads
            ]
        return [self._raw(row, channels) for row in rows]

    def hold(self, heads: Sequence[Head], channels: Collection[str]) -> list[Held | None]:
        """Return what checkpoints hold in these channels."""
        with self.connected() as connection:
            stored = [self._stored(connection, head) for head in heads]
        return [self._held(*one, channels) for one in stored]

    @staticmethod
    def _stored(connection: sqlite3.Connection, head: Head) -> tuple[Any, Any]:
        named = (head.thread_id, head.checkpoint_id)
        row = connection.execute(layout.SQLITE_ONE, named).fetchone()
        return row, connection.execute(layout.SQLITE_ASKED, named).fetchall()

    def _held(self, row: Any, asked: Any, channels: Collection[str]) -> Held | None:
        try:
            values = layout.packed(self.serde, row)["channel_values"]
            return Held(
                {channel: values[channel] for channel in channels if channel in values},
                [(path, self.serde.loads_typed((kind, blob))) for path, kind, blob in asked],
            )
        except Exception:
            return None

    def _raw(self, row: tuple[str, bytes] | None, channels: Collection[str]) -> Raw | None:
        try:
            return row and layout.decoded(self.serde, row, channels)
        except Exception:
            # Whatever is wrong with it, reading it in full will say so.
            return None


@dataclass(frozen=True)
class InPostgreSQL:
    """LangGraph's own checkpoints on PostgreSQL; see `Heads`.

    Attributes:
        serde: the saver's.
        url: of the database.
    """

    quick: ClassVar[bool] = True
    serde: SerializerProtocol
    url: URL

    def find(self) -> list[Head]:
        """List the head of every thread."""
        with self._connected() as connection:
            if not connection.scalar(text(layout.POSTGRESQL_HAS_A_TABLE)):
                return []
            return [Head(*row) for row in connection.execute(text(layout.HEADS))]

    def read(self, heads: Sequence[Head], channels: Collection[str]) -> list[Raw | None]:
        """Read checkpoints with the values of these channels."""
        asked = {
            "threads": [head.thread_id for head in heads],
            "ids": [head.checkpoint_id for head in heads],
            "channels": sorted(channels),
        }
        with self._connected() as connection:
            rows = connection.execute(text(layout.POSTGRESQL_SOME), asked).all()
        found = {row.thread_id: self._raw(row.checkpoint, row.stored or []) for row in rows}
        return [found.get(head.thread_id) for head in heads]

    def hold(self, heads: Sequence[Head], channels: Collection[str]) -> list[Held | None]:
        """Return what checkpoints hold in these channels."""
        named = {
            "threads": [head.thread_id for head in heads],
            "ids": [head.checkpoint_id for head in heads],
        }
        with self._connected() as connection:
            rows = connection.execute(
                text(layout.POSTGRESQL_SOME), {**named, "channels": sorted(channels)}
            ).all()
            asked: dict[str, Any] = {
                row.thread_id: row.asked
                for row in connection.execute(text(layout.POSTGRESQL_ASKED), named)
            }
        found = {
            row.thread_id: self._held(row, asked.get(row.thread_id, ()), channels) for row in rows
        }
        return [found.get(head.thread_id) for head in heads]

    def _held(
        self, row: Any, asked: Sequence[list[bytes]], channels: Collection[str]
    ) -> Held | None:
        try:
            values = {
                channel.decode(): layout.packed(self.serde, (kind.decode(), blob))
                for channel, kind, blob in row.stored or []
                if kind != b"empty"
            }
            plain = row.checkpoint["channel_values"]
            values |= {channel: plain[channel] for channel in channels if channel in plain}
            read = self.serde.loads_typed
            return Held(values, [(p.decode(), read((k.decode(), blob))) for p, k, blob in asked])
        except Exception:
            return None

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
