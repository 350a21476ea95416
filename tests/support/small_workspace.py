"""A learner's workspace with small lessons, for the tests of their progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils.quiz.bank import load_bank
from course_utils.quiz.released import released_questions
from tests.support.small_bank import BANK, write_bank

if TYPE_CHECKING:
    from pathlib import Path

FIRST, SECOND = "01_pauses", "02_more"
# Every question is asked in the quiz; two of the bank's sections stand under one heading.
SCORED = ["needs", "effects", "final", "parameter"]
_SOLUTION = {"nbgrader": {"solution": True}}


def _cells(lesson: str) -> list[nbformat.NotebookNode]:
    asked = [new_code_cell(f'ask("{lesson}/{name}")', id=f"ask-{name}") for name in SCORED]
    return [
        new_markdown_cell("# A `pause` <b>\n\n*Lesson 01, 40 minutes*\n", id="title"),
        new_markdown_cell("## What a pause needs", id="needs-heading"),
        new_markdown_cell("A saver.", id="needs"),
        new_markdown_cell("A name.", id="parameter"),
        new_markdown_cell("## Exercise 1: stop", id="exercise-stop"),
        new_code_cell("def stop(): ...", id="stop", metadata=_SOLUTION),
        new_code_cell("with exercise(1, stop) as check: ...", id="stop-test"),
        new_markdown_cell("## What runs again", id="effects"),
        new_markdown_cell("## Exercise 2: go on", id="exercise-on"),
        new_code_cell("def on(): ...", id="on", metadata=_SOLUTION),
        new_code_cell("with exercise(2, on) as check: ...", id="on-test"),
        new_markdown_cell("## Quiz", id="final"),
        *asked,
    ]


def make_lesson(workspace: Path, lesson: str) -> Path:
    """Make a lesson of two exercises and four scored questions; return its folder."""
    folder = workspace / lesson
    folder.mkdir(parents=True)
    nbformat.write(new_notebook(cells=_cells(lesson)), folder / f"{lesson}.ipynb")
    text = BANK.replace(f"lesson: {FIRST}", f"lesson: {lesson}")
    bank = load_bank(write_bank(workspace, text, lesson))
    (folder / "questions.json").write_bytes(released_questions(bank, "practice"))
    return folder
