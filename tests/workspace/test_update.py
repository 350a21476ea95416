"""`hitl update`: a newer version of the course, with all of the learner's work in it."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from course_utils.quiz.released import read_released
from course_utils.workspace.changes import Changes, finish
from course_utils.workspace.derive import derive_workspace, outdated
from course_utils.workspace.errors import WorkspaceError
from course_utils.workspace.updating import update
from tests.support.two_editions import cells_in, code, passed, text, tried, write_into

if TYPE_CHECKING:
    from tests.workspace.conftest import Folders

MINE = "def refund(value):\n    return value  # mine"
PICKED = "def pick(value):\n    return value  # picked"


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a workspace, without what says what happened when."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {"update.md", ".changes.lock"}
    }


def lessons_of(folder: Path) -> dict[str, bytes]:
    """Return the files of a workspace's lessons."""
    return {name: of for name, of in contents(folder).items() if not name.startswith("kept/")}


def work(workspace: Path) -> list[str]:
    """Work in both lessons; return every text that is the learner's."""
    own = [code("mine = 1", "own"), text("My thoughts.", "own-2"), code("mine = 1", "own-3")]
    idea = (
        "def resume(value):\n    # An idea.\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    )
    edits = {
        "refund": MINE,
        "resume": idea,
        "graph": 'graph = "my own"',
        "mails": "mails = ['mine']",
    }
    write_into(workspace, "01_ask", *own, **edits)
    gone = "def drop(value):\n    return 'dropped'"
    weighed = "def weigh(value):\n    return 1 * value"
    mine = {"pick": PICKED, "weigh": weighed, "drop": gone, "pick-test": "pick(5)"}
    write_into(workspace, "02_choose", code("print(pick)", "own"), **mine)
    (workspace / "02_choose" / "notes.txt").write_text("My notes.")
    passed(workspace, "02_choose", 1, 2, 3)
    tried(workspace, "02_choose", colour=1, truth=1, old=1)
    return [*(cell.source for cell in own), *edits.values(), *mine.values(), "print(pick)"]


def test_a_workspace_without_changes_becomes_the_new_edition(
    workspace: Path, second: Folders, tmp_path: Path
) -> None:
    assert outdated(workspace, **second) == ["01_ask", "03_choose"]
    told = update(workspace, **second)
    assert [(one.lesson, one.what) for one in told] == [
        ("01_ask", "newer"),
        ("02_provide", "new"),
        ("03_choose", "newer"),
    ]
    derive_workspace(tmp_path / "fresh", **second)
    assert lessons_of(workspace) == lessons_of(tmp_path / "fresh")
    assert outdated(workspace, **second) == []
    before = contents(workspace)
    assert update(workspace, **second) == [], "a second update has nothing to do"
    assert contents(workspace) == before


def test_every_text_of_the_learners_is_in_the_new_edition_and_in_a_copy(
    workspace: Path, second: Folders
) -> None:
    texts = work(workspace)
    before = contents(workspace)
    told = {one.lesson: one for one in update(workspace, **second)}

    there = [
        cell.source
        for lesson in ("01_ask", "02_provide", "03_choose")
        for cell in cells_in(workspace, lesson).values()
    ]
    assert [one for one in texts if there.count(one) < texts.count(one)] == []
    kept = [(workspace / folder) for one in told.values() for folder in one.kept]
    copies = {content for folder in kept for content in contents(folder).values()}
    lost = [name for name, content in before.items() if content not in copies]
    assert lost == [".course.json"], "each file that was there has a copy"
    for path in workspace.rglob("*.ipynb"):
        nbformat.validate(nbformat.read(path, 4))
    page = (workspace / "update.md").read_text()
    assert all(line in page for one in told.values() for line in one.lines), page


def test_a_cell_stays_where_it_stood_and_what_both_changed_is_there_twice(
    workspace: Path, second: Folders
) -> None:
    work(workspace)
    update(workspace, **second)
    cells = cells_in(workspace, "01_ask")
    assert list(cells) == [
        "title", "mails", "own", "own-2", "own-3",
        "exercise-resume", "resume", "resume-test", "graph", "graph-yours-1", "end",
    ]  # fmt: skip
    assert cells["title"].source == "# Ask\n\nEdition 2."
    assert cells["mails"].source == "mails = ['mine']", "the course has not changed this cell"
    assert cells["graph"].source == 'graph = "edition 2"'
    assert cells["graph-yours-1"].source == 'graph = "my own"'
    choose = cells_in(workspace, "03_choose")
    assert (choose["pick"].source, choose["pick"].metadata.nbgrader.grade_id) == (PICKED, "pick")
    assert "raise NotImplementedError" in choose["look"].source
    assert "check.true" in choose["pick-test"].source, "a test is always the course's"
    assert "nbgrader" not in choose["drop"].metadata, "its exercise is gone, so it is a plain cell"


def test_a_solution_goes_to_the_lesson_that_its_exercise_is_in_now(
    workspace: Path, second: Folders
) -> None:
    work(workspace)
    derive_workspace(workspace, **second)  # as `hitl lab` does before anybody updates
    told = {one.lesson: one for one in update(workspace, **second)}
    assert cells_in(workspace, "02_provide")["refund"].source == MINE
    assert MINE not in [cell.source for cell in cells_in(workspace, "01_ask").values()]
    (line,) = [line for line in told["01_ask"].lines if "refund" in line]
    assert "02_provide" in line, line


def test_attempts_and_passed_exercises_go_along_and_what_no_longer_counts_is_said(
    workspace: Path, second: Folders
) -> None:
    work(workspace)
    told = {one.lesson: one for one in update(workspace, **second)}["03_choose"]
    folder = workspace / "03_choose"
    assert not (workspace / "02_choose").exists(), "its former folder is put away"
    tries = [json.loads(line) for line in (folder / "attempts.jsonl").read_text().splitlines()]
    assert [one["question"] for one in tries] == [
        "03_choose/colour", "03_choose/truth", "03_choose/old",
    ]  # fmt: skip
    passes = [json.loads(line) for line in (folder / "progress.jsonl").read_text().splitlines()]
    assert [one["exercise"] for one in passes] == [3], "weigh has its test still, as exercise 3"
    assert (folder / "notes.txt").read_text() == "My notes."
    said = "\n".join(told.lines)
    for words in (
        "Run them: 2 (pick).",
        "your answers no longer count: 1.",
        "no longer in the lesson: 1.",
        "The exercise drop is no longer in this lesson.",
    ):
        assert words in said, said


def test_work_in_both_the_old_and_the_new_folder_of_a_lesson_is_kept(
    workspace: Path, second: Folders
) -> None:
    work(workspace)
    derive_workspace(workspace, **second)
    newer = "def pick(value):\n    return value + 0"
    write_into(workspace, "03_choose", pick=newer)
    tried(workspace, "03_choose", colour=2)
    update(workspace, **second)
    cells = cells_in(workspace, "03_choose")
    assert [cells["pick"].source, cells["pick-yours-1"].source] == [newer, PICKED]
    lines = (workspace / "03_choose" / "attempts.jsonl").read_text().splitlines()
    assert [json.loads(line)["version"] for line in lines] == [1, 1, 1, 2]


def test_a_workspace_that_remembers_nothing_is_told_by_what_was_released_before(
    workspace: Path, second: Folders
) -> None:
    # These two texts are of the first course's own lessons.
    known = 'card = []\n\ndef charge_first(state):\n    card.append("1 euro")\n'
    known += "    return ask_first(state)\n\ncharging = build(charge_first)"
    write_into(workspace, "01_ask", code(known, "charge-first"), title="", graph="", resume=MINE)
    (workspace / ".course.json").unlink()
    told = {one.lesson: one for one in update(workspace, **second)}["01_ask"]
    cells = cells_in(workspace, "01_ask")
    assert known not in [cell.source for cell in cells.values()], "the course took it out"
    assert cells["resume"].source == MINE
    assert told.what == "merged"


def test_a_notebook_that_is_up_to_date_is_only_remembered(workspace: Path, first: Folders) -> None:
    write_into(workspace, "01_ask", code("mine = 1", "own"), mails="mails = ['mine']")
    (workspace / ".course.json").unlink()
    before = lessons_of(workspace)
    assert update(workspace, **first) == []
    after = lessons_of(workspace)
    assert after.pop(".course.json")
    assert after == before


def test_an_instructors_lesson_and_a_damaged_one_are_left_alone_and_named(
    workspace: Path, second: Folders
) -> None:
    questions = workspace / "02_choose" / "questions.json"
    released = json.loads(questions.read_text())
    for one in released["questions"]:
        del one["key"]
    questions.write_text(json.dumps({**released, "mode": "deferred"}, indent=1))
    assert read_released(questions).mode == "deferred"
    (workspace / "01_ask" / "01_ask.ipynb").write_text('{"cells": [')
    before = contents(workspace)
    told = {one.lesson: one for one in update(workspace, **second)}
    assert (told["01_ask"].what, told["03_choose"].what) == ("left", "left")
    assert "`hitl reset 01_ask`" in told["01_ask"].lines[0]
    after = contents(workspace)
    assert {name: after[name] for name in before if name != ".course.json"} == {
        name: content for name, content in before.items() if name != ".course.json"
    }


def test_killed_at_any_moment_it_leaves_the_old_or_the_new_and_never_half(
    workspace: Path, second: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(workspace)
    monkeypatch.setattr("course_utils.workspace.updating.kept_folder", _kept)
    old, new = contents(workspace), tmp_path / "new"
    shutil.copytree(workspace, new)
    steps = _until(0, new, second)
    seen = set()
    for step in range(1, steps + 1):
        copy = tmp_path / f"killed-{step}"
        shutil.copytree(workspace, copy)
        _until(step, copy, second)
        was_begun = finish(copy)
        found = contents(copy)
        assert was_begun == (found != old), f"killed at step {step}"
        assert found in (old, contents(new)), f"killed at step {step}"
        seen.add(found == old)
    assert seen == {True, False}, "some were killed before the plan, and some after it"


def _kept(workspace: Path, lesson: str, why: str) -> Path:
    """Name a copy without the time, so that two runs can be compared."""
    return workspace / "kept" / f"{lesson}_{why}"


def _until(last: int, workspace: Path, folders: Folders) -> int:
    """Update in a process that kills itself before it replaces a file for the nth time.

    Returns:
        How many times files are replaced when `last` is 0 and nobody is killed.
    """
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        done, replace = 0, Path.replace

        def counted(path: Path, target: Path) -> Path:
            nonlocal done
            done += 1
            if done == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return replace(path, target)

        Path.replace = counted
        try:
            update(workspace, **folders)
            os.write(sending, str(done).encode())
        finally:
            os._exit(0)
    os.close(sending)
    with os.fdopen(receiving) as answer:
        done = answer.read()
    os.waitpid(child, 0)
    return int(done or 0)


def test_a_full_disk_or_a_file_that_is_saved_meanwhile_changes_nothing(
    workspace: Path, second: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(workspace)
    before = contents(workspace)
    put = Changes.put

    def full(changes: Changes, target: Path, content: bytes) -> None:
        if target.name == "03_choose.ipynb":
            raise OSError(28, "No space left on device")
        put(changes, target, content)

    monkeypatch.setattr(Changes, "put", full)
    with pytest.raises(OSError, match="No space left"):
        update(workspace, **second)
    assert contents(workspace) == before

    def saving(changes: Changes, target: Path, content: bytes) -> None:
        write_into(workspace, "01_ask", title="# Saved by JupyterLab")
        put(changes, target, content)

    monkeypatch.setattr(Changes, "put", saving)
    with pytest.raises(WorkspaceError, match=r"01_ask\.ipynb was saved just now"):
        update(workspace, **second)
    assert cells_in(workspace, "01_ask")["title"].source == "# Saved by JupyterLab"
    saved = contents(workspace)
    assert {n: c for n, c in saved.items() if "01_ask" not in n} == {
        n: c for n, c in before.items() if "01_ask" not in n
    }
