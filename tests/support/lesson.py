"""A lesson as the tests see it: its cells by id, and its exercises run with any answer."""

from __future__ import annotations

import ast
import asyncio
import inspect
import linecache
import re
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import nbformat
import yaml

from course_utils.grading.jail.cells import compiled
from course_utils.grading.marking.names import names_of
from course_utils.places import COURSE_ROOT

if TYPE_CHECKING:
    from pathlib import Path

# The lessons, and what one looks things up in: no lesson, but its outputs are compared as theirs.
NOTEBOOKS = sorted((COURSE_ROOT / "notebooks").glob("[0-9][0-9]_*/*.ipynb"))
REFERENCE = COURSE_ROOT / "notebooks" / "reference" / "reference.ipynb"
SOLUTION = re.compile(r"^ *### BEGIN SOLUTION\n.*?^ *### END SOLUTION$", re.DOTALL | re.MULTILINE)
STUB = "    raise NotImplementedError()"


@dataclass(frozen=True)
class Answer:
    """An answer to an exercise, as a learner might write it.

    Attributes:
        says: for a wrong answer, words of the failure that name the misunderstanding; else empty.
    """

    exercise: str
    name: str
    code: str
    says: str = ""


@dataclass(frozen=True)
class Lesson:
    """One lesson's notebook."""

    path: Path

    @property
    def name(self) -> str:
        """The lesson's name, which is its folder's, its notebook's and its bank's."""
        return self.path.stem

    @property
    def cells(self) -> list[Any]:
        """All cells, in order."""
        return list(_cells(self.path, self.path.stat().st_mtime_ns))

    @property
    def exercises(self) -> list[str]:
        """The ids of the cells that a learner fills in."""
        return [c.id for c in self.cells if c.metadata.get("nbgrader", {}).get("solution")]

    def answers(self) -> list[Answer]:
        """The right and wrong answers kept for this lesson's exercises."""
        return list(_answers(self.name))

    def stub(self, exercise: str) -> str:
        """What the released notebook holds in place of a solution."""
        return SOLUTION.sub(STUB, self._cell(exercise).source)

    def reference(self, exercise: str) -> str:
        """The lesson's own solution."""
        return str(self._cell(exercise).source)

    def test(self, exercise: str, answer: str) -> str:
        """Run what an exercise needs of the lesson, the answer in its place, and its tests.

        Args:
            exercise: the id of the cell to fill in.
            answer: what stands in that cell.

        Returns:
            What a learner would read of the first failure, empty if every test passed.
        """
        namespace: dict[str, Any] = {}
        tests = [cell.source for cell in self.cells if cell.id.startswith(f"{exercise}-test")]
        for source in _needed(self._up_to_the_tests(exercise, answer), tests):
            run_cell(source, namespace)
        for test in tests:
            try:
                run_cell(test, namespace)
            except Exception as error:
                return f"{type(error).__name__}: {error}"
        return ""

    def shown_by(self, cell: str) -> Any:
        """Run what a cell needs of the lesson and return what its last line evaluates to.

        Args:
            cell: the id of a code cell that ends with an expression.
        """
        namespace: dict[str, Any] = {}
        before = takewhile(lambda earlier: earlier.id != cell, self.cells)
        sources = [c.source for c in before if _is_run(c)]
        *statements, last = ast.parse(self._cell(cell).source).body
        for source in _needed(sources, [self._cell(cell).source]):
            run_cell(source, namespace)
        run_cell("\n".join(map(ast.unparse, statements)), namespace)
        return eval(ast.unparse(last), namespace)  # noqa: S307 - our own cells

    def _up_to_the_tests(self, exercise: str, answer: str) -> list[str]:
        tests = next(n for n, c in enumerate(self.cells) if c.id.startswith(f"{exercise}-test"))
        return [
            answer if cell.id == exercise else cell.source
            for cell in self.cells[:tests]
            if _is_run(cell)
        ]

    def _cell(self, name: str) -> Any:
        return next(cell for cell in self.cells if cell.id == name)


@cache
def _cells(notebook: Path, _changed: int) -> list[Any]:
    # Once a session: hundreds of tests look at the same ten files.
    return list(nbformat.read(notebook, as_version=4).cells)


@cache
def _answers(lesson: str) -> list[Answer]:
    kept = COURSE_ROOT / "tests" / "lessons" / f"{lesson}.yaml"
    return [Answer(**entry) for entry in yaml.safe_load(kept.read_text(encoding="utf-8"))]


def _is_run(cell: Any) -> bool:
    return cell.cell_type == "code" and not re.search(r"\bask\(", cell.source)


def _needed(before: list[str], tests: list[str]) -> list[str]:
    """The cells that bind a name which the tests, or a later cell that is needed, read of them."""
    needed: list[str] = []
    wanted: set[str] = set()
    for source in reversed([*before, *tests]):
        binds, reads = names_of(source)
        if source in tests or binds & wanted:
            needed.insert(0, source)
            wanted = wanted - binds | reads
    return needed[: -len(tests)]


def run_cell(source: str, namespace: dict[str, Any]) -> None:
    """Run a cell's source where other cells have run."""
    # As in a kernel, whoever has a function can read the cell that defines it.
    name = f"<cell {hash(source)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    running = eval(compiled(source, name), namespace)  # noqa: S307 - our own cells and answers
    if inspect.iscoroutine(running):
        asyncio.run(running)
