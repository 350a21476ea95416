"""A graph as a picture, with the place marked where a thread is paused. Needs no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.review.deciding.shown import read_thread
from course_utils.review.reading.pauses import InterruptPause
from course_utils.review.watching.waiting_sends import SentTask, waiting_sends
from course_utils.widgets.drawings import shapes
from course_utils.widgets.drawings.graph_layout import Layout, lay_out
from course_utils.widgets.drawings.shapes import CRASHED, END, PAUSED, PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from langchain_core.runnables import RunnableConfig
    from langchain_core.runnables.graph import Edge, Graph
    from langgraph.pregel import Pregel

    from course_utils.review.reading.thread import Thread

MOST_TASKS = 6
Marks = dict[str, tuple[str, str]]


class GraphView(shapes.Picture):
    """A picture of a graph (SVG), and the same as text for a page that shows no pictures."""

    def __init__(
        self, drawable: Graph, marks: Marks, sent: Mapping[str, Sequence[SentTask]] | None = None
    ) -> None:
        self._drawable = drawable
        self._marks = {node: marks[node] for node in drawable.nodes if node in marks}
        self._sent = {node: tasks for node, tasks in (sent or {}).items() if node in marks}

    def __repr__(self) -> str:
        """Tell the edges, one a line, then what is marked, and what each waiting task was sent."""
        edges = [
            f"{edge.source} {'-?->' if edge.conditional else '--->'} {edge.target}"
            for edge in self._drawable.edges
        ]
        return "\n".join([*edges, *self._told_marks()])

    def _told_marks(self) -> Iterator[str]:
        for node, (words, _) in self._marks.items():
            tasks = _bounded(self._sent.get(node, ()))
            yield from (f"{task.status or words}: {node}, {task.sent}" for task in tasks)
            if not tasks:
                yield f"{words}: {node}"

    def svg(self) -> str:
        """Draw the graph; of a node that a `Send` leads to, each task that waits."""
        labels, colours = self._boxes()
        edges = [(pair, edge) for edge in self._drawable.edges for pair in self._pairs(edge)]
        layout = lay_out(labels, [pair for pair, _ in edges])
        dashed = {pair for pair, edge in edges if edge.conditional}
        lines = [shapes.line(points, dashed=pair in dashed) for pair, points in layout.paths]
        boxes = [_box(name, labels[name], layout, colours[name]) for name in labels]
        return shapes.canvas(layout.bounds, "".join(lines + boxes), repr(self))

    def _boxes(self) -> tuple[dict[str, list[str]], dict[str, str]]:
        labels: dict[str, list[str]] = {}
        colours: dict[str, str] = {}
        for name in self._drawable.nodes:
            words, colour = self._marks.get(name, ("", END if name.startswith("__") else PLAIN))
            tasks = _bounded(self._sent.get(name, ()))
            for place, task in enumerate(tasks):
                box = _nth(name, place)
                labels[box] = shapes.cut(
                    [_title(name), task.sent, task.status or words], len(tasks)
                )
                colours[box] = PLAIN if task.status else colour
            if name not in self._sent:
                labels[name] = [_title(name), *([words] if words else [])]
                colours[name] = colour
        return labels, colours

    def _pairs(self, edge: Edge) -> list[tuple[str, str]]:
        """Return the edge once for each task that waits in its nodes."""
        ends = self._names(edge.target)
        if edge.source == edge.target:
            return [(end, end) for end in ends]
        return [(source, end) for source in self._names(edge.source) for end in ends]

    def _names(self, node: str) -> list[str]:
        tasks = _bounded(self._sent.get(node, ()))
        return [_nth(node, place) for place in range(len(tasks))] or [node]


def show_graph(
    graph: Pregel[Any, Any, Any, Any], config: RunnableConfig | None = None
) -> GraphView:
    """Draw a compiled graph; with a config, mark where that thread is paused or crashed.

    Tasks that a `Send` made and that wait are drawn one by one, each with what it was sent.

    Args:
        graph: a compiled graph.
        config: names the thread to mark.

    Raises:
        ValueError: if the config names no thread.
    """
    if not config:
        return GraphView(graph.get_graph(), {})
    thread = read_thread(graph, config)
    sent = waiting_sends(graph, config, thread) if thread.nodes else {}
    return GraphView(graph.get_graph(), _marks(thread), sent)


def _marks(thread: Thread) -> Marks:
    if thread.status == "crashed":
        return dict.fromkeys(thread.nodes, ("crashed", CRASHED))
    asks = any(isinstance(pause, InterruptPause) for pause in thread.pauses)
    words = "asks" if asks else "paused before"
    return dict.fromkeys(thread.nodes, (words, PAUSED))


def _bounded(tasks: Sequence[SentTask]) -> Sequence[SentTask]:
    if len(tasks) <= MOST_TASKS:
        return tasks
    return [*tasks[: MOST_TASKS - 1], SentTask(f"and {len(tasks) - MOST_TASKS + 1} more", "")]


def _nth(name: str, place: int) -> str:
    return f"{name}\n{place}"


def _title(name: str) -> str:
    return name.strip("_") if name.startswith("__") else name


def _box(name: str, lines: Sequence[str], layout: Layout, colour: str) -> str:
    size = (layout.widths[name], layout.heights[name])
    radius = size[1] / 2 if name.startswith("__") else 8
    return shapes.box(layout.centres[name], size, lines, colour, radius=radius)
