"""A thread as a person may be told of it, and the config that names it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from course_utils.told_errors import ToldError

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import RunnableConfig

    from course_utils.review.reading.pauses import Pause

Status = Literal[
    "unsaved",
    "unknown",
    "unreadable",
    "paused",
    "running",
    "interrupted",
    "crashed",
    "finished",
    "unclear",
    "stranded",
]


@dataclass(frozen=True)
class Thread:
    """The newest state of one thread, read once.

    Attributes:
        status: `paused`, `unclear`, `crashed` and `interrupted` threads carry what can be decided.
            One that is `unclear` stands where the compiled graph does not stop: it runs right now,
            was cut off, or was stopped by a breakpoint given to the call. One that is `stranded`
            waits at a node that this graph does not have.
        explanation: the status in a sentence or two, for a person.
        caution: what may happen twice, or cannot be told; empty where there is no doubt.
        resumed_by: who is resuming it right now, empty where nobody is.
        messages: the conversation so far.
        pauses: what waits for a decision; several where several questions wait at once.
        nodes: those that wait or have failed, by their names in the outermost graph.
        secrets: what the thread was run with under the name of a secret, to be hidden in whatever
            is told of it.
    """

    status: Status
    explanation: str
    messages: tuple[BaseMessage, ...] = ()
    pauses: tuple[Pause, ...] = ()
    nodes: tuple[str, ...] = ()
    caution: str = ""
    resumed_by: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def pause(self) -> Pause | None:
        """The first of the pauses."""
        return self.pauses[0] if self.pauses else None


NAMES_NO_THREAD = (
    'config names no thread: pass {"configurable": {"thread_id": "..."}}, '
    "the same one the graph was invoked with."
)


class ThreadConfigError(ToldError, ValueError):
    """A config names no thread that can be decided; the message says what to pass."""


def thread_id(config: RunnableConfig) -> str:
    """Return the thread a config names.

    Raises:
        ThreadConfigError: if it names none, or a past checkpoint, which no decision changes.
    """
    configurable = config.get("configurable") or {}
    if configurable.get("thread_id") is None:
        raise ThreadConfigError(NAMES_NO_THREAD)
    if configurable.get("checkpoint_id"):
        raise ThreadConfigError(
            "config names a checkpoint_id, but only the newest checkpoint of a thread can be "
            "decided: leave it out."
        )
    return str(configurable["thread_id"])
