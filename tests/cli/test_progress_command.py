"""`hitl progress` prints where a learner is, for people and for scripts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from course_utils.exercises.kept import Passed, record
from tests.support import forked
from tests.support.running_lab import HITL, learners_environment
from tests.support.small_workspace import FIRST, SECOND, make_lesson

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Two lessons; of the first, one exercise of two has passed, and its attempts are damaged."""
    folder = make_lesson(tmp_path / "workspace", FIRST)
    make_lesson(tmp_path / "workspace", SECOND)
    record(folder / "progress.jsonl", Passed(exercise=1, time=datetime.now(UTC)))
    (folder / "attempts.jsonl").write_text("not ours\n")
    return tmp_path / "workspace"


def hitl(workspace: Path, *options: str) -> tuple[int, str, str]:
    """Run `hitl progress`; return its exit code, what it printed and what it complained of."""
    command = [str(HITL), "progress", "--workspace", str(workspace), *options]
    answer = forked.run(*command, env=learners_environment(workspace.parent / "home"))
    return answer.returncode, answer.stdout, answer.stderr


def test_in_a_pipe_it_prints_plain_lines(workspace: Path) -> None:
    code, printed, complaint = hitl(workspace)
    assert code == 0, complaint
    assert "\x1b" not in printed, printed
    lines = [" ".join(line.split()) for line in printed.splitlines()]
    assert lines[0].startswith("in progress 01 A pause <b> 1 of 2 exercises, 0 of 4.5 points, 33 ")
    assert lines[1].startswith("next 02 A pause <b> 0 of 2 exercises"), lines[1]
    assert "Continue with: 01 A pause <b>: Exercise 2: go on" in lines
    (problem,) = [line for line in lines if line.startswith("Not counted: ")]
    assert str(workspace / FIRST / "attempts.jsonl") in problem


def test_a_script_reads_it_as_json(workspace: Path) -> None:
    code, printed, complaint = hitl(workspace, "--json")
    assert code == 0, complaint
    read = json.loads(printed)
    assert [lesson["state"] for lesson in read["lessons"]] == ["in progress", "next"]
    assert read["streak"] == {"days": 1, "today": True}
    assert read["continue"]["link"] == f"{FIRST}/{FIRST}.ipynb#cell-id=exercise-on"


def test_where_there_is_no_lesson_one_line_says_what_makes_them(tmp_path: Path) -> None:
    code, printed, complaint = hitl(tmp_path / "nothing")
    assert (code, printed) == (1, ""), complaint
    (line,) = complaint.splitlines()
    assert f"{tmp_path / 'nothing'}: there is no lesson here. `hitl lab` makes" in line, line
