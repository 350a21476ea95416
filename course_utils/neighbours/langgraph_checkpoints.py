"""What is used of LangGraph's checkpointers that they do not promise: how they lay out their data.

Seen in langgraph-checkpoint 4.3.2, langgraph-checkpoint-sqlite 3.1.2, langgraph-checkpoint-postgres
3.2.0.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import ormsgpack
from langgraph.checkpoint.base.id import UUID
from langgraph.checkpoint.memory import InMemorySaver

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterator, Mapping

    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.checkpoint.serde.base import SerializerProtocol
    from langgraph.checkpoint.sqlite import SqliteSaver

Raw = dict[str, Any]
"""A checkpoint as it is stored, with the values of some channels."""

SQLITE_HAS_A_TABLE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'checkpoints'"
POSTGRESQL_HAS_A_TABLE = "SELECT to_regclass('checkpoints')"
HEADS = """
SELECT max(checkpoint_id), thread_id FROM checkpoints WHERE checkpoint_ns = '' GROUP BY thread_id
"""
"""Each thread's newest root checkpoint, in the SQL of both databases."""
SQLITE_ONE = """
SELECT type, checkpoint FROM checkpoints
WHERE thread_id = ? AND checkpoint_ns = '' AND checkpoint_id = ?
"""
POSTGRESQL_SOME = """
SELECT thread_id, checkpoint, (
    SELECT array_agg(ARRAY[channel::bytea, type::bytea, blob]) FROM checkpoint_blobs AS stored
    WHERE stored.thread_id = checkpoints.thread_id AND stored.checkpoint_ns = ''
        AND stored.channel = ANY(:channels)
        AND stored.version = checkpoint -> 'channel_versions' ->> stored.channel
) AS stored
FROM checkpoints
JOIN unnest(CAST(:threads AS text[]), CAST(:ids AS text[])) AS asked (thread, id)
    ON thread_id = thread AND checkpoint_ns = '' AND checkpoint_id = id
"""

_OF_LANGGRAPH = {
    "source",
    "step",
    "parents",
    "writes",
    "run_id",
    "counters_since_delta_snapshot",
    "ls_integration",
}
_PREFIXES_OF_LANGGRAPH = ("__", "langgraph_", "checkpoint_", "lc_")

INTERRUPT = "__interrupt__"
"""The channel to which a task writes what it asks."""
SQLITE_ASKED = """
SELECT task_path, type, value FROM writes
WHERE thread_id = ? AND checkpoint_ns = '' AND checkpoint_id = ? AND channel = '__interrupt__'
ORDER BY task_path, task_id, idx
"""
POSTGRESQL_ASKED = """
SELECT thread_id, array_agg(
    ARRAY[convert_to(task_path, 'UTF8'), type::bytea, blob] ORDER BY task_path, task_id, idx
) AS asked
FROM checkpoint_writes
JOIN unnest(CAST(:threads AS text[]), CAST(:ids AS text[])) AS asking (thread, id)
    ON thread_id = thread AND checkpoint_ns = '' AND checkpoint_id = id
WHERE channel = '__interrupt__' GROUP BY thread_id
"""

_PULLED = "~__pregel_pull, "
_GREGORIAN = datetime(1582, 10, 15, tzinfo=UTC)
_EMPTY = "empty"


def written_at(checkpoint_id: str) -> datetime:
    """Return when a checkpoint was written, by the clock inside its id (RFC 9562, section 5.6)."""
    return _GREGORIAN + timedelta(microseconds=UUID(checkpoint_id).time // 10)


def configurable_in(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a checkpoint's metadata keeps of the `configurable` that the graph ran with.

    The `metadata` of the same config stands among it, and cannot be told from it.
    """
    return {
        name: value
        for name, value in metadata.items()
        if name not in _OF_LANGGRAPH and not name.startswith(_PREFIXES_OF_LANGGRAPH)
    }


@contextmanager
def borrowed_connection(saver: SqliteSaver) -> Iterator[sqlite3.Connection]:
    """Lend a SqliteSaver's own connection, which nobody else uses meanwhile."""
    with saver.lock:
        yield saver.conn


def connection_of(saver: BaseCheckpointSaver[Any]) -> Any:
    """Return the connection or pool of one of LangGraph's own savers; None for any other."""
    return getattr(saver, "conn", None)


def kind_of(saver: BaseCheckpointSaver[Any]) -> str:
    """Name where one of LangGraph's own savers keeps its checkpoints, without importing any.

    Returns:
        `sqlite`, `async sqlite` or `postgresql`; empty for every other saver.
    """
    modules = {kind.__module__ for kind in type(saver).__mro__}
    if "langgraph.checkpoint.sqlite" in modules:
        return "sqlite"
    if "langgraph.checkpoint.sqlite.aio" in modules:
        return "async sqlite"
    if any(name.startswith("langgraph.checkpoint.postgres") for name in modules):
        return "postgresql"
    return ""


def decoded(serde: SerializerProtocol, stored: tuple[str, bytes], channels: Collection[str]) -> Raw:
    """Decode a checkpoint as SQLite keeps it, but of its values only those of some channels.

    Raises:
        Exception: of any kind, where it is not as these versions write it.
    """
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


class Packed(NamedTuple):
    """An object as a checkpoint stores it, from which nothing has been made."""

    tag: int
    data: bytes


def packed(serde: SerializerProtocol, stored: tuple[str, bytes]) -> Any:
    """Decode a stored value, but leave each object in it packed.

    Making the messages of a thousand threads takes seconds, and nearly all would be thrown away.

    Raises:
        Exception: of any kind, where it is not as these versions write it.
    """
    if stored[0] == "msgpack":
        return ormsgpack.unpackb(stored[1], ext_hook=Packed, option=ormsgpack.OPT_NON_STR_KEYS)
    return serde.loads_typed(stored)


def unpacked(value: Packed) -> tuple[str, Any]:
    """Return the name of a packed object's class, and what the object is made from.

    Raises:
        Exception: of any kind, where it is not as these versions write it.
    """
    _, name, made_from, *_ = ormsgpack.unpackb(
        value.data, ext_hook=Packed, option=ormsgpack.OPT_NON_STR_KEYS
    )
    return name, made_from


def node_of(task_path: str) -> str:
    """Return the node whose task wrote something; empty for a task that stems from a Send."""
    return task_path.removeprefix(_PULLED) if task_path.startswith(_PULLED) else ""


def with_blobs(serde: SerializerProtocol, checkpoint: Raw, stored: list[list[bytes]]) -> Raw:
    """Put into a checkpoint the values that PostgreSQL keeps apart from it.

    Args:
        serde: the saver's own.
        checkpoint: as it is stored.
        stored: channel, type and value of each, as bytes.

    Raises:
        Exception: of any kind, where one is not as these versions write it.
    """
    values = {
        channel.decode(): serde.loads_typed((kind.decode(), blob))
        for channel, kind, blob in stored
        if kind != _EMPTY.encode()
    }
    return {**checkpoint, "channel_values": {**checkpoint["channel_values"], **values}}


def heads_in_memory(saver: InMemorySaver) -> dict[str, str]:
    """Return the id of each thread's newest root checkpoint."""
    # Copies, since a graph may be writing in another thread.
    roots = {thread: dict(kept).get("") for thread, kept in dict(saver.storage).items()}
    return {thread: max(list(root)) for thread, root in roots.items() if root}


def newest_in_memory(saver: BaseCheckpointSaver[Any], thread_id: str) -> dict[str, str] | None:
    """Return the newest checkpoint of each namespace of a thread; None for another saver."""
    if not isinstance(saver, InMemorySaver):
        return None
    namespaces = saver.storage.get(thread_id, {}).items()
    return {namespace: max(saved, default="") for namespace, saved in namespaces}


def read_in_memory(
    saver: InMemorySaver, thread_id: str, checkpoint_id: str, channels: Collection[str]
) -> Raw:
    """Read a root checkpoint with the values of these channels alone.

    Raises:
        Exception: of any kind, where there is none, or not as these versions keep it.
    """
    saved = saver.storage[thread_id][""][checkpoint_id]
    checkpoint = saver.serde.loads_typed(saved[0])
    keys = {
        channel: (thread_id, "", channel, version)
        for channel, version in checkpoint["channel_versions"].items()
        if channel in channels
    }
    values = {
        channel: saver.serde.loads_typed(saver.blobs[key])
        for channel, key in keys.items()
        if key in saver.blobs and saver.blobs[key][0] != _EMPTY
    }
    return {**checkpoint, "channel_values": values}


def values_in_memory(
    saver: InMemorySaver, thread_id: str, checkpoint_id: str, channels: Collection[str]
) -> dict[str, tuple[str, bytes]]:
    """Return the values of these channels at a root checkpoint, as they are stored.

    Raises:
        Exception: of any kind, where there is none, or not as these versions keep it.
    """
    checkpoint = saver.serde.loads_typed(saver.storage[thread_id][""][checkpoint_id][0])
    versions = checkpoint["channel_versions"]
    stored = {
        channel: saver.blobs.get((thread_id, "", channel, versions[channel]), (_EMPTY, b""))
        for channel in channels
        if channel in versions
    }
    return {channel: value for channel, value in stored.items() if value[0] != _EMPTY}


def asked_in_memory(
    saver: InMemorySaver, thread_id: str, checkpoint_id: str
) -> list[tuple[str, tuple[str, bytes]]]:
    """Return what the tasks of a root checkpoint ask: each with its path and as it is stored."""
    # `get`, since a look must not make an entry; a copy, since a graph may be writing.
    written = dict(saver.writes.get((thread_id, "", checkpoint_id), {})).values()
    return [(path, value) for _, channel, value, path in written if channel == INTERRUPT]


def lives_on(saver: BaseCheckpointSaver[Any]) -> bool:
    """Tell whether checkpoints outlive the process, by all that is known of their saver."""
    return not isinstance(saver, InMemorySaver) and kind_of(saver) != "sqlite"
