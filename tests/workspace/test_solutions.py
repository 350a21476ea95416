"""The worked solution beside the learner's: when it is asked about, what it is compared with."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from course_utils.exercises.kept import (
    PROGRESS_FILE,
    Failed,
    Passed,
    SolutionShown,
    read_kept,
    record,
)
from course_utils.places import COURSE_ROOT
from course_utils.quiz.bank import load_bank
from course_utils.quiz.released import released_questions
from course_utils.workspace.errors import WorkspaceError
from course_utils.workspace.resetting import chosen, reset
from course_utils.workspace.solutions import asked_for
from course_utils.workspace.updating import update
from tests.support.lesson import NOTEBOOKS, Lesson
from tests.support.two_editions import EXPLAINED, cells_in, code, write_into

if TYPE_CHECKING:
    from pathlib import Path

    from course_utils.workspace.solutions import Asked, Part
    from tests.workspace.conftest import Folders

LESSON = "02_choose"
WORKED = ("def weigh(value):", "    return value")
MINE = "def weigh(value):\n    return value + 0"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def folder(workspace: Path) -> Path:
    return workspace / LESSON


def ask(folder: Path, first: Folders, exercise: str = "2", opened: bytes | None = None) -> Asked:
    return asked_for(folder, exercise, notebooks=first["notebooks"], opened=opened)


def shown(folder: Path, first: Folders, exercise: str = "2", **how: Any) -> Part:
    (part,) = ask(folder, first, exercise, **how).show().parts
    return part


def yours(part: Part) -> str:
    return "\n".join(line for block in part.blocks for line in block.yours)


@pytest.mark.parametrize(
    ("tries", "question"),
    [
        (0, "You have not tried this yet. Try it first, or see the worked solution anyway?"),
        (1, "You have tried this once. Try again, or see the worked solution anyway?"),
        (2, "You have tried this twice. Try again, or see the worked solution anyway?"),
        (3, ""),
    ],
)
def test_it_asks_until_the_third_failure(
    folder: Path, first: Folders, tries: int, question: str
) -> None:
    for _ in range(tries):
        record(folder / PROGRESS_FILE, Failed(exercise=2))
    record(folder / PROGRESS_FILE, Passed(exercise=1))
    assert ask(folder, first).question == question
    assert len(read_kept(folder / PROGRESS_FILE)) == tries + 1, "asking keeps nothing"


def test_it_does_not_ask_after_a_pass(folder: Path, first: Folders) -> None:
    record(folder / PROGRESS_FILE, Passed(exercise=2))
    assert ask(folder, first).question == ""


def test_what_was_seen_is_kept_once_and_never_asked_again(folder: Path, first: Folders) -> None:
    for _ in range(2):
        ask(folder, first).show()
    (kept,) = read_kept(folder / PROGRESS_FILE)
    assert isinstance(kept, SolutionShown)
    assert kept.exercise == 2
    assert ask(folder, first).question == ""
    assert ask(folder, first, "3").question != "", "of another exercise it asks"


def test_an_exercise_of_two_parts_names_the_part_that_is_left(folder: Path, first: Folders) -> None:
    source = first["notebooks"] / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(source, 4)
    more = nbformat.v4.new_code_cell("with exercise(2, weigh, part=2) as check: ...", id="more")
    more.metadata["nbgrader"] = {"grade_id": "more", "grade": True, "solution": False, "points": 1}
    place = next(n for n, cell in enumerate(notebook.cells) if cell.id == "weigh-test")
    notebook.cells.insert(place + 1, more)
    nbformat.write(notebook, source)
    record(folder / PROGRESS_FILE, Passed(exercise=2, part=1))
    assert ask(folder, first).question == (
        "Part 2 has not passed yet. Try it first, or see the worked solution anyway?"
    )


@pytest.mark.parametrize("word", ["2", "weigh"])
def test_the_solution_stands_beside_the_learners_with_its_explanation(
    workspace: Path, folder: Path, first: Folders, word: str
) -> None:
    write_into(workspace, LESSON, weigh=MINE)
    part = shown(folder, first, word)
    assert EXPLAINED in part.explanation
    assert part.note == ""
    same, differs = part.blocks
    assert (same.yours, same.is_same) == (WORKED[:1], True)
    assert (differs.yours, differs.worked) == (("    return value + 0",), WORKED[1:])


def test_where_nothing_was_written_the_solution_stands_alone(folder: Path, first: Folders) -> None:
    part = shown(folder, first)
    assert part.note == "You have not written anything here yet."
    assert [(block.yours, block.worked) for block in part.blocks] == [((), WORKED)]


def test_the_same_solution_is_said_to_be_the_same(
    workspace: Path, folder: Path, first: Folders
) -> None:
    write_into(workspace, LESSON, weigh="# YOUR CODE HERE\n" + "\n".join(WORKED) + "  \n")
    part = shown(folder, first)
    assert part.note == "Yours is the same as the worked solution."
    assert all(block.is_same for block in part.blocks)


def test_the_notebook_in_the_page_counts_before_the_saved_one(
    workspace: Path, folder: Path, first: Folders
) -> None:
    write_into(workspace, LESSON, weigh="def weigh(value):\n    return 'saved'")
    cells = list(cells_in(workspace, LESSON).values())
    for cell in cells:
        cell.source = cell.source.replace("'saved'", HOSTILE)
    opened = json.dumps({"cells": cells}).encode()
    assert HOSTILE in yours(shown(folder, first, opened=opened))


def test_a_cell_that_lost_its_name_is_found_by_what_it_defines(
    workspace: Path, folder: Path, first: Folders
) -> None:
    path = folder / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "weigh"]
    notebook.cells.append(code(MINE, "moved"))
    nbformat.write(notebook, path)
    assert yours(shown(folder, first)) == MINE


def test_of_merged_cells_only_this_exercise_is_shown(
    workspace: Path, folder: Path, first: Folders
) -> None:
    other = "def pick(value):\n    return 'mine'"
    helper = "def helper():\n    return 0"
    test = cells_in(workspace, LESSON)["weigh-test"].source
    path = folder / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells = [c for c in notebook.cells if c.id not in {"weigh", "weigh-test"}]
    nbformat.write(notebook, path)
    write_into(workspace, LESSON, pick=f"{other}\n\n{helper}\n\n{MINE}\n\n{test}")
    part = shown(folder, first)
    assert yours(part) == f"{helper}\n\n{MINE}"
    assert "def weigh" not in yours(shown(folder, first, "1"))


@pytest.mark.parametrize("content", [b"{", b"", None])
def test_a_notebook_that_cannot_be_read_is_named_and_the_solution_is_there(
    folder: Path, first: Folders, content: bytes | None
) -> None:
    path = folder / f"{LESSON}.ipynb"
    path.unlink() if content is None else path.write_bytes(content)
    told = ask(folder, first).show()
    assert [block.worked for block in told.parts[0].blocks] == [WORKED]
    (problem,) = told.problems
    assert problem.startswith("Your notebook cannot be read: it "), problem


def test_what_cannot_be_kept_is_said(folder: Path, first: Folders) -> None:
    (folder / PROGRESS_FILE).mkdir()
    told = ask(folder, first).show()
    (problem,) = told.problems
    assert problem.startswith(f"That you saw it is NOT kept: {folder / PROGRESS_FILE}"), problem


def test_an_instructors_lesson_shows_and_keeps_nothing(folder: Path, first: Folders) -> None:
    path = folder / "questions.json"
    released = json.loads(path.read_text())
    for question in released["questions"]:
        del question["key"]
    path.write_text(json.dumps({**released, "mode": "deferred"}))
    for _ in range(3):
        record(folder / PROGRESS_FILE, Failed(exercise=2))
    with pytest.raises(WorkspaceError) as error:
        ask(folder, first)
    assert str(error.value) == (
        "This lesson is an instructor's. Your instructor returns the solutions."
    )
    assert len(read_kept(folder / PROGRESS_FILE)) == 3


@pytest.mark.parametrize("word", ["4", "wiegh", "", "<b>"])
def test_an_exercise_that_is_not_there_lists_those_of_the_lesson(
    folder: Path, first: Folders, word: str
) -> None:
    with pytest.raises(WorkspaceError) as error:
        ask(folder, first, word)
    assert "  2 (weigh): Weigh" in str(error.value)


def test_another_edition_of_the_course_is_told_to_update(
    workspace: Path, folder: Path, second: Folders
) -> None:
    with pytest.raises(WorkspaceError) as error:
        asked_for(folder, "2", notebooks=second["notebooks"])
    assert str(error.value) == (
        "02_choose has another number in the course now. Run `hitl update` first."
    )
    # The same number, and another exercise with it.
    questions = folder / "questions.json"
    questions.write_text(questions.read_text().replace(LESSON, "03_choose"))
    with pytest.raises(WorkspaceError) as error:
        asked_for(folder, "2", notebooks=second["notebooks"])
    assert "with another exercise 2. Run `hitl update` first." in str(error.value)


def test_a_reset_takes_tries_away_and_leaves_that_the_solution_was_shown(
    workspace: Path, folder: Path, first: Folders
) -> None:
    for event in (Failed(exercise=2), SolutionShown(exercise=2), Passed(exercise=2)):
        record(folder / PROGRESS_FILE, event)
    record(folder / PROGRESS_FILE, Failed(exercise=1))
    reset(workspace, chosen("02", "2", **first))
    left = read_kept(folder / PROGRESS_FILE)
    assert [(event.event, event.exercise) for event in left] == [("solution", 2), ("failed", 1)]


def test_an_update_carries_tries_and_shown_solutions_to_the_numbers_of_now(
    workspace: Path, folder: Path, second: Folders
) -> None:
    # In the second edition, pick is exercise 2 with another test, and weigh is exercise 3.
    for event in (Failed(exercise=1), SolutionShown(exercise=1), SolutionShown(exercise=3)):
        record(folder / PROGRESS_FILE, event)
    record(folder / PROGRESS_FILE, Failed(exercise=2))
    record(folder / PROGRESS_FILE, Failed(exercise=2))
    update(workspace, **second)
    now = read_kept(workspace / "03_choose" / PROGRESS_FILE)
    assert [(event.event, event.exercise) for event in now] == [
        ("solution", 2), ("failed", 3), ("failed", 3),
    ]  # fmt: skip


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_exercise_of_the_course_has_a_solution_that_runs_and_is_found_again(
    tmp_path: Path, path: Path
) -> None:
    folder = tmp_path / path.stem
    folder.mkdir()
    bank = load_bank(COURSE_ROOT / "quizzes" / f"{path.stem}.yaml")
    (folder / "questions.json").write_bytes(released_questions(bank, "practice"))
    solved = [
        {**cell, "source": re.sub(r" *### (?:BEGIN|END) SOLUTION\n?", "", cell.source)}
        for cell in Lesson(path).cells
    ]
    opened = json.dumps({"cells": solved}).encode()
    found = []
    for exercise in Lesson(path).exercises:
        asked = asked_for(folder, exercise, notebooks=path.parents[1], opened=opened)
        (part,) = asked.show().parts
        worked = "\n".join(line for block in part.blocks for line in block.worked)
        compile(worked, exercise, "exec")
        assert "### " not in worked, worked
        assert part.explanation, exercise
        assert part.note == "Yours is the same as the worked solution.", part.blocks
        found.append(asked.exercise.number)
    assert found == sorted(set(found)), f"{path.stem}: two solutions of one number"
