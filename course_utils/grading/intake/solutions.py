"""Which text answers an exercise, when its cell was split, copied, merged, moved or turned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from course_utils.grading.intake.cell_text import (
    as_code,
    defined,
    is_untouched,
    parses,
    plain,
    same_code,
    visible,
)
from course_utils.grading.intake.doubt import Doubt
from course_utils.grading.intake.pieces import Piece
from course_utils.printable import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from course_utils.grading.intake.pieces import Notebook
    from course_utils.grading.intake.released import ReleasedCell

MAX_CELLS = 20
"""Answers to one exercise that are compared; nobody has more, unless to keep grading busy."""


@dataclass(slots=True)
class Chosen:
    """What answers one exercise.

    Attributes:
        text: the answer; None when there is none.
        pieces: the handed-in cells that it was made of, or that repeat it.
        notes: what was done to find it, in sentences.
        doubts: why a person has to look.
    """

    text: str | None = None
    pieces: tuple[Piece, ...] = ()
    notes: list[str] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


def choose(notebook: Notebook, place: int) -> Chosen:
    """Find the answer to one exercise.

    The cells that are the exercise's, by metadata or id, come first. Where nobody has worked in
    them, another cell counts that defines what the exercise asks for.

    Args:
        notebook: the handed-in notebook and the lesson.
        place: of the released solution cell.
    """
    cell = notebook.released[place]
    if cell.cell_type != "code":
        return _written(notebook, place)
    chosen = Chosen()
    asked = defined(cell.source)
    own = _pieces(notebook, notebook.cells.get(place, [])[:MAX_CELLS])
    worked = [piece for piece in own if not is_untouched(piece.text, cell.source)]
    elsewhere = _elsewhere(notebook, place, asked)
    if not worked and elsewhere:
        worked = elsewhere
        pasted = not own and all(piece.place not in notebook.matched.of for piece in elsewhere)
        if notebook.matched.marked or not pasted:
            chosen.notes.append(
                f"The answer to {cell.name} stands in another cell of the notebook; it was taken."
            )
    elif worked and elsewhere:
        _doubt_locked(notebook, cell, worked, elsewhere, chosen)
    if not worked and not own:
        worked = _by_place(notebook, place, chosen)
    if not worked:
        _untouched(notebook, cell, own, chosen)
        return chosen
    _settle(notebook, cell, worked, asked, chosen)
    return chosen


def _pieces(notebook: Notebook, places: Iterable[int]) -> list[Piece]:
    return [notebook.piece(place) for place in places]


def _elsewhere(notebook: Notebook, place: int, asked: frozenset[str]) -> list[Piece]:
    """Return the pieces of other cells that define what an exercise asks for."""
    found: list[Piece] = []
    for number, handed in enumerate(notebook.handed):
        if len(found) == MAX_CELLS:
            break
        home = notebook.matched.of.get(number)
        # To look for a name is quick; to parse five thousand cells is not.
        if home == place or not any(name in handed.source for name in asked):
            continue
        if not asked & defined(as_code(handed.source, handed.cell_type)):
            continue
        piece = notebook.piece(number)
        if handed.cell_type != "code" and not parses(piece.text):
            continue
        # A cell of the lesson may define the same name, before the exercise does.
        plain_cell = home is not None and not notebook.released[home].is_solution
        given = notebook.released[home].source if home is not None and plain_cell else ""
        if asked & defined(visible(given)) or not asked & defined(piece.text):
            continue
        if not is_untouched(piece.text, notebook.released[place].source):
            found.append(piece)
    # An answer may bring along what another exercise asks for; a cell for this one alone is better.
    others = {
        name
        for number, other in enumerate(notebook.released)
        if other.is_solution and number != place
        for name in defined(other.source)
    }
    return [piece for piece in found if not (others - asked) & defined(piece.text)] or found


def _doubt_locked(
    notebook: Notebook,
    cell: ReleasedCell,
    worked: list[Piece],
    elsewhere: list[Piece],
    chosen: Chosen,
) -> None:
    """Have a person look where a locked cell holds another answer than the exercise's own cell."""
    for piece in elsewhere:
        home = notebook.matched.of.get(piece.place)
        locked = home is not None and bool(notebook.released[home].name)
        other = all(not same_code(piece.text, mine.text) for mine in worked)
        if locked and other and not notebook.released[home or 0].is_solution:
            why = (
                f"There are two answers to {cell.name}: one in its own cell, which was graded, "
                "and one in a locked cell. Compare them, and grade by hand if the other is meant."
            )
            chosen.doubts.append(Doubt(why, cell.name, piece.text))


def _settle(
    notebook: Notebook,
    cell: ReleasedCell,
    worked: list[Piece],
    asked: frozenset[str],
    chosen: Chosen,
) -> None:
    """Make one text of the cells in which there is work."""
    whole = [piece for piece in worked if asked & defined(piece.text)]
    different = _different(whole)
    if len(different) > 1 and not _complementary(different, asked):
        best = _nearest(notebook, cell, different)
        why = (
            f"There are {len(different)} different answers to {cell.name} in the notebook. The one "
            "in the cell of the exercise was graded: compare them, and correct the grade by hand."
        )
        others = [piece.text for piece in different if piece is not best]
        chosen.doubts.append(Doubt(why, cell.name, "\n\n".join(others)))
        worked = [best]
        repeated = []
    else:
        repeated = [piece for piece in whole if piece not in different]
        worked = [piece for piece in worked if piece not in repeated]
    worked = _with_cut_off(notebook, worked)
    chosen.pieces = (*worked, *repeated)
    chosen.text = _joined(worked)
    if len(worked) > 1:
        chosen.notes.append(
            f"The answer to {cell.name} was split into {len(worked)} cells; they were joined."
        )
    if any(notebook.handed[piece.place].cell_type != "code" for piece in worked):
        chosen.notes.append(f"The cell {cell.name} was no code cell any more; its text was taken.")
    merged = {home for piece in worked for home in piece.merged}
    if merged:
        names = listed(notebook.released[home].name or "the lesson" for home in sorted(merged))
        chosen.notes.append(f"The answer to {cell.name} stood in one cell with {names}.")


def _different(pieces: list[Piece]) -> list[Piece]:
    found: list[Piece] = []
    for piece in pieces:
        if not any(same_code(piece.text, other.text) for other in found):
            found.append(piece)
    return found


def _complementary(pieces: list[Piece], asked: frozenset[str]) -> bool:
    """Tell whether each of several pieces defines another of the names that are asked for."""
    names = [asked & defined(piece.text) for piece in pieces]
    return sum(map(len, names)) == len(frozenset().union(*names))


def _nearest(notebook: Notebook, cell: ReleasedCell, pieces: list[Piece]) -> Piece:
    """Return the piece whose cell still has the exercise's own id; else the first."""
    same: Callable[[Piece], bool] = lambda piece: notebook.handed[piece.place].id == cell.id  # noqa: E731
    return next(filter(same, pieces), pieces[0])


def _with_cut_off(notebook: Notebook, worked: list[Piece]) -> list[Piece]:
    """Add the cell below the last one when only the two together are whole."""
    below = worked[-1].place + 1
    if below >= len(notebook.handed) or below in notebook.matched.of:
        return worked
    rest = notebook.handed[below]
    indented = rest.source.lstrip("\n")[:1] in {" ", "\t"}
    if rest.cell_type != "code" or not indented or parses(rest.source):
        return worked
    joined = f"{_joined(worked)}\n{rest.source}"
    return [*worked, Piece(below, rest.source)] if parses(joined) else worked


def _joined(pieces: Sequence[Piece]) -> str:
    apart = all(parses(piece.text) for piece in pieces)
    return ("\n\n" if apart else "\n").join(piece.text for piece in pieces)


def _by_place(notebook: Notebook, place: int, chosen: Chosen) -> list[Piece]:
    """Take the one cell that stands where the exercise's cell was, when nothing else tells."""
    cell = notebook.released[place]
    if notebook.matched.marked and defined(cell.source):
        return []
    kind = cell.cell_type
    between = [n for n in _between(notebook, place) if notebook.handed[n].cell_type == kind]
    if len(between) != 1:
        return []
    chosen.notes.append(f"The cell that stands in the place of {cell.name} was taken for it.")
    return _pieces(notebook, between) if kind == "code" else [_as_it_is(notebook, between[0])]


def _between(notebook: Notebook, place: int) -> list[int]:
    """Return the student's own cells between those before and after a released cell's place."""
    homes = {home: min(cells) for home, cells in notebook.cells.items()}
    start = max((at for home, at in homes.items() if home < place), default=-1)
    end = min((at for home, at in homes.items() if home > place), default=len(notebook.handed))
    return [own for own in notebook.own if start < own < end]


def _written(notebook: Notebook, place: int) -> Chosen:
    """Find the answer to an exercise that is answered in words."""
    cell, chosen = notebook.released[place], Chosen()
    found = [_as_it_is(notebook, number) for number in notebook.cells.get(place, ())]
    worked = [piece for piece in found if plain(piece.text) not in {"", plain(cell.source)}]
    worked = worked or ([] if found else _by_place(notebook, place, chosen))
    if not worked:
        _untouched(notebook, cell, found, chosen)
        return chosen
    texts = list(dict.fromkeys(plain(piece.text) for piece in worked))
    if len(texts) > 1:
        chosen.notes.append(
            f"The answer to {cell.name} was in {len(texts)} cells; they were joined."
        )
    chosen.pieces, chosen.text = tuple(worked), "\n\n".join(texts)
    return chosen


def _as_it_is(notebook: Notebook, place: int) -> Piece:
    return Piece(place, notebook.handed[place].source)


def _untouched(notebook: Notebook, cell: ReleasedCell, found: list[Piece], chosen: Chosen) -> None:
    """Say why there is no answer, or leave it to a person when one may have been overlooked."""
    if found:
        chosen.text, chosen.pieces = found[0].text, tuple(found)
        return
    if notebook.matched.marked or not notebook.own:
        chosen.notes.append(f"There is no cell {cell.name} in the notebook, so it has no answer.")
        return
    why = (
        "An editor dropped what marks the cells of this notebook, and nothing tells which cell "
        f"answers {cell.name}. Grade it by hand, or ask for it in the lesson's own notebook."
    )
    chosen.doubts.append(Doubt(why, cell.name))
