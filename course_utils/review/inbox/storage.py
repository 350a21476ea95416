"""What is asked of every kind of storage: the newest checkpoint of each thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from course_utils.neighbours import langgraph_checkpoints as layout

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from course_utils.neighbours.langgraph_checkpoints import Raw


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


class Held(NamedTuple):
    """What a root checkpoint holds, its objects still packed.

    Attributes:
        values: by channel.
        asked: what each task asks that waits for an answer: the path of the task, and the value.
    """

    values: Mapping[str, Any]
    asked: Sequence[tuple[str, Any]]


class Heads(Protocol):
    """One kind of storage.

    Attributes:
        quick: whether to look for what is new costs little, however much is stored.
    """

    quick: ClassVar[bool]

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

    def hold(self, heads: Sequence[Head], channels: Collection[str]) -> list[Held | None]:
        """Return what checkpoints hold in these channels; None for what cannot be read.

        Raises:
            CheckpointsUnreadableError: if the storage cannot be read.
        """
