"""One line after a NameError: which cell of the notebook to run first.

After a restart the kernel has forgotten what the cells made, and a cell run alone says only
that a name is not defined. `hitl lab` starts its kernels with this IPython extension, which looks
in the notebook for the cell that makes the name.
"""

from __future__ import annotations

import ast
import json
import os
import symtable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ALL_ABOVE = "Run > Run All Above Selected Cell"
ABOVE = (
    "`{name}` is made in a cell above, in the line `{line}`. Run that cell first, or all: {all}."
)
BELOW = "`{name}` is made in a cell below, in the line `{line}`. Run that cell first."
UNKNOWN = "If a cell above makes `{name}`, run that cell first, or all: {all}."
# Jupyter's server puts the notebook's path there when it starts a kernel.
_NOTEBOOK = "JPY_SESSION_NAME"
_LONGEST = 60


def load_ipython_extension(shell: Any) -> None:
    """Tell after each cell which cell makes the name that it lacked.

    Args:
        shell: IPython's shell.
    """

    def tell(result: Any) -> None:
        name = missing_name(result.error_in_exec, shell.user_ns)
        if name:
            sources, number = _notebook(result.info, shell)
            words = advice(name, sources, number)
            if words:
                print(words)

    shell.events.register("post_run_cell", tell)


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
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    # A name that is missing in a module is no cell's to make.
    return error.name or "" if at is not None and at.tb_frame.f_globals is names else ""


def advice(name: str, sources: Sequence[str] | None, number: int) -> str:
    """Say which cell to run first; nothing where no cell makes the name, as after a slip.

    Args:
        name: the name.
        sources: the code of the notebook's cells, None where the notebook cannot be read.
        number: which of them has run, counted from 0.
    """
    if sources is None:
        return UNKNOWN.format(name=name, all=ALL_ABOVE)
    for words, cells in ((ABOVE, reversed(sources[:number])), (BELOW, sources[number + 1 :])):
        line = next(filter(None, (_line_that_makes(name, source) for source in cells)), "")
        if line:
            short = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
            return words.format(name=name, line=short, all=ALL_ABOVE)
    return ""


def _line_that_makes(name: str, source: str) -> str:
    """Return the first line of the last statement of a cell that binds a name, if one does."""
    if name not in source:
        return ""
    try:
        body = ast.parse(source).body
        makes = [line for line in body if _binds(name, ast.unparse(line))]
    except (SyntaxError, ValueError):
        return ""
    return source.splitlines()[makes[-1].lineno - 1].strip() if makes else ""


def _binds(name: str, statement: str) -> bool:
    """Tell whether a statement makes a name: by assignment, import, def, class, for or with."""
    made = symtable.symtable(statement, "cell", "exec")
    if name not in made.get_identifiers():
        return False
    symbol = made.lookup(name)
    return symbol.is_assigned() or symbol.is_imported()


def _notebook(run: Any, shell: Any) -> tuple[list[str] | None, int]:
    """Return the code of the notebook's cells, and which of them has run."""
    try:
        cells = json.loads(Path(os.environ[_NOTEBOOK]).read_text(encoding="utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        sources = ["".join(cell["source"]) for cell in code]
    except (KeyError, TypeError, ValueError, OSError):
        return None, 0
    by_id = [number for number, cell in enumerate(code) if cell.get("id") == run.cell_id]
    by_source = [number for number, source in enumerate(sources) if source == run.raw_cell]
    # A cell that is not saved yet stands somewhere below those that are.
    number = (by_id if run.cell_id and by_id else [*by_source, len(sources)])[0]
    return [shell.transform_cell(source) for source in sources], number
