"""Hostile notebooks: cells and metadata that claim what is not so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.quiz.attempts import ATTEMPTS_FILE
from course_utils.quiz.bank import load_bank
from tests.hostile.attack import Attack, Handed, new_code
from tests.support.submissions import tried, wrong_answer

if TYPE_CHECKING:
    from collections.abc import Callable

ATTACKS: list[Attack] = []
TESTS = (
    "supervise-test",
    "pending-test",
    "reject-test-nothing-paid",
    "reject-test-turn-closed",
)


def attack(function: Callable[[Handed], None]) -> Callable[[Handed], None]:
    """Take a function as an attack, whose aim is its docstring."""
    name = function.__name__.replace("_", "-")
    ATTACKS.append(Attack(name, str(function.__doc__), "notebooks", function))
    return function


@attack
def tests_emptied(handed: Handed) -> None:
    """Hands in tests that check nothing and are not locked."""
    handed.put({})

    def empty(cells: dict[str, Any]) -> None:
        for name in TESTS:
            cells[name]["source"] = "pass"
            cells[name]["metadata"]["nbgrader"].update(locked=False)

    handed.change(empty)


@attack
def tests_called_solutions(handed: Handed) -> None:
    """Calls the tests solutions, so that a grader keeps what they hold."""
    handed.put({})

    def call(cells: dict[str, Any]) -> None:
        for name in TESTS:
            cells[name]["source"] = "pass"
            cells[name]["metadata"]["nbgrader"].update(solution=True, locked=False)

    handed.change(call)


@attack
def tests_skipped(handed: Handed) -> None:
    """Tags the tests as cells that are not to be run."""
    handed.put({})

    def tag(cells: dict[str, Any]) -> None:
        for name in TESTS:
            cells[name]["metadata"]["tags"] = ["skip-execution", "raises-exception"]

    handed.change(tag)


@attack
def tests_as_text(handed: Handed) -> None:
    """Turns the tests into text, which no kernel runs."""
    handed.put({})

    def turn(cells: dict[str, Any]) -> None:
        for name in TESTS:
            cells[name]["cell_type"] = "markdown"
            del cells[name]["outputs"], cells[name]["execution_count"]

    handed.change(turn)


@attack
def tests_twice(handed: Handed) -> None:
    """Hands in each test twice under one name, an empty one first."""
    handed.put({})
    notebook = handed.notebook()
    for cell in [cell for cell in notebook["cells"] if cell["id"] in TESTS]:
        twin = new_code("pass", cell["metadata"])
        notebook["cells"].insert(notebook["cells"].index(cell), twin)
    handed.write(notebook)


@attack
def solutions_twice(handed: Handed) -> None:
    """Hands in a solution twice under one name, which stops a grader that wants one."""
    handed.put({})
    notebook = handed.notebook()
    solution = next(cell for cell in notebook["cells"] if cell["id"] == "supervise")
    notebook["cells"].append({**solution, "id": "twin"})
    handed.write(notebook)


@attack
def points_raised(handed: Handed) -> None:
    """Says in its metadata that each test is worth a thousand points, and was passed."""
    handed.put({})

    def raise_points(cells: dict[str, Any]) -> None:
        for name in TESTS:
            cells[name]["metadata"]["nbgrader"].update(points=1000, score=1000, comment="passed")

    handed.change(raise_points)


@attack
def graded_cell_of_its_own(handed: Handed) -> None:
    """Adds a test of its own that is worth a hundred points."""
    handed.put({})
    notebook = handed.notebook()
    data = {"grade": True, "solution": False, "locked": True, "points": 100, "task": False}
    bonus = {**data, "grade_id": "bonus", "schema_version": 3, "cell_type": "code"}
    notebook["cells"].append(new_code("pass", {"nbgrader": bonus}))
    handed.write(notebook)


@attack
def task_for_a_person(handed: Handed) -> None:
    """Says that its solutions are tasks which a person grades, with points given already."""
    handed.put({})

    def say(cells: dict[str, Any]) -> None:
        for name in ("supervise", "pending", "reject"):
            cells[name]["metadata"]["nbgrader"].update(grade=True, points=6, score=6, task=True)

    handed.change(say)


@attack
def helper_edited(handed: Handed) -> None:
    """Edits the locked cell with the helper that the tests use."""
    handed.put({})

    def edit(cells: dict[str, Any]) -> None:
        compiled = "builder.compile"
        cells["make-desk"]["source"] += (
            "\n\nfrom course_utils.exercises.checks import Check\n"
            f"Check._compare = lambda self, *args, **options: None  # {compiled}\n"
        )

    handed.change(edit)


@attack
def helper_unlocked(handed: Handed) -> None:
    """Takes the helper's name from its cell, so that nobody puts the helper back."""
    handed.put({})

    def take(cells: dict[str, Any]) -> None:
        cells["make-desk"]["metadata"] = {}
        cells["make-desk"]["source"] += (
            "\n\nfrom course_utils.exercises.checks import Check\n"
            "Check._compare = lambda self, *args, **options: None\n"
        )

    handed.change(take)


@attack
def outputs_stored(handed: Handed) -> None:
    """Hands in tests with outputs that say how many points they gave."""
    handed.put({})

    def store(cells: dict[str, Any]) -> None:
        for name in TESTS:
            shown = {"data": {"text/plain": "6.0"}, "metadata": {}, "execution_count": 1}
            cells[name]["outputs"] = [{"output_type": "execute_result", **shown}]
            cells[name]["execution_count"] = 1

    handed.change(store)


@attack
def another_kernel(handed: Handed) -> None:
    """Asks for a kernel that is not there, in a folder that is not the kernels'."""
    handed.put({})
    notebook = handed.notebook()
    notebook["metadata"]["kernelspec"] = {"name": "../../bash", "display_name": "sh"}
    notebook["metadata"]["language_info"] = {"name": "bash"}
    handed.write(notebook)


@attack
def points_among_attempts(handed: Handed) -> None:
    """Hands in wrong answers whose lines say that they are right and worth a hundred points."""
    handed.put({})
    questions = [q for q in load_bank(handed.scene.course.bank).questions if q.points]
    lines = []
    for question in questions:
        line = tried(question, wrong_answer(question)).model_dump_json()
        lines.append(line[:-1] + ',"correct":true,"points":100,"score":1.0}')
        lines.append(line)
    (handed.folder / ATTEMPTS_FILE).write_text("\n".join(lines) + "\n")


@attack
def endless_attempts(handed: Handed) -> None:
    """Hands in fifty thousand tries at one question."""
    handed.put({})
    question = next(q for q in load_bank(handed.scene.course.bank).questions if q.points)
    line = tried(question, wrong_answer(question)).model_dump_json()
    (handed.folder / ATTEMPTS_FILE).write_text(f"{line}\n" * 50_000)


@attack
def deep_json(handed: Handed) -> None:
    """Hands in a notebook so deep that reading it ends the reader's stack."""
    handed.path.write_text('{"nbformat": 4, "cells": ' + "[" * 200_000 + "]" * 200_000 + "}")


@attack
def many_cells(handed: Handed) -> None:
    """Hands in a notebook of five thousand cells."""
    handed.put({})
    notebook = handed.notebook()
    notebook["cells"] += [new_code(f"x = {number}") for number in range(5000)]
    handed.write(notebook)


@attack
def large_cell(handed: Handed) -> None:
    """Hands in a cell with nine million characters in one line."""
    handed.put({})
    notebook = handed.notebook()
    notebook["cells"].append(new_code(f"text = '{'x' * 9_000_000}'"))
    handed.write(notebook)


@attack
def nested_code(handed: Handed) -> None:
    """Hands in a solution that is nested so deeply that a parser gives up or crashes."""
    handed.put({"supervise": "deep = " + "-" * 100_000 + "1"})


@attack
def odd_characters(handed: Handed) -> None:
    """Hands in code with characters that end a text or turn its direction."""
    handed.put({"supervise": 'text = "\\0\\x1b]0;title\\x07"  # \u202e \u2066 \x00 \ud800'})
