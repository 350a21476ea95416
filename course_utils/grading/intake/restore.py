"""The notebook that is graded: the lesson's cells as released, and what the student wrote."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from course_utils.grading.intake.cell_text import is_untouched, plain, same_code, without
from course_utils.grading.intake.matching import match
from course_utils.grading.intake.pieces import Notebook
from course_utils.grading.intake.solutions import Chosen, choose
from course_utils.printable import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from course_utils.grading.intake.doubt import Doubt
    from course_utils.grading.intake.released import CellType, ReleasedCell, ReleasedLesson
    from course_utils.grading.intake.submitted import HandedCell

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class RestoredCell:
    """One cell of the notebook that is graded.

    Attributes:
        id: its id, which no other cell of the notebook has.
        cell_type: what kind of cell it is.
        source: its text.
        name: the `grade_id` of the released cell that it is; empty for one nbgrader does not know.
        released_id: the id of the released cell that it is; empty for a cell of the student's own.
        whose: who wrote the text, the lesson or the student.
    """

    id: str
    cell_type: CellType
    source: str
    name: str = ""
    released_id: str = ""
    whose: Literal["released", "student"] = "student"


@dataclass(frozen=True, slots=True)
class Restored:
    """A notebook that can be graded. Plain data, which can go to another machine.

    Attributes:
        cells: the lesson's, in its order, and the student's own, each after the one it stood after.
        solutions: the answer to each exercise, by the `grade_id` of its cell; an exercise without
            an answer is left out, and one that nobody worked on has the text that was given.
        notes: what was put right, for student and instructor, in sentences.
        waits: why a person has to look.
    """

    cells: tuple[RestoredCell, ...]
    solutions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    waits: tuple[Doubt, ...] = ()


def restore(released: ReleasedLesson, handed: Sequence[HandedCell]) -> Restored:
    """Put a handed-in notebook back into the form in which it can be graded.

    Locked and graded cells come from the release, whatever became of them. Only the answers come
    from the student, and the student's own cells for a run of the whole notebook.

    Args:
        released: the lesson, with its hidden tests.
        handed: the cells of the notebook that was handed in.
    """
    notebook = Notebook(released, handed, match(released, handed))
    chosen = {
        place: choose(notebook, place)
        for place, cell in enumerate(released.cells)
        if cell.is_solution
    }
    return Restored(
        tuple(_with_ids(_cells(notebook, chosen))),
        {
            released.cells[place].name: answer.text
            for place, answer in chosen.items()
            if answer.text is not None
        },
        (*(note for answer in chosen.values() for note in answer.notes), *_told(notebook, chosen)),
        tuple(doubt for answer in chosen.values() for doubt in answer.doubts),
    )


def worked_on(released: ReleasedLesson, restored: Restored) -> dict[str, str]:
    """Return the answers that are not what was given: by them two copies are compared."""
    given = {cell.name: cell.source for cell in released.cells if cell.is_solution}
    return {
        name: text
        for name, text in restored.solutions.items()
        if not is_untouched(text, given[name])
    }


def _cells(notebook: Notebook, chosen: Mapping[int, Chosen]) -> Iterator[RestoredCell]:
    used = {piece.place for answer in chosen.values() for piece in answer.pieces}
    own = _own_cells(notebook, used)
    yield from own[-1]
    for place, cell in enumerate(notebook.released):
        if cell.is_solution:
            answer = chosen[place].text
            given = answer is None or plain(answer) == plain(cell.source)
            text = cell.source if answer is None else answer
            yield _restored(cell, text, "released" if given else "student")
        else:
            yield _lesson_cell(notebook, place, cell, used)
        yield from own[place]


def _lesson_cell(
    notebook: Notebook, place: int, cell: ReleasedCell, used: set[int]
) -> RestoredCell:
    """Return a cell of the lesson; only one that nbgrader does not know may have been changed."""
    if not cell.name:
        for number in notebook.cells.get(place, ()):
            text, kind = notebook.handed[number].source, notebook.handed[number].cell_type
            if number not in used and kind == cell.cell_type:
                same = plain(text) == plain(cell.source)
                return _restored(cell, text, "released" if same else "student")
    return _restored(cell, cell.source, "released")


def _restored(
    cell: ReleasedCell, source: str, whose: Literal["released", "student"]
) -> RestoredCell:
    return RestoredCell(cell.id, cell.cell_type, source, cell.name, cell.id or cell.name, whose)


def _own_cells(notebook: Notebook, used: set[int]) -> dict[int, list[RestoredCell]]:
    """Return the student's own cells by the released cell that they stand after; -1 for none."""
    own: dict[int, list[RestoredCell]] = defaultdict(list)
    shown: set[int] = set()
    after = -1
    for number, cell in enumerate(notebook.handed):
        home = notebook.matched.of.get(number)
        text = _own_text(notebook, number, home, shown)
        if home is not None and home not in shown:
            shown.add(home)
            after = home
        if text and number not in used:
            own[after].append(RestoredCell(cell.id, cell.cell_type, text))
    return own


def _own_text(notebook: Notebook, number: int, home: int | None, shown: set[int]) -> str:
    """Return what of a handed-in cell the lesson's cells do not hold already."""
    cell = notebook.handed[number]
    if home is None:
        return cell.source
    released = notebook.released[home]
    if not released.name:
        return cell.source if home in shown and not _same(cell, released) else ""
    if released.is_solution:
        return "" if is_untouched(cell.source, released.source) else cell.source
    if _same(cell, released):
        return ""
    # A locked cell with more in it: the more is the student's.
    if cell.cell_type == "code":
        piece = notebook.piece(number)
        return piece.text if home in piece.merged else ""
    more = without(cell.source, released.given)
    return cell.source if more is None else more


def _same(cell: HandedCell, released: ReleasedCell) -> bool:
    return same_code(cell.source, released.given)


def _with_ids(cells: Iterator[RestoredCell]) -> Iterator[RestoredCell]:
    """Give every cell of the student's own an id that no other cell has."""
    listed_cells = list(cells)
    taken = {cell.id for cell in listed_cells if cell.released_id}
    for number, cell in enumerate(listed_cells):
        if cell.released_id:
            yield cell
            continue
        own = cell.id if _ID.fullmatch(cell.id) and cell.id not in taken else f"own-{number}"
        taken.add(own)
        yield RestoredCell(own, cell.cell_type, cell.source)


def _told(notebook: Notebook, chosen: Mapping[int, Chosen]) -> Iterator[str]:
    """Say which locked cells were put back."""
    if not notebook.matched.marked and notebook.handed:
        yield "An editor dropped what marks the cells. They were known by their text."
    merged = {
        home for answer in chosen.values() for piece in answer.pieces for home in piece.merged
    }
    used = {piece.place for answer in chosen.values() for piece in answer.pieces}
    changed, missing = [], []
    for place, cell in enumerate(notebook.released):
        if not cell.name or cell.is_solution or place in merged:
            continue
        numbers = notebook.cells.get(place, [])
        if not numbers:
            missing.append(cell.name)
        elif not any(number in used or _same(notebook.handed[number], cell) for number in numbers):
            changed.append(cell.name)
    if changed:
        text = "The text of {} is not the one that was released. The released text was graded."
        yield text.format(listed(changed))
    if missing:
        verb = "was" if len(missing) == 1 else "were"
        yield f"{listed(missing)} {verb} not in the notebook. Grading put the released text there."
