"""A learner's cells in a newer release of their lesson: both are kept, cell by cell.

Whose text a cell holds is told by the texts that were released. A solution goes into the cell of
its exercise, a cell of the learner's own stays after the cell that it stood after, and a cell that
both have changed is there twice: the lesson's, and the learner's below it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from course_utils.grading.intake.cell_text import same_code
from course_utils.workspace.cells import grade_id, homes_of, is_solution
from course_utils.workspace.remembered import digest, released_before, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nbformat import NotebookNode


_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class Theirs:
    """A notebook of the learner's.

    Attributes:
        cells: its cells.
        base: the digests of the release that it came from, by cell id; None when nobody knows.
    """

    cells: Sequence[NotebookNode]
    base: Mapping[str, str] | None = None


@dataclass(slots=True)
class Merged:
    """A release with a learner's cells in it.

    Attributes:
        cells: its cells, the lesson's and the learner's.
        solutions: the `grade_id`s of the exercises whose solutions were carried over.
        again: those of them of which there was a second, different solution, kept below the first.
        own: how many cells of the learner's own were kept.
        changed: the ids of the lesson's cells that the learner had changed, kept below the new.
        edited: the ids of those that the course has not changed since: the learner's text stays.
        gone: the solutions to exercises that are no longer in the lesson, by their `grade_id`.
        left: those of them that are kept as cells of the learner's own.
    """

    cells: list[NotebookNode] = field(default_factory=list)
    solutions: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    own: int = 0
    changed: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    gone: dict[str, NotebookNode] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    @property
    def has_theirs(self) -> bool:
        """Whether the learner had written anything."""
        return bool(self.solutions or self.own or self.changed or self.edited or self.gone)


def merge(
    release: Sequence[NotebookNode],
    notebooks: Sequence[Theirs],
    *,
    brought: Mapping[str, NotebookNode] | None = None,
    taken_away: frozenset[str] = frozenset(),
) -> Merged:
    """Put a learner's cells into a release.

    Args:
        release: its cells.
        notebooks: what the learner has of the lesson, the first counting more.
        brought: solutions from other lessons to exercises that are in this one now, by their
            `grade_id`.
        taken_away: the `grade_id`s of the exercises that are in another lesson now.
    """
    return _Merging(release, notebooks, brought or {}, taken_away).merged()


class _Merging:
    def __init__(
        self,
        release: Sequence[NotebookNode],
        notebooks: Sequence[Theirs],
        brought: Mapping[str, NotebookNode],
        taken_away: frozenset[str],
    ) -> None:
        self._release = release
        self._parts = [_Part(release, theirs) for theirs in notebooks]
        self._brought = brought
        self._taken_away = taken_away
        self._ids = {cell.id for cell in release}
        self._found = Merged()

    def merged(self) -> Merged:
        found = self._found
        for part in self._parts:
            found.gone |= part.gone
        found.cells += self._own(-1)
        for place, cell in enumerate(self._release):
            found.cells += self._solved(place, cell) if is_solution(cell) else self._given(place)
            found.cells += self._own(place)
        return found

    def _solved(self, place: int, cell: NotebookNode) -> Iterator[NotebookNode]:
        """Return an exercise's cell with the first solution, and other ones below it."""
        name = grade_id(cell)
        answers = [answer for part in self._parts for answer in part.answers[place]]
        answers += [self._brought[name]] if name in self._brought else []
        copy = deepcopy(cell)
        if answers:
            _write_in(copy, answers[0])
            self._found.solutions.append(name)
        yield copy
        different = [copy.source]
        for answer in answers[1:]:
            if not any(same_code(answer.source, other) for other in different):
                different.append(answer.source)
                yield self._as_own(answer)
        if len(different) > 1:
            self._found.again.append(name)

    def _given(self, place: int) -> Iterator[NotebookNode]:
        """Return a cell of the lesson, and below it what the learner had made of it."""
        cell = self._release[place]
        below = [(part, mine) for part in self._parts for mine in part.changed[place]]
        if below and not grade_id(cell) and below[0][0].has_this_text(cell):
            mine = deepcopy(cell)
            _write_in(mine, below.pop(0)[1])
            self._found.edited.append(cell.id)
            yield mine
        else:
            yield deepcopy(cell)
        if below:
            self._found.changed.append(cell.id)
        for _, mine in below:
            yield self._as_own(mine)

    def _own(self, place: int) -> Iterator[NotebookNode]:
        # Two folders of one lesson may hold the same cell of the learner's.
        earlier: set[str] = set()
        for part in self._parts:
            cells = [cell for cell in part.own[place] if digest(cell.source) not in earlier]
            earlier |= texts_of(cells)
            for cell in cells:
                if not is_solution(cell):
                    self._found.own += 1
                elif grade_id(cell) in self._taken_away:
                    continue
                else:
                    self._found.left.append(grade_id(cell))
                yield self._as_own(cell)

    def _as_own(self, cell: NotebookNode) -> NotebookNode:
        """Return a cell as one that belongs to no exercise, with an id that no other cell has."""
        own = deepcopy(cell)
        for name in ("nbgrader", "deletable", "editable"):
            own.metadata.pop(name, None)
        stem, number = _NOT_IN_AN_ID.sub("", cell.id)[:50], 1
        while not own.id or own.id in self._ids or own.id != _NOT_IN_AN_ID.sub("", own.id)[:64]:
            own.id = f"{stem}-yours-{number}"
            number += 1
        self._ids.add(own.id)
        return own


def _write_in(cell: NotebookNode, theirs: NotebookNode) -> None:
    cell.source = theirs.source
    if "attachments" in theirs and cell.cell_type != "code":
        cell.attachments = deepcopy(theirs.attachments)


class _Part:
    """What one notebook of the learner's brings, by the place of the released cell it belongs to.

    Attributes:
        answers: to the exercise in this cell, the texts in which there is work.
        changed: the learner's own texts of this cell of the lesson.
        own: the learner's own cells that stand after it; -1 for those before all others.
        gone: solutions to exercises that the release does not have.
    """

    def __init__(self, release: Sequence[NotebookNode], theirs: Theirs) -> None:
        self._theirs = theirs
        self.answers: dict[int, list[NotebookNode]] = defaultdict(list)
        self.changed: dict[int, list[NotebookNode]] = defaultdict(list)
        self.own: dict[int, list[NotebookNode]] = defaultdict(list)
        self.gone: dict[str, NotebookNode] = {}
        before = released_before() if theirs.base is None else frozenset(theirs.base.values())
        self._courses = before | texts_of(release)
        self._sort(release, self._homes(release))

    def has_this_text(self, cell: NotebookNode) -> bool:
        """Tell whether the course has not changed a cell since the learner got it."""
        return (self._theirs.base or {}).get(cell.id) == digest(cell.source)

    def _homes(self, release: Sequence[NotebookNode]) -> Mapping[int, int]:
        """Return the released cell of each cell; the course's former texts count as its new."""
        now = {cell.id: cell.source for cell in release}
        now |= {grade_id(cell): cell.source for cell in release if grade_id(cell)}
        texts = [
            now.get(grade_id(cell)) or now.get(cell.id) if self._is_the_courses(cell) else None
            for cell in self._theirs.cells
        ]
        return homes_of(release, self._theirs.cells, texts)

    def _is_the_courses(self, cell: NotebookNode) -> bool:
        return not cell.source.strip() or digest(cell.source) in self._courses

    def _sort(self, release: Sequence[NotebookNode], homes: Mapping[int, int]) -> None:
        after, shown = -1, set()
        for number, cell in enumerate(self._theirs.cells):
            home = homes.get(number)
            if home is not None and home not in shown:
                shown.add(home)
                after = home
            if self._is_the_courses(cell):
                continue
            if home is None:
                if is_solution(cell):
                    self.gone[grade_id(cell)] = cell
                self.own[after].append(cell)
            elif not is_solution(release[home]):
                self.changed[home].append(cell)
            else:
                # Even one line of a comment is theirs.
                self.answers[home].append(cell)
