"""What a lesson's notebook asks of a learner: its exercises, its questions, and their cells."""

from __future__ import annotations

import ast
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADING = re.compile(r"^#+ +(Exercise|Milestone) +(\d+)[ :.]*(.*)$", re.MULTILINE)
_ANY_HEADING = re.compile(r"^#{1,6} +(.+?)[ #]*$", re.MULTILINE)
_MINUTES = re.compile(r"^\*Lesson \d+, (\d+) minutes\*$", re.MULTILINE)
# A block that asks nothing: the body of what is defined, and the checks of a test.
_BODY = re.compile(r"^((?:async )?(?:def|class|with) .*:)\n(?:[ \t].*\n?|\n)+", re.MULTILINE)
# Jupyter's server puts the notebook's path there when it starts a kernel.
_NOTEBOOK = "JPY_SESSION_NAME"
# The tag of a cell whose output shows what the model said.
MODEL_WORDS = "model-words"


@dataclass(slots=True)
class Task:
    """An exercise as its notebook has it.

    Attributes:
        name: its heading.
        cell: the id of the cell to fill in; empty where it is not known.
        parts: the numbers of its test cells.
    """

    name: str
    cell: str = ""
    parts: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outline:
    """The tasks of a notebook.

    Attributes:
        notebook: its file; None if it cannot be found or read.
        tasks: the exercises that have a test, by their numbers.
        questions: the ids of the cells that ask, by what they ask.
        headings: the heading that each cell stands under, by the cells' ids, from first to last.
        worded: the ids of the cells whose output shows what the model said.
        minutes: how long the lesson takes, as the line below its title has it; 0 if it says none.
    """

    notebook: Path | None = None
    tasks: dict[int, Task] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    worded: list[str] = field(default_factory=list)
    minutes: int = 0

    @property
    def title(self) -> str:
        """The first heading; empty for a notebook without any."""
        return next(filter(None, self.headings.values()), "")

    @property
    def parts(self) -> dict[int, list[int]]:
        """The numbers of the test cells of each exercise."""
        return {number: task.parts for number, task in self.tasks.items()}

    def heading_cell(self, cell: str) -> str:
        """Return the id of the cell with the heading that a cell stands under; empty if unknown."""
        wanted = self.headings.get(cell)
        return next((each for each, heading in self.headings.items() if heading == wanted), "")

    def link(self, cell: str) -> str:
        """Return a link that JupyterLab follows to a cell; elsewhere it leads to the notebook."""
        # With the file's name: a bare `#...` is left to the browser, which knows no cells.
        if self.notebook is None or not cell:
            return ""
        return f"{quote(self.notebook.name)}#cell-id={quote(cell)}"


def notebook_path() -> Path | None:
    """Return where the notebook was when its kernel was started; None if nobody has said."""
    told = os.environ.get(_NOTEBOOK)
    return Path(told) if told else None


def notebook_in(folder: Path) -> Path | None:
    """Return the notebook that is open, of those in a folder; else the lesson's, else the only one.

    Args:
        folder: the folder that the kernel works in.
    """
    there = sorted(folder.glob("*.ipynb"))
    opened = folder / (notebook_path() or "")
    lesson = folder / f"{folder.name}.ipynb"
    found = [path for path in (opened, lesson) if path in there]
    return found[0] if found else there[0] if len(there) == 1 else None


def outline_of(notebook: Path | None) -> Outline:
    """Read what a notebook asks; of one that cannot be read nothing is known."""
    if notebook is None:
        return Outline()
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        return _outline(notebook, [(cell, "".join(cell["source"])) for cell in cells])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Outline()


def _outline(notebook: Path, cells: list[tuple[dict[str, Any], str]]) -> Outline:
    found = Outline(notebook, minutes=_minutes(cells))
    task = Task("")
    heading = ""
    for cell, source in cells:
        if cell["cell_type"] == "markdown":
            headings = _ANY_HEADING.findall(source)
            found.headings[cell.get("id", "")] = headings[0] if headings else heading
            heading = headings[-1] if headings else heading
            for word, number, title in _HEADING.findall(source):
                task = Task(": ".join(filter(None, [f"{word} {number}", title.strip()])))
                found.tasks[int(number)] = task
            continue
        found.headings[cell.get("id", "")] = heading
        if MODEL_WORDS in cell["metadata"].get("tags", []):
            found.worded.append(cell.get("id", ""))
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            task.cell = task.cell or cell.get("id", "")
        else:
            _add_calls(found, cell.get("id", ""), source)
    untested = [number for number, known in found.tasks.items() if not known.parts]
    for number in untested:
        del found.tasks[number]
    return found


def _minutes(cells: list[tuple[dict[str, Any], str]]) -> int:
    _, source = cells[0] if cells else ({}, "")
    told = _MINUTES.search(source)
    return int(told[1]) if told else 0


def _add_calls(found: Outline, cell: str, source: str) -> None:
    """Add what a cell tests and asks."""
    for call in _calls(source):
        match call:
            case ast.Call(func=ast.Name(id="ask"), args=[ast.Constant(value=str(key))]):
                found.questions[key] = cell
            case ast.Call(func=ast.Name(id="exercise"), args=[ast.Constant(value=int(number)), *_]):
                task = found.tasks.setdefault(number, Task(f"Exercise {number}"))
                task.cell = task.cell or cell
                task.parts.append(_part(call))


def _part(call: ast.Call) -> int:
    for keyword in call.keywords:
        match keyword:
            case ast.keyword(arg="part", value=ast.Constant(value=int(part))):
                return part
    return 1


def _calls(source: str) -> Iterator[ast.Call]:
    if "ask(" not in source and "exercise(" not in source:
        return
    # To parse what asks nothing takes longest; where that cannot be cut out, it is parsed too.
    tree = _parsed(_BODY.sub(r"\1 ...\n", source)) or _parsed(source)
    for part in _asking(tree) if tree else ():
        yield from (node for node in ast.walk(part) if isinstance(node, ast.Call))


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):  # a cell of the learner's, or one with a magic
        return None


def _asking(tree: ast.Module) -> Iterator[ast.AST]:
    """Leave out what asks nothing."""
    for statement in tree.body:
        match statement:
            case ast.With():
                yield from statement.items
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                pass
            case _:
                yield statement
