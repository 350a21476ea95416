"""What ran when, as a picture: each run of a graph, its tasks, and the tools in them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from course_utils.review.watching.ran import Ran, count_starts, overlapping
from course_utils.review.watching.watching import complete, recorded
from course_utils.widgets.drawings import shapes
from course_utils.widgets.drawings.blocks import (
    NARROWEST,
    PADDING,
    Block,
    beside,
    drawn,
    filled,
    stacked,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from langgraph.pregel import Pregel

    from course_utils.review.watching.recorder import Recorder

NOTHING = "Nothing ran."
MOST_RUNS, MOST_STEPS, MOST_LANES = 20, 30, 6
_PLAIN_WORDS = {"": "ran", "ended": "ran", "asked": "paused", "raised": "raised", "stopped": "ran"}
_COLOURS = {"asked": shapes.PAUSED, "raised": shapes.CRASHED, "stopped": shapes.CRASHED}


class Watched:
    """What ran on a graph while it was watched.

    Attributes:
        runs: each run of the graph, in the order of starts.
    """

    def __init__(self, graph: Pregel[Any, Any, Any, Any], recorder: Recorder) -> None:
        self._graph = graph
        self.runs = recorder.runs

    def draw(self) -> RunView:
        """Draw what has run up to now, in the order of starts."""
        complete(self.runs, self._graph)
        return RunView(self.runs)


@contextmanager
def watched(graph: Any) -> Iterator[Watched]:
    """Watch a graph while a block lasts, and draw what ran when.

    In a notebook: `with watched(graph) as run:`, the calls to watch, and below it `run.draw()`.
    Every run of the graph inside the block is seen: by `invoke`, `stream`, a card or `decide`, sync
    or async, from any thread. Copies that `with_config` made before the block are not watched.

    Args:
        graph: a compiled graph, bare or wrapped by LangChain.

    Raises:
        TypeError: if it is no compiled graph; the message says what is needed.
    """
    with recorded(graph) as recorder:
        yield Watched(recorder.graph, recorder)


class RunView(shapes.Picture):
    """A picture of what ran (SVG), and the same as text. Neither tells a time."""

    def __init__(self, runs: Sequence[Ran]) -> None:
        everything = overlapping(runs)
        count_starts(everything)
        numbered = enumerate((run for group in everything for run in group), 1)
        self._numbers = {id(run): number for number, run in numbered}
        self._threads = list(dict.fromkeys(run.thread_id for run in runs))
        self._left_out = max(0, len(runs) - MOST_RUNS)
        shown = [[r for r in g if self._numbers[id(r)] > self._left_out] for g in everything]
        groups = [group for group in shown if group]
        self._text = _text(groups, self._named, self._left_out)
        measured = _Boxes({})
        self._rows(groups, measured)
        rows = self._rows(groups, _Boxes(measured.widths))
        self._block = stacked(rows or [filled([NOTHING], shapes.END)], arrows=False)

    def __repr__(self) -> str:
        """Tell what ran, one start a line, what is inside it below."""
        return self._text

    def svg(self) -> str:
        """Draw what ran."""
        bounds = (-PADDING, 0, self._block.width, self._block.height)
        return shapes.canvas(bounds, drawn(self._block), self._text)

    def _named(self, run: Ran) -> str:
        words = f"run {self._numbers[id(run)]}"
        if len(self._threads) > 1:
            words += f" on thread {run.thread_id}"
        return f"{words} by {run.name}" if run.name else words

    def _rows(self, groups: Sequence[Sequence[Ran]], boxes: _Boxes) -> list[Block]:
        rows = [beside([self._run(run, boxes) for run in g], frame=True) for g in groups]
        if self._left_out:
            rows.insert(0, filled([f"{self._left_out} earlier runs are left out"], shapes.END))
        return rows

    def _run(self, run: Ran, boxes: _Boxes) -> Block:
        head = filled([self._named(run), run.given], shapes.END, pill=True)
        hand = [filled([words], shapes.HAND, pill=True) for words in run.written]
        end = filled([run_end(run)], _end_colour(run), pill=True)
        return stacked([*hand, head, *boxes.inside(run), end])


class _Boxes:
    """Boxes of what ran; those of one node have one width, so that its lanes are seen to be its."""

    def __init__(self, widths: dict[str, float]) -> None:
        self._least = widths
        self.widths: dict[str, float] = {}

    def inside(self, ran: Ran) -> list[Block]:
        steps = ran.lanes()
        rows = [self._lanes(lanes) for lanes in steps[:MOST_STEPS]]
        if len(steps) > MOST_STEPS:
            rows.append(filled([f"{len(steps) - MOST_STEPS} more steps"], shapes.END))
        return rows

    def _lanes(self, lanes: Sequence[Sequence[Ran]]) -> Block:
        shown = lanes[:MOST_LANES]
        each = [stacked([self._box(one, len(shown)) for one in lane]) for lane in shown]
        if len(lanes) > MOST_LANES:
            each.append(filled([f"{len(lanes) - MOST_LANES} more"], shapes.END))
        return beside(each, frame=True)

    def _box(self, one: Ran, lanes: int) -> Block:
        inner = self.inside(one)
        colour = _COLOURS.get(one.outcome, shapes.TOOL if one.kind == "tool" else shapes.PLAIN)
        lines = shapes.cut([one.name, *_words(one)], lanes)
        least = self._least.get(one.name, NARROWEST)
        inside = stacked(inner) if inner else None
        box = filled(lines, colour, inside, key=one.key, least=least)
        self.widths[one.name] = max(box.width, self.widths.get(one.name, 0))
        return box


def _words(one: Ran) -> list[str]:
    """Tell what there is to tell of a start besides its name."""
    words = [one.given] if one.given else []
    if one.start > 1:
        words.append(f"{'runs' if one.kind == 'tool' else 'starts'} again: start {one.start}")
    if one.asks:
        words += [f"asks: {question}" for question in one.told]
    elif one.raises:
        words += [f"raised {error}" for error in one.told]
    elif one.outcome in ("", "stopped"):
        words.append("has not ended" if not one.outcome else "was stopped")
    return words


def run_end(run: Ran) -> str:
    """Tell how a run of the graph ended."""
    if run.outcome == "raised":
        return "raised"
    if run.outcome != "ended":
        return "left before its end" if run.outcome else "has not ended"
    if not run.paused:
        return "finished"
    if run.questions:
        some = f"{run.questions} questions wait"
        return f"paused: {'1 question waits' if run.questions == 1 else some}"
    return f"paused before {', '.join(run.stops)}" if run.stops else "paused"


def _end_colour(run: Ran) -> str:
    if run.outcome == "ended":
        return shapes.PAUSED if run.paused else shapes.END
    return shapes.CRASHED


def _text(groups: Sequence[Sequence[Ran]], named: Any, left_out: int) -> str:
    lines = [f"{left_out} earlier runs are left out"] if left_out else []
    for group in groups:
        if len(group) > 1:
            lines.append(f"at the same time: {' and '.join(map(named, group))}")
        for run in group:
            lines += [*run.written, f"{named(run)}, {run.given}", *_told_inside(run, "  ")]
            lines.append(f"  {run_end(run)}")
    return "\n".join(lines or [NOTHING])


def _told_inside(ran: Ran, indent: str) -> Iterator[str]:
    steps = ran.lanes()
    for lanes in steps[:MOST_STEPS]:
        bar = "| " if len(lanes) > 1 else ""
        if bar:
            yield f"{indent}in parallel:"
        for one in (one for lane in lanes[:MOST_LANES] for one in lane):
            words = _words(one) or [_PLAIN_WORDS[one.outcome]]
            yield f"{indent}{bar}{'; '.join([one.name, *words])}"
            yield from _told_inside(one, f"{indent}{bar}  ")
        if len(lanes) > MOST_LANES:
            yield f"{indent}{bar}{len(lanes) - MOST_LANES} more"
    if len(steps) > MOST_STEPS:
        yield f"{indent}{len(steps) - MOST_STEPS} more steps"
