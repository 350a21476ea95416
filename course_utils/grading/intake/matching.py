"""Which released cell each handed-in cell is: by its text, its metadata, its id, its likeness."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from course_utils.grading.intake.cell_text import as_code, defined, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from course_utils.grading.intake.released import ReleasedCell, ReleasedLesson
    from course_utils.grading.intake.submitted import HandedCell

_ALIKE = 80.0
_MAX_ALIKE = 200
_MIN_ALIKE = 120
_MANY_METADATA = 0.5


@dataclass(slots=True)
class Matched:
    """The handed-in cells, by the released cells that they are. All numbers are positions.

    Attributes:
        of: the released cell of each handed-in cell that is one, or a copy of one.
        cells: the handed-in cells of each released one, in the order of the notebook.
        marked: whether at least half of the cells that nbgrader knows still say which they are.
    """

    of: dict[int, int] = field(default_factory=dict)
    marked: bool = True

    @property
    def cells(self) -> dict[int, list[int]]:
        """The handed-in cells of each released one, in the order of the notebook."""
        found: dict[int, list[int]] = defaultdict(list)
        for handed, released in sorted(self.of.items()):
            found[released].append(handed)
        return found


def match(released: ReleasedLesson, handed: Sequence[HandedCell]) -> Matched:
    """Find the released cell that each handed-in cell is.

    A text that was released says more than metadata, which editors lose and people copy; metadata
    says more than an id. A cell that defines what another solution cell is for is that one's.

    Args:
        released: the lesson.
        handed: the notebook that was handed in.
    """
    found = Matched()
    names = {cell.name: place for place, cell in enumerate(released.cells) if cell.name}
    ids = {cell.id: place for place, cell in enumerate(released.cells) if cell.id}
    _by_text(found, released.cells, handed, names)
    marks = set(found.of.values())
    for place, cell in enumerate(handed):
        if place in found.of or not (cell.source.strip() or cell.grade_id or cell.id):
            continue
        home = names.get(cell.grade_id, ids.get(cell.id, -1))
        home = _of_its_definition(home, cell, released.cells)
        if home >= 0:
            found.of[place] = home
            marks.add(home)
    said = {names.get(cell.grade_id, ids.get(cell.id)) for cell in handed}
    named = set(names.values())
    found.marked = not named or len(named & said) >= _MANY_METADATA * len(named)
    _by_likeness(found, released.cells, handed)
    return found


def equal_share(released: ReleasedLesson, handed: Sequence[HandedCell]) -> float:
    """Return which share of the released cells stands in a notebook unchanged, from 0 to 1."""
    texts = {plain(cell.source) for cell in handed}
    wanted = [plain(cell.given) for cell in released.cells]
    return sum(text in texts for text in wanted) / max(1, len(wanted))


def _by_text(
    found: Matched,
    released: Sequence[ReleasedCell],
    handed: Sequence[HandedCell],
    names: dict[str, int],
) -> None:
    places: dict[str, list[int]] = defaultdict(list)
    for place, cell in enumerate(released):
        places[plain(cell.given)].append(place)
    for number, handed_cell in enumerate(handed):
        text = plain(handed_cell.source)
        homes = places.get(text, []) if text else []
        # An answer may repeat a cell of the lesson word for word.
        claims = handed_cell.grade_id in names
        homes = [home for home in homes if released[home].name or not claims]
        if homes:
            found.of[number] = _best_home(homes, handed_cell, released, set(found.of.values()))


def _best_home(
    homes: Sequence[int], cell: HandedCell, released: Sequence[ReleasedCell], taken: set[int]
) -> int:
    return max(
        homes,
        key=lambda home: (
            bool(cell.grade_id) and released[home].name == cell.grade_id,
            bool(cell.id) and released[home].id == cell.id,
            home not in taken,
            -home,
        ),
    )


def _of_its_definition(home: int, cell: HandedCell, released: Sequence[ReleasedCell]) -> int:
    """Correct the home of a cell that another solution cell's metadata got stuck to."""
    if home < 0 or not released[home].is_solution:
        return home
    names = defined(as_code(cell.source, cell.cell_type))
    if not names or names & defined(released[home].source):
        return home
    others = [
        place
        for place, other in enumerate(released)
        if other.is_solution and names & defined(other.source)
    ]
    return others[0] if len(others) == 1 else home


def _by_likeness(
    found: Matched, released: Sequence[ReleasedCell], handed: Sequence[HandedCell]
) -> None:
    """Match locked and plain cells that were changed a little and have lost their marks."""
    free = _first(place for place in range(len(handed)) if place not in found.of)
    taken = set(found.of.values())
    for home, cell in enumerate(released):
        text = plain(cell.given)
        # Short cells are alike that have nothing to do with each other.
        if home in taken or cell.is_solution or not free or len(text) < _MIN_ALIKE:
            continue
        scores = {place: _likeness(text, plain(handed[place].source)) for place in free}
        best = max(free, key=lambda place: scores[place])
        if scores[best] >= _ALIKE:
            found.of[best] = home
            free.remove(best)


def _first(places: Iterable[int]) -> list[int]:
    return [place for place, _ in zip(places, range(_MAX_ALIKE), strict=False)]


def _likeness(one: str, other: str) -> float:
    shorter, longer = sorted((len(one), len(other)))
    if shorter < 0.5 * longer or longer > 20_000:
        return 0.0
    return fuzz.ratio(one, other, score_cutoff=_ALIKE)
