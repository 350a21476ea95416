"""What the text of a cell says: the names it defines, whether it does anything, what it repeats."""

from __future__ import annotations

import ast
import re
import warnings
from difflib import SequenceMatcher
from functools import lru_cache

_HIDDEN = re.compile(r"BEGIN (HIDDEN TESTS|MARK SCHEME)")
_MAGIC = re.compile(r"^\s*[%!?].*$", re.MULTILINE)
_DEFINES = re.compile(r"^(?:async\s+def|def|class)\s+([^\W\d]\w*)", re.MULTILINE)
_FENCED = re.compile(r"^ {0,3}(```|~~~)[^\n]*\n(.*?)^ {0,3}\1", re.MULTILINE | re.DOTALL)
_MAX_PARSED = 100_000
_MAX_LINES = 2000


def visible(source: str) -> str:
    """Return a cell's text without the parts that a release does not have."""
    kept, ending = [], ""
    for line in source.split("\n"):
        if ending:
            ending = "" if ending in line else ending
        elif begin := _HIDDEN.search(line):
            ending = f"END {begin.group(1)}"
        else:
            kept.append(line)
    return "\n".join(kept)


def plain(text: str) -> str:
    """Return text without what nobody sees: blanks at the ends of lines, lines at both ends."""
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def as_code(text: str, cell_type: str) -> str:
    """Return the code in a cell; one that was turned to Markdown may have put a fence around it."""
    if cell_type == "code":
        return text
    fenced = [code for _, code in _FENCED.findall(text)]
    return plain("\n".join(fenced)) if fenced else text


@lru_cache(maxsize=2048)
def parses(text: str) -> bool:
    """Tell whether a cell is whole, as Python and IPython take it."""
    return _tree(text) is not None


@lru_cache(maxsize=2048)
def defined(text: str) -> frozenset[str]:
    """Return the names of functions, classes and variables that a cell gives a value to."""
    tree = _tree(text)
    if tree is None:
        return frozenset(_DEFINES.findall(text))
    names = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(names)


def same_code(one: str, other: str) -> bool:
    """Tell whether two texts are the same but for layout and comments."""
    if plain(one) == plain(other):
        return True
    dumps = _dump(one), _dump(other)
    return dumps[0] == dumps[1] != ""


def is_untouched(text: str, given: str) -> bool:
    """Tell whether nobody has worked on a solution cell.

    Args:
        text: the cell as it was handed in.
        given: the cell as it was released.
    """
    if same_code(text, given):
        return True
    tree = _tree(text)
    return tree is not None and all(map(_does_nothing, tree.body))


def without(text: str, block: str, *, nearly: bool = False) -> str | None:
    """Return text without the lines of a block that was pasted into it; None when it is not there.

    Args:
        text: the text.
        block: several lines.
        nearly: whether a block counts that was changed a little.
    """
    lines, wanted = plain(text).split("\n"), plain(block).split("\n")
    if len(wanted) > len(lines) or len(lines) > _MAX_LINES:
        return None
    stripped = [line.rstrip() for line in lines]
    for start in range(len(lines) - len(wanted) + 1):
        if stripped[start : start + len(wanted)] == wanted:
            return plain("\n".join(lines[:start] + lines[start + len(wanted) :]))
    if not nearly:
        return None
    found = [
        b for b in SequenceMatcher(None, stripped, wanted, False).get_matching_blocks() if b.size
    ]
    if sum(b.size for b in found) < 0.7 * len(wanted):
        return None
    return plain("\n".join(lines[: found[0].a] + lines[found[-1].a + found[-1].size :]))


def _does_nothing(node: ast.stmt) -> bool:
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.Name(id="NotImplementedError")):
            return True
        case ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
        case ast.FunctionDef(body=body) | ast.AsyncFunctionDef(body=body):
            return all(map(_does_nothing, body))
    return False


@lru_cache(maxsize=2048)
def _dump(text: str) -> str:
    tree = _tree(text)
    try:
        return "" if tree is None or _MAGIC.search(text) else ast.dump(tree)
    except RecursionError:
        return ""


def _tree(text: str) -> ast.Module | None:
    if len(text) > _MAX_PARSED:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(_MAGIC.sub("", text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
