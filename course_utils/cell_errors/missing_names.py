"""After a NameError: which cell makes the name, or what became of it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from course_utils.cell_errors.bindings import made_in, shortened
from course_utils.cell_errors.raised import raised_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from course_utils.cell_errors.notebook import Cell

ALL_ABOVE = "Run > Run All Above Selected Cell"
ABOVE = (
    "`{name}` is made in a cell above, in the line `{line}`.{why} Run that cell first, or all: "
    "{all}."
)
STOPPED = (
    "`{name}` is made in a cell above, in the line `{line}`. That cell has not run, and above it "
    "the cell that begins with `{first}` ended with an error. Correct that cell, then run all: "
    "{all}."
)
BELOW = "`{name}` is made in a cell below, in the line `{line}`.{why} Run that cell first."
NOT_RUN = " That cell has not run since the kernel was started."
FAILED = " That cell ended with an error."
RENAMED = (
    "The lesson makes `{name}` in the line `{line}`, and your cell makes `{other}` there. Give it "
    "the name `{name}` again, and run that cell."
)
REMOVED = (
    "The lesson makes `{name}` in the line `{line}`, and no cell of yours has it. Write that line "
    "again, and run it. Or press Reset above the lesson, which keeps a copy of your work."
)
MISSPELT = "No cell makes `{name}`. Did you mean `{other}`?"
UNKNOWN = "If a cell above makes `{name}`, run that cell first, or all: {all}."
_ALIKE = 0.75


def missing_name(error: BaseException | None, names: Mapping[str, Any]) -> str:
    """Return the name that code of a cell lacked; empty where the error is another.

    Args:
        error: what a cell raised. The test of an exercise raises its own from the one it met.
        names: what the cells have made.
    """
    if error is not None and error.__cause__ is not None:
        error = error.__cause__
    if type(error) is not NameError:
        return ""
    # A name that is missing in a module is no cell's to make.
    return error.name or "" if raised_at(error, names) else ""


def advice(
    name: str,
    cells: Sequence[Cell] | None,
    number: int,
    ended: Mapping[str, bool],
    lesson: Sequence[Cell],
) -> str:
    """Say which cell to run first, or what became of the name; nothing if neither is known.

    Args:
        name: the name.
        cells: those of the notebook, None where it cannot be read.
        number: which of them has run, counted from 0.
        ended: by the ids of the cells that ran in this kernel, whether each ended without an error.
        lesson: the cells as the course has them.
    """
    if cells is None:
        return UNKNOWN.format(name=name, all=ALL_ABOVE)
    for words, some in ((ABOVE, reversed(cells[:number])), (BELOW, cells[number + 1 :])):
        for cell in some:
            line = made_in(cell.source).get(name)
            if line:
                stopped = _stopped(cells[: cells.index(cell)], ended)
                if words is ABOVE and stopped and ended.get(cell.id) is None:
                    return STOPPED.format(name=name, line=line, first=stopped, all=ALL_ABOVE)
                why = _why(cell, ended)
                return words.format(name=name, line=line, why=why, all=ALL_ABOVE)
    for cell in lesson:
        line = made_in(cell.source).get(name)
        if line:
            return _changed(name, line, cell, cells)
    made = (other for cell in cells for other in made_in(cell.source))
    near = get_close_matches(name, set(made), 1, _ALIKE)
    return MISSPELT.format(name=name, other=near[0]) if near else ""


def _stopped(cells: Iterable[Cell], ended: Mapping[str, bool]) -> str:
    """Return the first line of the first cell at which running them all stops; empty if none."""
    for cell in cells:
        if ended.get(cell.id) is False and not cell.may_fail:
            return shortened(cell.source.strip().partition("\n")[0])
    return ""


def _why(cell: Cell, ended: Mapping[str, bool]) -> str:
    if not (ended and cell.id):
        # Whoever runs the cells does not say which they are.
        return ""
    return {None: NOT_RUN, False: FAILED, True: ""}[ended.get(cell.id)]


def _changed(name: str, line: str, wanted: Cell, cells: Iterable[Cell]) -> str:
    """Tell what the learner's version of a cell makes in place of a name."""
    theirs = next((made_in(cell.source) for cell in cells if cell.id == wanted.id), {})
    others = {made: theirs[made] for made in theirs.keys() - made_in(wanted.source)}
    # The cell's only new name, or the one whose line is nearly the lesson's.
    near = get_close_matches(line, others.values(), 1, _ALIKE if len(others) > 1 else 0)
    other = next((made for made in others if others[made] in near), None)
    if other:
        return RENAMED.format(name=name, line=line, other=other)
    return REMOVED.format(name=name, line=line)
