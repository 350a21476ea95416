"""The interrupts that wait in a thread, each with the task that called it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from langgraph.types import StateSnapshot

from course_utils.review.reading.graphs import subgraphs
from course_utils.review.reading.places import Place
from course_utils.review.reading.tool_calls import calls_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langchain_core.messages import ToolCall
    from langgraph.types import Interrupt, PregelTask


@dataclass(frozen=True)
class Asking:
    """One interrupt() that waits.

    Attributes:
        interrupt: what it asks.
        node: the node that asks, by its name in the outermost graph.
        within: the nodes that lead to the graph whose node asks; empty for the outermost graph.
        calls: the tool calls that the asking task runs, where its node is a ToolNode.
        answered: whether the task was given answers before, to other questions of the same node.
    """

    interrupt: Interrupt
    node: str
    within: tuple[str, ...]
    calls: tuple[ToolCall, ...]
    answered: bool


def asking(place: Place, within: tuple[str, ...] = ()) -> list[Asking]:
    """Return every interrupt that waits at a place and inside it, in the order of the tasks.

    Args:
        place: a graph with all its tasks.
        within: the nodes that lead to it.
    """
    found: dict[str, Asking] = {}
    for task in place.tasks:
        for one in (*_inside(place, task, within), *_asked_by(place, task, within)):
            # A graph around the one that asks shows the same interrupt again.
            found.setdefault(one.interrupt.id, one)
    return list(found.values())


def _inside(place: Place, task: PregelTask, within: tuple[str, ...]) -> Iterator[Asking]:
    inner = subgraphs(place.graph).get(task.name)
    if inner is None or not isinstance(task.state, StateSnapshot):
        return
    shown = {asked.id for asked in task.interrupts}
    below = Place(place.calling, inner, task.state, task.state.tasks)
    yield from (one for one in asking(below, (*within, task.name)) if one.interrupt.id in shown)


def _asked_by(place: Place, task: PregelTask, within: tuple[str, ...]) -> Iterator[Asking]:
    node = (*within, task.name)[0]
    for asked in task.interrupts:
        yield Asking(asked, node, within, calls_of(place, task), place.answered(task))
