"""`hitl reset`: an exercise or a lesson as it was released, and what was there kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import nbformat
import pytest

from course_utils.workspace.errors import WorkspaceError
from course_utils.workspace.naming import lesson_named
from course_utils.workspace.resetting import chosen, reset
from tests.support import forked
from tests.support.running_lab import HITL, learners_environment
from tests.support.two_editions import cells_in, code, passed, tried, write_into

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workspace.conftest import Folders

LESSONS = ["00_start", "01_interrupt_before", "03_command_resume", "10_command_line", "reference"]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize(
    ("word", "lesson"),
    [
        ("01", "01_interrupt_before"),
        ("1", "01_interrupt_before"),
        ("interrupt_before", "01_interrupt_before"),
        ("interrupt-before", "01_interrupt_before"),
        ("workspace/01_interrupt_before/", "01_interrupt_before"),
        ("01_interrupt_before.ipynb", "01_interrupt_before"),
        ("resume", "03_command_resume"),
        ("reference", "reference"),
    ],
)
def test_a_lesson_may_be_named_in_short(word: str, lesson: str) -> None:
    assert lesson_named(word, LESSONS) == lesson


@pytest.mark.parametrize(
    ("word", "listed"),
    [("command", ["03_command_resume", "10_command_line"]), ("02", LESSONS), ("", LESSONS)],
)
def test_a_name_that_means_none_or_several_lists_the_right_ones(
    word: str, listed: list[str]
) -> None:
    with pytest.raises(WorkspaceError) as error:
        lesson_named(word, LESSONS)
    assert [line.strip() for line in str(error.value).splitlines()[1:]] == listed


@pytest.mark.parametrize("word", ["2", "weigh"])
def test_an_exercise_is_as_released_and_all_other_cells_stay(
    workspace: Path, first: Folders, word: str
) -> None:
    released = cells_in(workspace, "02_choose")
    mine = {"pick": "pick = 1", "weigh": "weigh = 2", "weigh-test": "# I took it out"}
    write_into(workspace, "02_choose", code("mine = 1", "own"), **mine)
    passed(workspace, "02_choose", 1, 2)
    tried(workspace, "02_choose", truth=1)
    before = contents(workspace / "02_choose")

    done = reset(workspace, chosen("choose", word, **first))

    cells = cells_in(workspace, "02_choose")
    assert cells["weigh"] == released["weigh"]
    assert cells["weigh-test"] == released["weigh-test"]
    assert (cells["pick"].source, cells["own"].source) == ("pick = 1", "mine = 1")
    after = contents(workspace / "02_choose")
    lines = after["progress.jsonl"].splitlines()
    assert [json.loads(line)["exercise"] for line in lines] == [1]
    assert after["attempts.jsonl"] == before["attempts.jsonl"], "the quiz is no part of it"
    assert done.kept is not None
    assert contents(done.kept) == before


def test_an_exercise_whose_cells_were_deleted_comes_back_in_its_place(
    workspace: Path, first: Folders
) -> None:
    path = workspace / "02_choose" / "02_choose.ipynb"
    released = path.read_bytes()
    notebook = nbformat.read(path, 4)
    notebook.cells = [cell for cell in notebook.cells if not cell.id.startswith("weigh")]
    nbformat.write(notebook, path)
    reset(workspace, chosen("02", "2", **first))
    assert path.read_bytes() == released


def test_an_exercise_that_is_not_there_lists_those_of_the_lesson(first: Folders) -> None:
    with pytest.raises(WorkspaceError) as error:
        chosen("02", "wiegh", **first)
    assert str(error.value).splitlines()[1:] == [
        "  1 (pick): Pick",
        "  2 (weigh): Weigh",
        "  3 (drop): Drop",
    ]


def test_a_lesson_begins_anew_and_each_copy_is_kept(workspace: Path, first: Folders) -> None:
    folder = workspace / "02_choose"
    released = contents(folder)
    kept = []
    for text in ("pick = 1", "pick = 2"):
        write_into(workspace, "02_choose", pick=text)
        passed(workspace, "02_choose", 1)
        tried(workspace, "02_choose", truth=1)
        before = contents(folder)
        done = reset(workspace, chosen("02", **first))
        assert contents(folder) == {**released, "attempts.jsonl": b"", "progress.jsonl": b""}
        kept.append((done.kept, before))
    assert kept[0][0] != kept[1][0], "within one second too"
    assert [contents(where) for where, _ in kept] == [before for _, before in kept]


def test_a_damaged_notebook_is_kept_and_replaced_and_its_exercise_is_not_touched(
    workspace: Path, first: Folders
) -> None:
    path = workspace / "01_ask" / "01_ask.ipynb"
    released = path.read_bytes()
    path.write_bytes(b'{"cells": [')
    with pytest.raises(WorkspaceError, match="`hitl reset 01_ask`"):
        reset(workspace, chosen("01", "1", **first))
    assert path.read_bytes() == b'{"cells": ['
    done = reset(workspace, chosen("01", **first))
    assert path.read_bytes() == released
    assert done.kept is not None
    assert (done.kept / path.name).read_bytes() == b'{"cells": ['


def test_an_instructors_questions_and_the_answers_to_them_stay(
    workspace: Path, first: Folders
) -> None:
    questions = workspace / "02_choose" / "questions.json"
    released = json.loads(questions.read_text())
    for one in released["questions"]:
        del one["key"]
    questions.write_text(json.dumps({**released, "mode": "deferred"}))
    tried(workspace, "02_choose", truth=1)
    before = contents(workspace / "02_choose")
    done = reset(workspace, chosen("02", **first))
    assert contents(workspace / "02_choose") == before
    assert "The questions are your instructor's. They and your answers stay." in done.lines


def test_a_lesson_of_another_edition_is_sent_to_update_first(
    workspace: Path, second: Folders
) -> None:
    for lesson, exercise in (("01", "1"), ("03", "2"), ("03", "")):
        before = contents(workspace / "02_choose"), contents(workspace / "01_ask")
        with pytest.raises(WorkspaceError, match="Run `hitl update` first"):
            reset(workspace, chosen(lesson, exercise, **second))
        assert (contents(workspace / "02_choose"), contents(workspace / "01_ask")) == before


def hitl(home: Path, *options: str) -> tuple[int, list[str], str]:
    """Run a command where nobody can be asked; return its code, its lines and its complaint."""
    answer = forked.run(str(HITL), *options, env=learners_environment(home))
    return answer.returncode, answer.stdout.splitlines(), answer.stderr


def test_the_commands_ask_before_and_say_where_the_copy_is(tmp_path: Path) -> None:
    workspace = tmp_path / "my lessons"
    (workspace / "01_interrupt_before").mkdir(parents=True)
    options = ("01", "--workspace", str(workspace))
    code, _, complaint = hitl(tmp_path, "reset", *options)
    assert (code, list((workspace / "01_interrupt_before").iterdir())) == (1, [])
    assert "Add --yes" in complaint, complaint
    code, lines, complaint = hitl(tmp_path, "reset", *options, "--yes")
    assert (code, lines[0]) == (0, "01_interrupt_before is as it was released."), complaint
    code, lines, complaint = hitl(tmp_path, "reset", *options, "--exercise", "pending", "--yes")
    assert code == 0, complaint
    (copy,) = (workspace / "kept").iterdir()
    assert f"What was there before is in {copy}." in lines, lines
    code, _, complaint = hitl(tmp_path, "update", "--workspace", str(tmp_path / "none"))
    assert (code, "There is no workspace in" in complaint) == (1, True), complaint
