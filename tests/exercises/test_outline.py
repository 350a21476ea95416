"""What a notebook asks of a learner is read from its headings, its test cells and its questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils.exercises.outline import Outline, notebook_in, outline_of
from tests.support.lesson import NOTEBOOKS, Lesson

if TYPE_CHECKING:
    from pathlib import Path

AT_THE_MARGIN = '''def helper():
    """Text
at the margin, with exercise(8) and def stop():
    and more."""

with exercise(2, a, part=2) as check:
    # with exercise(6) as check:
    exercise(5)

    check.that()
ask("x/below")'''
SOLUTION = {"nbgrader": {"solution": True}}


def lesson(path: Path) -> Path:
    cells = [
        new_markdown_cell("Exercise 9: in prose it is none.\n\n## Exercise 1: stop before it"),
        new_code_cell("def given(): ...", id="given"),
        new_code_cell("def stop(): ...", id="stop", metadata=SOLUTION),
        new_code_cell("with exercise(1, stop) as check: ...", id="stop-test"),
        new_markdown_cell("### Milestone 2"),
        new_code_cell("%time stop()\nexercise(7)", id="magic"),
        new_code_cell("with exercise(2, a, part=1) as check: ...", id="a-test"),
        new_code_cell(AT_THE_MARGIN, id="b-test"),
        new_markdown_cell("## Exercise 3: a text to write"),
        new_code_cell('ask("x/first"); ask("x/second")', id="asks"),
    ]
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_an_exercise_is_its_heading_the_cell_to_fill_in_and_its_test_cells(tmp_path: Path) -> None:
    outline = outline_of(lesson(tmp_path / "lesson.ipynb"))
    told = {n: (task.name, task.cell, task.parts) for n, task in outline.tasks.items()}
    assert told == {
        1: ("Exercise 1: stop before it", "stop", [1]),
        2: ("Milestone 2", "a-test", [1, 2]),
    }
    assert outline.questions == {
        "x/below": "b-test",
        "x/first": "asks",
        "x/second": "asks",
    }


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"cells": [{}]}', '{"cells": 3}', "\x00"])
def test_of_a_notebook_that_cannot_be_read_nothing_is_known(tmp_path: Path, content: str) -> None:
    path = tmp_path / "lesson.ipynb"
    path.write_text(content)
    assert outline_of(path) == Outline()
    assert outline_of(tmp_path / "none.ipynb") == Outline()


def test_the_open_notebook_comes_first_then_the_lessons_then_the_only_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "01_pauses"
    folder.mkdir()
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert notebook_in(folder) is None
    (copy := folder / "mine.ipynb").touch()
    assert notebook_in(folder) == copy
    (other := folder / "other.ipynb").touch()
    assert notebook_in(folder) is None
    (named := folder / "01_pauses.ipynb").touch()
    assert notebook_in(folder) == named
    monkeypatch.setenv("JPY_SESSION_NAME", str(other))
    assert notebook_in(folder) == other
    monkeypatch.setenv("JPY_SESSION_NAME", "/elsewhere/01_pauses.ipynb")
    assert notebook_in(folder) == named


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_question_of_a_lesson_has_its_cell(path: Path) -> None:
    cells = {cell.id: cell.source for cell in Lesson(path).cells}
    for key, cell in outline_of(path).questions.items():
        assert key in cells[cell]
