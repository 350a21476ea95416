"""After any error: a name of the lesson that another cell has given to something else since."""

from __future__ import annotations

import ast
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, NamedTuple

from course_utils.cell_errors.bindings import made_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from course_utils.cell_errors.notebook import Cell

OVERWRITTEN = (
    "`{name}` is no longer what the lesson makes: a cell gave the name to something else, in the "
    "line `{line}`. Run the cell with the line `{lesson}` again."
)


class Maker(NamedTuple):
    """The cell that has made a name last, and by which line."""

    cell: str
    line: str


def advice(
    error: BaseException,
    source: str,
    names: Mapping[str, Any],
    makers: Mapping[str, Maker],
    cells: Sequence[Cell],
    lesson: Sequence[Cell],
) -> str:
    """Say which name of the lesson is another cell's now; nothing where none of them is.

    Args:
        error: what the cell raised.
        source: the cell.
        names: what the cells have made.
        makers: who made each of them last.
        cells: those of the notebook.
        lesson: the cells as the course has them.
    """
    own = set(made_in(source).values())
    for name in dict.fromkeys(_used(error, source, names)):
        maker = makers.get(name)
        # A learner may have given the name away in another cell of the lesson.
        ids = {cell.id for cell in lesson if name in made_in(cell.source)}
        found = (made_in(cell.source).get(name) for cell in cells if cell.id in ids)
        lessons = [line for line in found if line]
        if not (maker and lessons) or maker.cell in ids or maker.line in {*lessons, *own}:
            continue
        return OVERWRITTEN.format(name=name, line=maker.line, lesson=lessons[-1])
    return ""


def _used(error: BaseException, source: str, names: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names that a test was given, and those that the failing lines read."""
    tree = _parsed(source)
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="exercise"), args=[_, *functions]):
                yield from (each.id for each in functions if isinstance(each, ast.Name))
    for frame, line in reversed(list(walk_tb(error.__traceback__))):
        if frame.f_globals is names and frame.f_code.co_name != "<module>":
            # A function of a cell: all that it reads of other cells.
            yield from frame.f_code.co_names
        elif frame.f_globals is names:
            for statement in tree.body:
                if statement.lineno <= line <= (statement.end_lineno or 0):
                    yield from (n.id for n in ast.walk(statement) if isinstance(n, ast.Name))


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return ast.Module(body=[], type_ignores=[])
