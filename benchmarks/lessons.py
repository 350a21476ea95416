"""Run All of each lesson, offline, and of a notebook that has the lesson's imports alone.

python benchmarks/lessons.py
"""

from __future__ import annotations

import ast
import os
import time
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import nbformat
import typer
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from rich.console import Console
from rich.progress import track
from rich.table import Table

from course_utils.places import COURSE_ROOT

if TYPE_CHECKING:
    from nbformat import NotebookNode

LESSONS = sorted((COURSE_ROOT / "notebooks").glob("*/*.ipynb"))
QUIZZES = COURSE_ROOT / "quizzes"


def main(rounds: int = 3) -> None:
    """Print the medians of both, in seconds, and their ratio, a line for each lesson."""
    table = Table("lesson", "Run All", "imports alone", "ratio", title=f"median of {rounds}")
    for path in track(LESSONS, "Running"):
        lesson = nbformat.read(path, as_version=4)
        peer = new_notebook(cells=[new_code_cell(imports_of(lesson))], metadata=lesson.metadata)
        # They alternate, so that both meet the same machine.
        times = [(seconds(lesson), seconds(peer)) for _ in range(rounds)]
        ours, theirs = (median(column) for column in zip(*times, strict=True))
        table.add_row(path.stem, f"{ours:.1f} s", f"{theirs:.1f} s", f"{ours / theirs:.1f}")
    Console().print(table)


def imports_of(lesson: NotebookNode) -> str:
    """Return the imports that stand at the top level of a lesson's cells, in their order."""
    trees = [ast.parse(cell.source) for cell in lesson.cells if cell.cell_type == "code"]
    imports = (ast.Import, ast.ImportFrom)
    return "\n".join(ast.unparse(n) for tree in trees for n in tree.body if isinstance(n, imports))


def seconds(notebook: NotebookNode) -> float:
    """Run a notebook in a kernel and a folder of its own; a cell that fails ends the benchmark."""
    with TemporaryDirectory() as folder:
        client = NotebookClient(notebook, resources={"metadata": {"path": folder}})
        begun = time.perf_counter()
        client.execute(env={**os.environ, "HITL_MODEL": "offline", "HITL_QUIZZES": str(QUIZZES)})
        return time.perf_counter() - begun


if __name__ == "__main__":
    typer.run(main)
