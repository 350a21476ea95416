"""A lesson as the tests see it: its cells by id, and its exercises run with any answer."""

from __future__ import annotations

import ast
import asyncio
import inspect
import linecache
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml

from course_utils.settings import COURSE_ROOT

NOTEBOOKS = sorted((COURSE_ROOT / "notebooks").glob("*/*.ipynb"))
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
        return list(nbformat.read(self.path, as_version=4).cells)

    @property
    def exercises(self) -> list[str]:
        """The ids of the cells that a learner fills in."""
        return [c.id for c in self.cells if c.metadata.get("nbgrader", {}).get("solution")]

    def answers(self) -> list[Answer]:
        """The right and wrong answers kept for this lesson's exercises."""
        kept = Path(__file__).parent / f"{self.name}.yaml"
        return [Answer(**entry) for entry in yaml.safe_load(kept.read_text(encoding="utf-8"))]

    def stub(self, exercise: str) -> str:
        """What the released notebook holds in place of a solution."""
        return SOLUTION.sub(STUB, self._cell(exercise).source)

    def reference(self, exercise: str) -> str:
        """The lesson's own solution."""
        return str(self._cell(exercise).source)

    def test(self, exercise: str, answer: str) -> str:
        """Run the lesson up to an exercise, put the answer in its place and run its tests.

        Returns:
            What a learner would read of the first failure, empty if every test passed.
        """
        namespace: dict[str, Any] = {}
        tests = [cell for cell in self.cells if cell.id.startswith(f"{exercise}-test")]
        before = self.cells[: [cell.id for cell in self.cells].index(tests[0].id)]
        for cell in before:
            if cell.cell_type == "code" and not re.search(r"\bask\(", cell.source):
                _run(answer if cell.id == exercise else cell.source, namespace)
        for test in tests:
            try:
                _run(test.source, namespace)
            except Exception as error:
                return f"{type(error).__name__}: {error}"
        return ""

    def _cell(self, name: str) -> Any:
        return next(cell for cell in self.cells if cell.id == name)


def _run(source: str, namespace: dict[str, Any]) -> None:
    # As in a kernel, whoever has a function can read the cell that defines it.
    name = f"<cell {hash(source)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    # A notebook's cell has not imported annotations from __future__, as this module has.
    allowed = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    cell = compile(source, name, "exec", flags=allowed, dont_inherit=True)
    running = eval(cell, namespace)  # noqa: S307 - our own cells and answers
    if inspect.iscoroutine(running):
        asyncio.run(running)
