"""A code cell as Python, without what only a notebook understands, and run as in a notebook."""

from __future__ import annotations

import ast
import asyncio
import inspect
import linecache
import re
import warnings
from typing import TYPE_CHECKING, Any

from IPython.core.inputtransformer2 import TransformerManager

if TYPE_CHECKING:
    from types import CodeType

CELL = "<cell"
"""How the file name of a cell's code begins."""

# Cell magics that run the rest of the cell as Python and bind its names.
_RUNS_THE_REST = re.compile(r"\A\s*%%(?:time|capture|prun|debug)\b[^\n]*\n")
# What the transformed line of a magic or a shell command calls.
_SHELL = "get_ipython"
# What Python says of a student's style is no message for the terminal of an instructor.
warnings.filterwarnings("ignore", category=SyntaxWarning, module=re.escape(CELL))


class CellError(ValueError):
    """A cell that is no Python."""


def as_python(source: str) -> str:
    """Return a cell as Python, without the lines that only a notebook understands.

    A line magic, a shell command or a question mark that stands alone is left out, since it binds
    no name. One whose result is kept stays as the call of `get_ipython` that it stands for.

    Args:
        source: the cell's text.

    Raises:
        CellError: it is no Python.
    """
    source = _RUNS_THE_REST.sub("", source)
    tree = _tree(source, quiet=True)
    if tree is None:
        try:
            # For IPython no error: what it cannot read, it leaves as it is.
            source = TransformerManager().transform_cell(source)  # type: ignore[no-untyped-call]
        except Exception as error:  # whatever it raises for a text that is no Python
            raise CellError(_told(error)) from None
        tree = _tree(source)
    return _without_the_shell(source, tree) if _SHELL in source and tree else source


def compiled(source: str, name: str = f"{CELL}>") -> CodeType:
    """Compile a cell, which may await at its top level.

    Args:
        source: a cell as Python.
        name: the file name of the code.

    Raises:
        CellError: it is no Python.
    """
    try:
        # A notebook's cell has not imported annotations from __future__, as this module has.
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code: CodeType = compile(source, name, "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise CellError(_told(error)) from None
    return code


def run_cell(source: str, namespace: dict[str, Any], name: str) -> None:
    """Run a cell where other cells have run.

    Args:
        source: a cell as Python.
        namespace: the global names.
        name: what tells this cell from others; part of the file name of its code.

    Raises:
        CellError: it is no Python.
        BaseException: whatever the cell raises.
    """
    file = f"{CELL} {name}>"
    # As in a kernel, whoever has a function can read the cell that defines it.
    lines = [f"{line}\n" for line in source.split("\n")]
    linecache.cache[file] = (len(source), None, lines, file)
    running = eval(compiled(source, file), namespace)  # noqa: S307 - only in the jail
    if inspect.iscoroutine(running):
        asyncio.run(running)


def _tree(source: str, *, quiet: bool = False) -> ast.Module | None:
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | ast.PyCF_ONLY_AST
    try:
        tree: ast.Module = compile(source, f"{CELL}>", "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        if quiet:
            return None
        raise CellError(_told(error)) from None
    return tree


def _without_the_shell(source: str, tree: ast.Module) -> str:
    """Blank the lines of the statements that only call the shell, so that all numbers stay."""
    lines = source.split("\n")
    for statement in tree.body:
        if isinstance(statement, ast.Expr) and _asks_the_shell(statement.value):
            first, last = statement.lineno - 1, statement.end_lineno or statement.lineno
            lines[first:last] = [""] * (last - first)
    return "\n".join(lines)


def _asks_the_shell(call: ast.expr) -> bool:
    """Tell `get_ipython().run_line_magic(...)` and its like."""
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
        return False
    shell = call.func.value
    return (
        isinstance(shell, ast.Call) and isinstance(shell.func, ast.Name) and shell.func.id == _SHELL
    )


def _told(error: BaseException) -> str:
    line = getattr(error, "lineno", None)
    words = getattr(error, "msg", None) or str(error) or type(error).__name__
    return f"{words}, line {line}" if line else str(words)
