"""What ran, as a recorder saw it: runs of a graph, the tasks in each, the tools in each task."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Kind = Literal["run", "task", "tool"]
Outcome = Literal["", "ended", "asked", "raised", "stopped"]


@dataclass
class Ran:
    """One start of a graph, of a task or of a tool, and what came of it.

    Attributes:
        kind: what it was.
        name: that of the node or tool; of a run, who called it, where the caller has a name.
        given: what it was given, in short.
        key: the same for each start of the same task, or of the same tool call.
        began: its place in the order of all beginnings and ends.
        ended: likewise; None where it has not ended.
        outcome: `asked` where it called interrupt(), `stopped` where a run was left early.
        told: the error or the question, in short.
        start: 1 for the first start of its key, 2 for the second.
        order: where it stands among what runs in parallel with it.
        step: the step of the graph's run that it belongs to.
        parallel: whether what is inside it runs in parallel by its nature, as a ToolNode's tools.
        inside: what started in it, in the order of starts.
        thread_id: of a run, the thread.
        stops: of a run, the nodes that it stopped before, empty where it stopped at none.
        resumed: of a run, the checkpoint that it resumed from.
        paused: of a run, the checkpoint that it paused at.
        questions: of a run, how many wait at its pause.
        written: of a run, what `update_state` wrote between the pause before and this run.
    """

    kind: Kind
    name: str
    given: str = ""
    key: Any = None
    began: int = 0
    ended: int | None = None
    outcome: Outcome = ""
    told: tuple[str, ...] = ()
    start: int = 1
    order: tuple[Any, ...] = ()
    step: int = 0
    parallel: bool = False
    inside: list[Ran] = field(default_factory=list)
    thread_id: str = ""
    stops: tuple[str, ...] = ()
    resumed: str = ""
    paused: str = ""
    questions: int = 0
    written: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether its questions are to be told here, and not at what asked them inside."""
        return self.outcome == "asked" and not any(one.outcome == "asked" for one in self.inside)

    @property
    def raises(self) -> bool:
        """Whether its error is to be told here, and not at what raised it inside."""
        return self.outcome == "raised" and not any(one.outcome == "raised" for one in self.inside)

    def lanes(self) -> list[list[list[Ran]]]:
        """Return what ran inside: one step after the other, its lanes, and what ran in each lane.

        What runs in parallel starts in an order of chance, and stands in the order of the graph.
        """
        return [lane for part in _parts(self.inside) for lane in _steps(part, self.parallel)]


def overlapping(runs: Sequence[Ran]) -> list[list[Ran]]:
    """Return runs in groups: those that ran at the same time are in one group.

    Runs whose callers all have names stand in the order of these names, others in that of starts.
    """
    groups = _overlapping(runs)
    named = (sorted(g, key=lambda r: r.name) if all(r.name for r in g) else g for g in groups)
    return list(named)


def count_starts(groups: Iterable[Iterable[Ran]]) -> None:
    """Number the starts of each task and of each tool call, in the order in which they are told.

    Args:
        groups: runs as `overlapping` returns them.
    """
    starts: dict[Any, int] = {}
    for group in groups:
        for run in group:
            _count(run, starts)


def _count(ran: Ran, starts: dict[Any, int]) -> None:
    ran.start = starts[ran.key] = starts.get(ran.key, 0) + 1
    for one in (one for lanes in ran.lanes() for lane in lanes for one in lane):
        _count(one, starts)


def _parts(inside: Iterable[Ran]) -> list[list[Ran]]:
    return [list(part) for _, part in groupby(inside, key=lambda one: (one.kind, one.step))]


def _steps(part: Sequence[Ran], parallel: bool) -> list[list[list[Ran]]]:
    if part[0].kind == "task" or parallel:
        return [_by_key(part)]
    return [_by_key(group) for group in _overlapping(part)]


def _by_key(group: Iterable[Ran]) -> list[list[Ran]]:
    """Return a lane for each task; a task that was tried again stands below its first try."""
    lanes: dict[Any, list[Ran]] = {}
    for one in sorted(group, key=lambda one: (one.order, one.began)):
        lanes.setdefault(one.key, []).append(one)
    return list(lanes.values())


def _overlapping(each: Sequence[Ran]) -> list[list[Ran]]:
    groups: list[list[Ran]] = []
    for one in sorted(each, key=lambda one: one.began):
        running = groups and any(r.ended is None or r.ended > one.began for r in groups[-1])
        groups[-1].append(one) if running else groups.append([one])
    return groups
