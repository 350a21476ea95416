"""The newest checkpoint of every thread, found and read without rebuilding a single message.

What LangGraph's own savers keep is read past them, in a database and in memory. Any other saver is
asked for every checkpoint it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver

from course_utils.neighbours import langgraph_checkpoints as layout
from course_utils.review.inbox.databases import InPostgreSQL, InSqlite, reading
from course_utils.review.inbox.storage import Head, Held
from course_utils.review.record.address import database_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple

    from course_utils.neighbours.langgraph_checkpoints import Raw
    from course_utils.review.inbox.storage import Heads


def heads_of(checkpointer: BaseCheckpointSaver[Any]) -> Heads:
    """Choose how to read a checkpointer's newest checkpoints.

    A checkpointer that is none of LangGraph's own is asked for every checkpoint it has, which is
    slow.
    """
    url = database_of(checkpointer)
    if url is not None and url.get_backend_name() == "sqlite":
        path = Path(str(url.database))
        return InSqlite(checkpointer.serde, lambda: reading(path))
    if url is not None:
        return InPostgreSQL(checkpointer.serde, url)
    if isinstance(checkpointer, SqliteSaver):
        return InSqlite(checkpointer.serde, lambda: layout.borrowed_connection(checkpointer))
    if isinstance(checkpointer, InMemorySaver):
        return _InMemory(checkpointer)
    return _Elsewhere(checkpointer)


@dataclass(frozen=True)
class _InMemory:
    quick: ClassVar[bool] = True
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

    def hold(self, heads: Sequence[Head], channels: Collection[str]) -> list[Held | None]:
        return [self._held(head, channels) for head in heads]

    def _held(self, head: Head, channels: Collection[str]) -> Held | None:
        serde = self.saver.serde
        try:
            stored = layout.values_in_memory(self.saver, *head[::-1], channels)
            asked = layout.asked_in_memory(self.saver, *head[::-1])
            return Held(
                {channel: layout.packed(serde, value) for channel, value in stored.items()},
                [(path, serde.loads_typed(value)) for path, value in asked],
            )
        except Exception:
            return None


@dataclass(frozen=True)
class _Elsewhere:
    quick: ClassVar[bool] = False
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

    def hold(self, heads: Sequence[Head], channels: Collection[str]) -> list[Held | None]:
        return [self._held(head, channels) for head in heads]

    def _held(self, head: Head, channels: Collection[str]) -> Held | None:
        saved = self._saved(head)
        if saved is None:
            return None
        values = saved.checkpoint["channel_values"]
        writes = saved.pending_writes or []
        return Held(
            {channel: values[channel] for channel in channels if channel in values},
            # Who asks is not told here.
            [("", asked) for _, channel, asked in writes if channel == layout.INTERRUPT],
        )

    def _saved(self, head: Head) -> CheckpointTuple | None:
        named = {
            "thread_id": head.thread_id,
            "checkpoint_ns": "",
            "checkpoint_id": head.checkpoint_id,
        }
        try:
            return self.saver.get_tuple({"configurable": named})
        except Exception:
            return None

    def _raw(self, head: Head, channels: Collection[str]) -> Raw | None:
        saved = self._saved(head)
        if saved is None:
            return None
        values = saved.checkpoint["channel_values"]
        kept = {channel: values[channel] for channel in channels if channel in values}
        return {**saved.checkpoint, "channel_values": kept}
