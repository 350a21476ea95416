"""Which global names a cell binds, and which it reads of other cells. No cell is run."""

from __future__ import annotations

import ast
import dis
import inspect
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from course_utils.grading.jail.cells import CellError, as_python, compiled

if TYPE_CHECKING:
    from types import CodeType


class Names(NamedTuple):
    """The names of one cell.

    Attributes:
        binds: the global names that it binds.
        reads: those that it, or a function in it, reads and that it has not bound before.
    """

    binds: frozenset[str]
    reads: frozenset[str]


_NONE = Names(frozenset(), frozenset())


@lru_cache(maxsize=4096)
def names_of(source: str) -> Names:
    """Return the global names of a cell; none of a cell that is no Python.

    Args:
        source: the cell's text, as a notebook has it.
    """
    try:
        return _names(compiled(as_python(source)))
    except (CellError, RecursionError):
        return _NONE


def is_python(source: str) -> bool:
    """Tell whether a cell can be run at all."""
    try:
        compiled(as_python(source))
    except (CellError, RecursionError):
        return False
    return True


@lru_cache(maxsize=4096)
def imports_of(source: str) -> str:
    """Return the import statements at a cell's top level; empty if it has none."""
    return "\n".join(
        ast.unparse(each) for each in _body(source) if isinstance(each, ast.Import | ast.ImportFrom)
    )


@lru_cache(maxsize=4096)
def statements_of(source: str) -> tuple[str, ...]:
    """Return a cell's top-level statements, each as it stands in the cell."""
    lines = as_python(source).split("\n") if _body(source) else []
    found = []
    for each in _body(source):
        first = min([each.lineno, *(d.lineno for d in getattr(each, "decorator_list", []))])
        found.append("\n".join(lines[first - 1 : each.end_lineno]))
    return tuple(found)


def _body(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(as_python(source)).body
    except (CellError, SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _names(code: CodeType) -> Names:
    binds, reads, read_later = set[str](), set[str](), set[str]()
    for step in dis.get_instructions(code):
        if step.opname in {"STORE_NAME", "STORE_GLOBAL"}:
            binds.add(step.argval)
        elif step.opname in {"LOAD_NAME", "LOAD_GLOBAL"}:
            reads |= {step.argval} - binds
        elif inspect.iscode(step.argval):
            read_later |= _globals(step.argval)
    return Names(frozenset(binds), frozenset(reads | (read_later - binds)))


def _globals(function: CodeType) -> set[str]:
    """The global names that a function, a class, or one inside it reads."""
    steps = list(dis.get_instructions(function))
    names = {
        step.argval for step in steps if step.opname.endswith(("_GLOBAL", "_NAME", "_GLOBALS"))
    }
    return names.union(*(_globals(step.argval) for step in steps if inspect.iscode(step.argval)))
