"""A thread's checkpoints as a picture: what ran between them, what waits, where it was forked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.review.watching.history import History, Saved, Stood, history_of
from course_utils.widgets.drawings import shapes
from course_utils.widgets.drawings.graph_layout import Layout, lay_out

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

MOST = 30
MOST_LANES = 6
LEFT_OUT = "earlier checkpoints are left out"
NOW = "now"
_COLOURS = {
    "ran": shapes.PLAIN,
    "waits": shapes.PAUSED,
    "left": shapes.PAUSED,
    "asks": shapes.PAUSED,
    "raised": shapes.CRASHED,
    "hand": shapes.HAND,
}
_BEGIN = "begin"


class HistoryView(shapes.Picture):
    """A picture of a thread's history (SVG), and the same as text. Neither tells a time."""

    def __init__(self, history: History) -> None:
        self._history = history

    def __repr__(self) -> str:
        """Tell the checkpoints, oldest first, and below each the tasks after it."""
        lines = [LEFT_OUT] if self._history.more else []
        for saved in self._history.checkpoints:
            lines.append(_told(saved))
            lines += [f"  {'; '.join([t.node, *t.told, t.status])}" for t in _tasks(saved)]
        return "\n".join(lines) or self._history.note

    def svg(self) -> str:
        """Draw the checkpoints."""
        labels, colours = self._boxes()
        edges = self._edges()
        layout = lay_out(labels, edges, tight=True)
        lines = [shapes.line(points) for _, points in layout.paths]
        boxes = [_box(name, labels[name], layout, colours[name]) for name in labels]
        return shapes.canvas(layout.bounds, "".join(lines + boxes), repr(self))

    def _boxes(self) -> tuple[dict[str, list[str]], dict[str, str]]:
        labels: dict[str, list[str]] = {}
        colours: dict[str, str] = {}
        if self._history.more or not self._history.checkpoints:
            labels[_BEGIN] = [LEFT_OUT if self._history.more else self._history.note]
            colours[_BEGIN] = shapes.END
        for saved in self._history.checkpoints:
            labels[_key(saved.number)] = [_title(saved), *([NOW] if saved.present else [])]
            past = shapes.HAND if saved.by_hand else shapes.END
            colours[_key(saved.number)] = shapes.PRESENT if saved.present else past
            tasks = _tasks(saved)
            for place, task in enumerate(tasks):
                lines = shapes.cut([task.node, *task.told, task.status], len(tasks))
                labels[_key(saved.number, place)] = lines
                colours[_key(saved.number, place)] = _COLOURS[task.kind]
        return labels, colours

    def _edges(self) -> list[tuple[str, str]]:
        edges: list[tuple[str, str]] = []
        by_number = {saved.number: saved for saved in self._history.checkpoints}
        for saved in self._history.checkpoints:
            edges += [(end, _key(saved.number)) for end in self._ends(saved, by_number)]
            tasks = range(len(_tasks(saved)))
            edges += [(_key(saved.number), _key(saved.number, place)) for place in tasks]
        return edges

    def _ends(self, saved: Saved, by_number: dict[int, Saved]) -> list[str]:
        """Return what a checkpoint follows: the tasks that led to it, or the one before it."""
        before = by_number.get(saved.before) if saved.before else None
        if before is None:
            return [_BEGIN] if self._history.more else []
        kinds = {"hand"} if saved.by_hand else {"ran"}
        tasks = enumerate(_tasks(before))
        led = [_key(before.number, place) for place, task in tasks if task.kind in kinds]
        return led or [_key(before.number)]


def show_history(graph: Any, config: RunnableConfig, *, most: int = MOST) -> HistoryView:
    """Draw what is saved of a thread: its checkpoints, the nodes between them, and its forks.

    Args:
        graph: a compiled graph with a checkpointer, bare or wrapped by LangChain.
        config: names the thread.
        most: how many checkpoints are drawn at most, the newest ones.

    Raises:
        TypeError: if it is no compiled graph; the message says what is needed.
        ValueError: if the config names no thread, or the graph has no checkpointer.
    """
    return HistoryView(history_of(graph, config, most))


def _tasks(saved: Saved) -> tuple[Stood, ...]:
    if len(saved.tasks) <= MOST_LANES:
        return saved.tasks
    shown, rest = saved.tasks[: MOST_LANES - 1], saved.tasks[MOST_LANES - 1 :]
    return (*shown, Stood(f"{len(rest)} more tasks", (), "left out", rest[0].kind))


def _title(saved: Saved) -> str:
    return f"checkpoint {saved.number}: {saved.name}"


def _told(saved: Saved) -> str:
    words = _title(saved)
    if saved.before is not None and saved.before != saved.number - 1:
        words += f", after {saved.before}"
    return f"{words}, {NOW}" if saved.present else words


def _key(checkpoint: int, task: int | None = None) -> str:
    return f"{checkpoint}" if task is None else f"{checkpoint}.{task}"


def _box(name: str, lines: list[str], layout: Layout, colour: str) -> str:
    size = (layout.widths[name], layout.heights[name])
    radius = 8 if "." in name else size[1] / 2
    return shapes.box(layout.centres[name], size, lines, colour, radius=radius)
