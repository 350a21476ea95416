"""A small course in two editions: in the second a lesson was split, and the one after it moved up.

| first edition | second edition |
|---|---|
| `01_ask`: resume, refund | `01_ask`: resume; `02_provide`: refund |
| `02_choose`: pick, weigh, drop | `03_choose`: look, pick with another test, weigh |
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any

    from nbformat import NotebookNode

FIRST, SECOND = 1, 2
EXPLAINED = "nobody but its author reads this in a release"
_QUESTION = """
  - id: {id}
    version: {version}
    type: true-false
    prompt: Is {id} true?
    options:
      - {{id: "yes", text: "Yes", correct: true}}
      - {{id: "no", text: "No", reason: It is.}}
    explanation: It is.
    points: 1
    section: all
"""


def text(source: str, name: str) -> NotebookNode:
    """Return a Markdown cell."""
    return new_markdown_cell(source, id=name)


def code(source: str, name: str) -> NotebookNode:
    """Return a code cell that nbgrader does not know."""
    return new_code_cell(source, id=name)


def task(number: int, name: str, check: str = "equal") -> list[NotebookNode]:
    """Return the cells of an exercise: its heading, the author's solution, its test."""
    solution = f"def {name}(value):\n    ### BEGIN SOLUTION\n    return value\n    ### END SOLUTION"
    why = {"explanation": f"It gives `value` back, and {EXPLAINED}."}
    test = (
        f"with exercise({number}, {name}) as check:\n"
        f'    check.{check}("{name}(1)", {name}(1), 1, "Return it.")'
    )
    return [
        text(f"## Exercise {number}: {name.title()}", f"exercise-{name}"),
        new_code_cell(solution, id=name, metadata={**_graded(name, solution=True), **why}),
        new_code_cell(test, id=f"{name}-test", metadata=_graded(f"{name}-test", points=2)),
    ]


def question(lesson: str, name: str) -> NotebookNode:
    """Return a quiz cell."""
    source = f'ask("{lesson}/{name}")'
    return new_code_cell(source, id=f"quiz-{name}", metadata=_graded(f"quiz-{name}", points=1))


def editions(edition: int) -> dict[str, tuple[list[NotebookNode], dict[str, int]]]:
    """Return the cells of each lesson, and its questions with their versions."""
    start = [text(f"# Ask\n\nEdition {edition}.", "title"), code("mails = []", "mails")]
    end = [code(f'graph = "edition {edition}"', "graph"), text("An end that stays.", "end")]
    if edition == FIRST:
        choose = [*task(1, "pick"), *task(2, "weigh"), *task(3, "drop")]
        return {
            "01_ask": ([*start, *task(1, "resume"), *task(2, "refund"), *end], {}),
            "02_choose": (_choose("02_choose", choose), {"colour": 1, "truth": 1, "old": 1}),
        }
    choose = [*task(1, "look"), *task(2, "pick", check="true"), *task(3, "weigh")]
    return {
        "01_ask": ([*start, *task(1, "resume"), *end], {}),
        "02_provide": ([text("# Provide", "title"), *task(1, "refund")], {}),
        "03_choose": (_choose("03_choose", choose), {"colour": 2, "truth": 1}),
    }


def written_course(root: Path, edition: int) -> dict[str, Path]:
    """Write an edition of the course; return its folders as `derive_workspace` takes them."""
    folders = {name: root / f"edition-{edition}" / name for name in ("notebooks", "quizzes")}
    for folder in folders.values():
        folder.mkdir(parents=True)
    for lesson, (cells, questions) in editions(edition).items():
        (folders["notebooks"] / lesson).mkdir()
        _write(folders["notebooks"] / lesson / f"{lesson}.ipynb", cells)
        if questions:
            asked = [_QUESTION.format(id=name, version=at) for name, at in questions.items()]
            bank = f"lesson: {lesson}\npolicy:\n  scored_tries: 3\nquestions:{''.join(asked)}"
            (folders["quizzes"] / f"{lesson}.yaml").write_text(bank)
    return folders


def cells_in(workspace: Path, lesson: str) -> dict[str, NotebookNode]:
    """Return the cells of a lesson in a workspace, by their ids, in their order."""
    path = workspace / lesson / f"{lesson}.ipynb"
    return {cell.id: cell for cell in nbformat.read(path, 4).cells}


def write_into(workspace: Path, lesson: str, *cells: NotebookNode, **texts: str) -> None:
    """Work in a lesson as a learner does.

    Args:
        workspace: the learner's.
        lesson: the lesson's name.
        cells: the learner's own, to stand after the second cell.
        texts: new texts of cells, by their ids.
    """
    path = workspace / lesson / f"{lesson}.ipynb"
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        cell.source = texts.get(cell.id, cell.source)
    notebook.cells[2:2] = cells
    nbformat.write(notebook, path)


def passed(workspace: Path, lesson: str, *exercises: int) -> None:
    """Have exercises of a lesson pass."""
    lines = [{"event": "passed", "exercise": number, "part": 1} for number in exercises]
    _write_lines(workspace / lesson / "progress.jsonl", lines)


def tried(workspace: Path, lesson: str, **versions: int) -> None:
    """Answer questions of a lesson, each in the version that it had."""
    lines = [
        {"question": f"{lesson}/{name}", "version": at, "event": "try", "answer": "yes"}
        for name, at in versions.items()
    ]
    _write_lines(workspace / lesson / "attempts.jsonl", lines)


def _write_lines(path: Path, lines: Sequence[dict[str, Any]]) -> None:
    time = {"time": "2026-11-20T10:00:00Z"}
    path.write_text("".join(f"{json.dumps({**line, **time})}\n" for line in lines))


def _choose(lesson: str, tasks: list[NotebookNode]) -> list[NotebookNode]:
    names = ["colour", "truth", *(["old"] if lesson == "02_choose" else [])]
    return [text("# Choose", "title"), *tasks, *(question(lesson, name) for name in names)]


def _write(path: Path, cells: list[NotebookNode]) -> None:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


def _graded(name: str, *, solution: bool = False, points: int = 0) -> dict[str, Any]:
    data = {"grade_id": name, "solution": solution, "grade": bool(points), "locked": not solution}
    worth = {"points": points} if points else {}
    return {"nbgrader": {**data, **worth, "schema_version": 3, "task": False}}
