"""Where the nodes and edges of a graph go on a page: the layered layout of Sugiyama et al. (1981).

K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of hierarchical system
structures", IEEE Transactions on Systems, Man, and Cybernetics 11(2), 1981, as grandalf does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grandalf.graphs import Edge, Graph, Vertex
from grandalf.layouts import SugiyamaLayout, VertexViewer
from grandalf.routing import EdgeViewer, route_with_lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Point = tuple[float, float]

HEIGHT = 40
ROW = 16  # of each line of words after the second
CHARACTER, SMALL = 9.3, 7.1
PADDING = 32
NARROWEST = 84
SPACE_X, SPACE_Y = 36, 34
CORNER = 10  # of a box, where no edge begins or ends
ASIDE = 14  # from where an edge and its opposite would both begin
LOW, NEAR = 26, 20  # a node with one line, and the space between layers, in a tight layout


@dataclass(frozen=True)
class Layout:
    """A finished layout, all lengths in pixels.

    Attributes:
        centres: the middle of each node.
        widths: the width of each node.
        heights: the height of each node.
        paths: each edge with the points it runs through, from border to border.
    """

    centres: dict[str, Point]
    widths: dict[str, float]
    heights: dict[str, float]
    paths: list[tuple[tuple[str, str], list[Point]]]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of nodes and edges together."""
        xs = [
            x + side * self.widths[n] / 2 for n, (x, _) in self.centres.items() for side in (-1, 1)
        ]
        ys = [
            y + side * self.heights[n] / 2 for n, (_, y) in self.centres.items() for side in (-1, 1)
        ]
        for _, points in self.paths:
            xs += [x for x, _ in points]
            ys += [y for _, y in points]
        return min(xs), min(ys), max(xs), max(ys)


def lay_out(
    labels: Mapping[str, Sequence[str]], edges: Sequence[tuple[str, str]], *, tight: bool = False
) -> Layout:
    """Place nodes in layers from top to bottom, and route the edges between them.

    Args:
        labels: for each node, the lines of text that stand in it.
        edges: pairs of source and target, both among the nodes.
        tight: whether nodes are no higher than their lines, and layers near to each other.
    """
    widths = {name: _width(lines) for name, lines in labels.items()}
    heights = {name: _height(lines, tight) for name, lines in labels.items()}
    vertices = {name: _vertex(name, widths[name], heights[name]) for name in labels}
    pairs = list(dict.fromkeys(edges))
    linked = [pair for pair in pairs if pair[0] != pair[1]]
    links = {pair: _edge(vertices, pair, number) for number, pair in enumerate(linked)}
    left = 0.0
    for component in Graph(list(vertices.values()), list(links.values())).C:
        left = _draw(component, left, NEAR if tight else SPACE_Y)
    middles = {name: vertex.view.xy for name, vertex in vertices.items()}
    centres = _tops_in_a_line(middles, heights)
    places = _Places(middles, centres, widths, heights)
    paths = []
    for pair in pairs:
        if pair in links:
            points = links[pair].view._pts
            paths.append((pair, places.path(pair, points, both_ways=pair[::-1] in links)))
        else:
            paths.append((pair, places.loop(pair[0])))
    return Layout(centres, widths, heights, paths)


def _tops_in_a_line(middles: Mapping[str, Point], heights: Mapping[str, float]) -> dict[str, Point]:
    """Raise the lower boxes of a layer, or an edge to one would run behind a higher neighbour."""
    highest = {
        y: max(heights[n] for n in middles if middles[n][1] == y) for _, y in middles.values()
    }
    return {name: (x, y - (highest[y] - heights[name]) / 2) for name, (x, y) in middles.items()}


@dataclass(frozen=True)
class _Places:
    """Where the nodes stand, and where edges begin and end on them.

    Attributes:
        middles: the middle of each node when its edges were routed.
        centres: its middle now.
        widths: its width.
        heights: its height.
    """

    middles: Mapping[str, Point]
    centres: Mapping[str, Point]
    widths: Mapping[str, float]
    heights: Mapping[str, float]

    def path(
        self, pair: tuple[str, str], points: Sequence[Point], *, both_ways: bool
    ) -> list[Point]:
        """Put an edge's ends on the borders of its boxes, apart from those of its opposite."""
        apart = ASIDE if both_ways and len(points) == 2 else 0
        upward = points[0][1] > points[-1][1]
        path = list(points)
        for end, name in ((0, pair[0]), (-1, pair[1])):
            x, y = self._on_border(points[end], name, CORNER + apart)
            path[end] = (x + (apart if upward else -apart), y)
        return path

    def loop(self, name: str) -> list[Point]:
        """Lead an edge from a node to itself around its right border."""
        x, y = self.centres[name]
        border, out = x + self.widths[name] / 2, x + self.widths[name] / 2 + 24
        return [(border, y - 9), (out, y - 9), (out, y + 9), (border, y + 9)]

    def _on_border(self, point: Point, name: str, margin: float) -> Point:
        x, y = self.centres[name]
        reach = self.widths[name] / 2 - margin
        half = self.heights[name] / 2
        below = point[1] > self.middles[name][1]
        return min(max(point[0], x - reach), x + reach), y + (half if below else -half)


def _width(lines: Sequence[str]) -> float:
    if len(lines) < 3:
        return max(NARROWEST, PADDING + CHARACTER * max(len(line) for line in lines))
    # Several lines are a text, whose letters are smaller than those of a title.
    first, *others = lines
    text = max(SMALL * len(line) for line in others)
    return max(NARROWEST, PADDING + max(CHARACTER * len(first), text))


def _height(lines: Sequence[str], tight: bool) -> float:
    if tight and len(lines) == 1:
        return LOW
    return HEIGHT + ROW * max(0, len(lines) - 2)


def _vertex(name: str, width: float, height: float) -> Any:
    vertex = Vertex(name)
    vertex.view = VertexViewer(w=width, h=height)
    return vertex


class _NumberedEdge(Edge):
    """An edge with a hash of its own, since grandalf takes edges in the order of a set."""

    def __init__(self, number: int, *ends: Any) -> None:
        super().__init__(*ends)
        self._number = number

    def __hash__(self) -> int:
        return self._number

    def __eq__(self, other: object) -> bool:
        return self is other


def _edge(vertices: Mapping[str, Any], pair: tuple[str, str], number: int) -> Any:
    edge = _NumberedEdge(number, vertices[pair[0]], vertices[pair[1]])
    edge.view = EdgeViewer()
    return edge


def _draw(component: Any, left: float, between: float) -> float:
    """Lay out one connected part to the right of `left`; return its own right border."""
    layout = SugiyamaLayout(component)
    layout.xspace, layout.yspace, layout.route_edge = SPACE_X, between, route_with_lines
    roots = [vertex for vertex in component.sV if not vertex.e_in()]
    layout.init_all(roots=roots or [next(iter(component.sV))], optimize=True)
    layout.draw()
    views = [vertex.view for vertex in component.sV]
    shift = left - min(view.xy[0] - view.w / 2 for view in views)
    for view in views:
        view.xy = (view.xy[0] + shift, view.xy[1])
    for edge in component.sE:
        edge.view.setpath([(x + shift, y) for x, y in edge.view._pts])
    return float(max(view.xy[0] + view.w / 2 for view in views)) + SPACE_X
