"""A graph as a picture, with the place marked where a thread is paused. Needs no network."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from course_utils.review.deciding.shown import read_thread
from course_utils.review.reading.pauses import InterruptPause
from course_utils.widgets.drawings.graph_layout import HEIGHT, Layout, Point, lay_out

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langchain_core.runnables.graph import Graph
    from langgraph.pregel import Pregel

# Every word stands inside a filled shape and lines are a middle grey, so that the picture reads on
# a light page and on a dark one without knowing which it is on.
PLAIN, END, PAUSED, CRASHED, LINE = "#2f5d8a", "#5f6b7a", "#b45309", "#b3261e", "#8a94a3"
MARGIN = 14


class GraphView:
    """A picture of a graph (SVG), and the same as text for a page that shows no pictures."""

    def __init__(self, drawable: Graph, marks: dict[str, tuple[str, str]]) -> None:
        self._drawable = drawable
        self._marks = marks

    def __repr__(self) -> str:
        """Tell the edges, one a line, then what is marked."""
        edges = [
            f"{edge.source} {'-?->' if edge.conditional else '--->'} {edge.target}"
            for edge in self._drawable.edges
        ]
        return "\n".join(edges + [f"{words}: {node}" for node, (words, _) in self._marks.items()])

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"image/svg+xml": self.svg(), "text/plain": repr(self)}

    def svg(self) -> str:
        """Draw the graph."""
        labels = {name: [_title(name)] for name in self._drawable.nodes}
        for name, (words, _) in self._marks.items():
            labels[name].append(words)
        pairs = [(edge.source, edge.target) for edge in self._drawable.edges]
        layout = lay_out(labels, pairs)
        dashed = {(e.source, e.target) for e in self._drawable.edges if e.conditional}
        lines = [_line(points, pair in dashed) for pair, points in layout.paths]
        boxes = [_box(name, labels[name], layout, self._colour(name)) for name in labels]
        return _canvas(layout, "".join(lines + boxes), repr(self))

    def _colour(self, name: str) -> str:
        if name in self._marks:
            return self._marks[name][1]
        return END if name.startswith("__") else PLAIN


def show_graph(
    graph: Pregel[Any, Any, Any, Any], config: RunnableConfig | None = None
) -> GraphView:
    """Draw a compiled graph; with a config, mark where that thread is paused or crashed.

    Args:
        graph: a compiled graph.
        config: names the thread to mark.

    Raises:
        ValueError: if the config names no thread.
    """
    return GraphView(graph.get_graph(), _marks(graph, config) if config else {})


def _marks(graph: Pregel[Any, Any, Any, Any], config: RunnableConfig) -> dict[str, tuple[str, str]]:
    thread = read_thread(graph, config)
    if thread.status == "crashed":
        return dict.fromkeys(thread.nodes, ("crashed", CRASHED))
    asks = any(isinstance(pause, InterruptPause) for pause in thread.pauses)
    words = "asks" if asks else "paused before"
    return dict.fromkeys(thread.nodes, (words, PAUSED))


def _title(name: str) -> str:
    return name.strip("_") if name.startswith("__") else name


def _line(points: list[Point], dashed: bool) -> str:
    path = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return (
        f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="2"{dash} '
        'stroke-linejoin="round" marker-end="url(#tip)"/>'
    )


def _box(name: str, words: list[str], layout: Layout, colour: str) -> str:
    x, y = layout.centres[name]
    width = layout.widths[name]
    radius = HEIGHT / 2 if name.startswith("__") else 8
    box = (
        f'<rect x="{x - width / 2:.0f}" y="{y - HEIGHT / 2:.0f}" width="{width:.0f}" '
        f'height="{HEIGHT}" rx="{radius:.0f}" fill="{colour}"/>'
    )
    top = y + 5 - 8 * (len(words) - 1)
    text = [
        f'<text x="{x:.0f}" y="{top + 16 * row:.0f}" text-anchor="middle" fill="#ffffff" '
        f'font-size="{14 - 2 * row}" font-weight="{400 if row else 600}">{escape(word)}</text>'
        for row, word in enumerate(words)
    ]
    return box + "".join(text)


def _canvas(layout: Layout, drawing: str, description: str) -> str:
    left, top, right, bottom = layout.bounds
    width, height = right - left + 2 * MARGIN, bottom - top + 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width:.0f}" '
        f'height="{height:.0f}" viewBox="{left - MARGIN:.0f} {top - MARGIN:.0f} {width:.0f} '
        f'{height:.0f}" font-family="system-ui, sans-serif"><title>{escape(description)}</title>'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" '
        f'markerHeight="6" orient="auto"><path d="M0 0 8 4 0 8z" fill="{LINE}"/></marker></defs>'
        f"{drawing}</svg>"
    )
