"""`hitl solution` asks once, shows both versions in plain lines, and shows nothing if deferred."""

from __future__ import annotations

import os
import pty
import subprocess
from typing import TYPE_CHECKING

import nbformat
import pytest

from course_utils.cli.solution_page import _answer
from course_utils.exercises.kept import PROGRESS_FILE, Failed, SolutionShown, read_kept, record
from course_utils.places import COURSE_ROOT
from course_utils.workspace.derive import derive_workspace
from tests.support import forked
from tests.support.running_lab import HITL, learners_environment

if TYPE_CHECKING:
    from pathlib import Path

LESSON = "00_start_here"
MINE = "def sent(decisions):\n    return list(decisions)"
SHOWN = [
    "Exercise 2: Say which mails go out",
    "",
    "Only Approve runs a call. After Reject the call never runs, and without a decision the call "
    "still waits. So the outbox holds only the approved addresses.",
    "",
    "- only in yours",
    "+ only in the worked solution",
    "",
    "  def sent(decisions):",
    "-     return list(decisions)",
    '+     return [to for to, decision in decisions.items() if decision == "approve"]',
]


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One lesson of the course as a learner has it, with a wrong answer to its exercise 2."""
    root = tmp_path_factory.mktemp("course")
    source = COURSE_ROOT / "notebooks" / LESSON / f"{LESSON}.ipynb"
    (root / "notebooks" / LESSON).mkdir(parents=True)
    (root / "notebooks" / LESSON / source.name).symlink_to(source)
    derive_workspace(root / "workspace", notebooks=root / "notebooks")
    folder = root / "workspace" / LESSON
    notebook = nbformat.read(folder / source.name, 4)
    next(cell for cell in notebook.cells if cell.id == "sent").source = MINE
    nbformat.write(notebook, folder / source.name)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def workspace(tmp_path: Path, derived: dict[str, bytes]) -> Path:
    folder = tmp_path / "workspace" / LESSON
    folder.mkdir(parents=True)
    for name, content in derived.items():
        (folder / name).write_bytes(content)
    return tmp_path / "workspace"


def hitl(workspace: Path, *options: str, **settings: str) -> tuple[int, list[str], str]:
    """Run the command where nobody can be asked; return its code, its lines, its complaint."""
    command = [str(HITL), "solution", *options, "--workspace", str(workspace)]
    environment = {**learners_environment(workspace.parent / "home"), **settings}
    answer = forked.run(*command, env=environment)
    return answer.returncode, answer.stdout.splitlines(), answer.stderr


def test_in_a_terminal_it_asks_once_and_then_never_again(workspace: Path) -> None:
    record(workspace / LESSON / PROGRESS_FILE, Failed(exercise=2))
    terminal, learner = pty.openpty()
    os.write(terminal, b"y\n")
    command = [str(HITL), "solution", "start", "sent", "--workspace", str(workspace)]
    environment = learners_environment(workspace.parent / "home")
    with os.fdopen(learner) as stdin:
        asked = forked.Process(*command, env=environment, stdin=stdin, stdout=subprocess.PIPE)
        printed, _ = asked.communicate()
    os.close(terminal)
    question = (
        "You have tried this once. Try again, or see the worked solution anyway? See it [y/N]: "
    )
    assert printed.startswith(question), printed
    assert printed.removeprefix(question).splitlines() == SHOWN
    kept = read_kept(workspace / LESSON / PROGRESS_FILE)
    assert [type(event) for event in kept] == [Failed, SolutionShown]
    assert hitl(workspace, "00", "2") == (0, SHOWN, "")


def test_where_nobody_can_be_asked_it_shows_nothing_unless_told_to(workspace: Path) -> None:
    code, lines, complaint = hitl(workspace, "00", "1")
    assert (code, lines) == (1, [])
    assert complaint.startswith("You have not tried this yet. "), complaint
    assert complaint.endswith("Nobody can be asked here, so nothing was shown. Add --yes.\n")
    assert not (workspace / LESSON / PROGRESS_FILE).exists()
    code, lines, _ = hitl(workspace, "00", "1", "--yes")
    assert code == 0
    assert "You have not written anything here yet." in lines
    assert not any(line.startswith("- ") for line in lines), lines


def test_deferred_it_sends_to_the_instructor(workspace: Path) -> None:
    for _ in range(3):
        record(workspace / LESSON / PROGRESS_FILE, Failed(exercise=2))
    code, lines, complaint = hitl(workspace, "00", "2", "--yes", HITL_FEEDBACK="deferred")
    assert (code, lines) == (1, [])
    assert complaint == ("HITL_FEEDBACK is deferred here. Your instructor returns the solutions.\n")


def test_a_lesson_that_is_not_in_the_workspace_is_one_line(workspace: Path) -> None:
    code, lines, complaint = hitl(workspace, "01", "2")
    assert (code, lines) == (1, [])
    assert complaint == (
        f"There is no 01_interrupt_before in {workspace}. `hitl lab` puts a copy there.\n"
    )


@pytest.mark.parametrize(
    "path", ["", "mine.ipynb", "../00_start_here/a.ipynb", "..", "/etc/passwd"]
)
def test_the_page_gets_nothing_of_a_notebook_outside_the_lessons(
    workspace: Path, path: str
) -> None:
    answer = _answer(workspace, {"path": path, "exercise": 2, "anyway": True})
    assert answer == {"refused": "Open the lesson's notebook in its folder of your workspace."}


@pytest.mark.parametrize("exercise", [None, "<b>", 9, {}])
def test_the_page_is_told_which_exercises_there_are(workspace: Path, exercise: object) -> None:
    answer = _answer(workspace, {"path": f"{LESSON}/mine.ipynb", "exercise": exercise})
    assert "2 (sent): Say which mails go out" in answer["refused"], answer


@pytest.mark.parametrize("cells", [{}, ["a"], [{"source": 1}], [None]])
def test_cells_that_are_none_are_nothing_written(workspace: Path, cells: object) -> None:
    asked = {"path": f"{LESSON}/mine.ipynb", "exercise": 2, "anyway": True, "cells": cells}
    (part,) = _answer(workspace, asked)["parts"]
    assert part["note"] == "You have not written anything here yet."
