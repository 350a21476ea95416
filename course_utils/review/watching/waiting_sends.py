"""The tasks that a `Send` made and that wait in a thread, each with what it was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course_utils.neighbours import langgraph as private
from course_utils.review.reading.calling import Calling
from course_utils.review.reading.configured import without
from course_utils.review.reading.graphs import compiled_graph
from course_utils.review.watching.sent_in_short import sent_in_short

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

    from course_utils.review.reading.thread import Thread


@dataclass(frozen=True)
class SentTask:
    """A task that a `Send` made.

    Attributes:
        sent: what it was sent, in short.
        status: "ran" where it has ended while others wait; empty where it waits.
    """

    sent: str
    status: str


def waiting_sends(
    graph: Any, config: RunnableConfig, thread: Thread
) -> dict[str, tuple[SentTask, ...]]:
    """Return the tasks of the step that waits, of each node that a `Send` leads to.

    Args:
        graph: a compiled graph with a checkpointer.
        config: names the thread.
        thread: what was read of it.

    Returns:
        Those of each node, in the order of the Sends; nodes that an edge led to are left out.
    """
    calling = Calling(compiled_graph(graph))
    snapshot = calling.state(config)
    sends = private.sends_of(calling.saved(snapshot.config))
    found: dict[str, tuple[SentTask, ...]] = {}
    for task in snapshot.tasks:
        number = private.number_of_the_send(task)
        if number is not None and 0 <= number < len(sends):
            words = without(sent_in_short(calling.graph, sends[number]), thread.secrets)
            ended = "ran" if task.result is not None else ""
            found[task.name] = (*found.get(task.name, ()), SentTask(words, ended))
    return found
