"""Tests of exercises in a real kernel: what a notebook holds afterwards, and what is kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.utils import determine_grade

from course_utils.exercises.kept import PROGRESS_FILE
from course_utils.places import COURSE_ROOT
from tests.support import forked
from tests.support.small_notebook import written

if TYPE_CHECKING:
    from pathlib import Path

SOLVED = "def double(number):\n    return 2 * number"
TEST = """
from course_utils import exercise

with exercise({number}, {function}) as check:
    print("testing")
    check.equal("{function}(4)", {function}(4), 8, "Multiply by two.")
"""
# The timer is out at once, and the test goes on when its line has been shown.
SLOW = """
import threading
from course_utils import exercise
from course_utils.exercises import waiting

waiting._SECONDS = 0
with exercise(4, double) as check:
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join()
    check.equal("double(2)", double(2), 4, "")
"""
WITHOUT_A_DISK = """
import os
os.mkdir("elsewhere")
os.chdir("elsewhere")
os.symlink("nothing", "progress.jsonl")
"""
AFTERWARDS = """
from course_utils.neighbours.ipykernel import after_this_cell

after_this_cell(lambda: display("afterwards"))
print("first")
1 / 0
"""
CELLS = (
    SOLVED,
    TEST.format(number=1, function="double"),
    "def half_done(number):\n    return number",
    TEST.format(number=2, function="half_done"),
    "def undone(number):\n    raise NotImplementedError()",
    TEST.format(number=3, function="undone"),
    SLOW,
    WITHOUT_A_DISK,
    TEST.format(number=5, function="double"),
    AFTERWARDS,
    'print("next")',
)
PASSES, FAILS, UNDONE, SLOW_CELL, UNKEPT, AFTERWARDS_CELL = 1, 3, 5, 6, 8, 9


class Run:
    """A notebook that has been run, as Run All does where test cells may raise."""

    def __init__(self, folder: Path) -> None:
        path = folder / "lesson.ipynb"
        written(path, *CELLS)
        self.notebook: Any = nbformat.read(path, as_version=4)
        self.updates: list[str] = []
        client = NotebookClient(
            self.notebook,
            allow_errors=True,
            coalesce_streams=True,
            resources={"metadata": {"path": str(folder)}},
        )
        process = client.process_message

        def seen(message: Any, *args: Any) -> Any:
            if message["msg_type"] == "update_display_data":
                self.updates.append(message["content"]["data"]["text/html"])
            return process(message, *args)

        client.process_message = seen
        with pytest.MonkeyPatch.context() as patch:
            for name, value in forked.with_forked_kernels().items():
                patch.setenv(name, value)
            patch.setenv("PYTHONPATH", str(COURSE_ROOT))
            client.execute()

    def printed(self, cell: int) -> str:
        """Return what a cell printed."""
        return "".join(o.text for o in self.notebook.cells[cell].outputs if "text" in o)

    def shown_as_error(self, cell: int) -> list[str]:
        """Return the words of a cell's errors, as a page shows them."""
        return ["\n".join(o.traceback) for o in self.notebook.cells[cell].outputs if "ename" in o]

    def place(self, cell: int) -> str:
        """Return what stands above the words of a test."""
        (place,) = (o.data["text/html"] for o in self.notebook.cells[cell].outputs if "data" in o)
        return place

    def points(self, cell: int) -> float:
        """Return what nbgrader gives for a cell worth ten points."""
        graded = self.notebook.cells[cell]
        graded.metadata["nbgrader"] = {"grade": True, "solution": False, "points": 10}
        return determine_grade(graded)[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lesson")


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return Run(folder)


def test_a_test_that_passes_prints_one_line_and_no_error(run: Run) -> None:
    assert run.printed(PASSES) == "testing\nExercise 1 passed: 1 check\n"
    assert run.shown_as_error(PASSES) == []


def test_a_failure_shows_its_words_without_a_traceback(run: Run) -> None:
    (words,) = run.shown_as_error(FAILS)
    assert words.startswith("Exercise 2 did not pass."), words
    assert words.endswith("Hint:      Multiply by two."), words
    assert "Traceback" not in words
    assert len(words.splitlines()) == 6, words


def test_an_exercise_that_is_not_done_is_one_line_and_its_place_takes_the_red_away(
    run: Run,
) -> None:
    assert run.shown_as_error(UNDONE) == ["Exercise 3: not done yet."]
    assert "background: none" in run.place(UNDONE)
    assert "background" not in run.place(FAILS)


def test_nbgrader_gives_points_for_what_passed_and_for_nothing_else(run: Run) -> None:
    given = {cell: run.points(cell) for cell in (PASSES, FAILS, UNDONE, SLOW_CELL)}
    assert given == {PASSES: 10, FAILS: 0, UNDONE: 0, SLOW_CELL: 10}


def test_a_slow_test_says_that_it_runs_and_leaves_what_a_quick_one_leaves(run: Run) -> None:
    slow = [html for html in run.updates if "Exercise 4" in html]
    assert len(slow) == 1, run.updates
    assert "Exercise 4: the test is still running." in slow[0]
    assert run.place(SLOW_CELL) == run.place(PASSES)
    assert run.printed(SLOW_CELL) == "Exercise 4 passed: 1 check\n"


def test_a_pass_and_a_failure_are_kept_beside_the_notebook_and_what_is_not_done_is_not(
    run: Run, folder: Path
) -> None:
    lines = map(json.loads, (folder / PROGRESS_FILE).read_text().splitlines())
    kept = [(line["event"], line["exercise"]) for line in lines]
    assert kept == [("passed", 1), ("failed", 2), ("passed", 4)]


def test_a_pass_that_cannot_be_kept_says_so_in_a_line_and_is_a_pass(run: Run) -> None:
    first, second, third = run.printed(UNKEPT).splitlines()
    assert (first, second) == ("testing", "Exercise 5 passed: 1 check")
    assert third.startswith("It is NOT kept for your progress: "), third
    assert "it is a symbolic link" in third
    assert run.points(UNKEPT) == 10


def test_what_comes_after_a_cell_stands_below_its_error_and_comes_once(run: Run) -> None:
    first, error, afterwards = run.notebook.cells[AFTERWARDS_CELL].outputs
    assert (first.text, error.ename) == ("first\n", "ZeroDivisionError")
    assert afterwards.data == {"text/plain": "'afterwards'"}
    assert [o.text for o in run.notebook.cells[AFTERWARDS_CELL + 1].outputs] == ["next\n"]


def test_outside_a_page_no_button_is_shown(run: Run) -> None:
    cells = run.notebook.cells
    kinds = {kind for cell in cells for output in cell.outputs for kind in output.get("data", ())}
    assert kinds == {"text/html", "text/plain"}
