"""Which names a cell makes, and by which of its lines."""

from __future__ import annotations

import ast
import symtable

_LONGEST = 60


def made_in(source: str) -> dict[str, str]:
    """Return the names that a cell makes, each with the first line of the last statement that does.

    It makes a name by assignment, import, def, class, for or with.

    Args:
        source: Python, without magics; of anything else nothing is known.
    """
    try:
        # A symbol table counts `del` as assigning.
        body = [line for line in ast.parse(source).body if not isinstance(line, ast.Delete)]
        tables = [symtable.symtable(ast.unparse(line), "cell", "exec") for line in body]
    except (SyntaxError, ValueError, RecursionError):
        return {}
    lines = source.splitlines()
    return {
        symbol.get_name(): shortened(lines[statement.lineno - 1].strip())
        for statement, table in zip(body, tables, strict=True)
        for symbol in table.get_symbols()
        if symbol.is_assigned() or symbol.is_imported()
    }


def shortened(line: str) -> str:
    """Return a line of a cell, as much of it as fits into a sentence."""
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
