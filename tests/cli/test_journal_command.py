"""`hitl journal` prints, exports and erases what was decided."""

from __future__ import annotations

import csv
import io
import subprocess
from typing import TYPE_CHECKING

import pytest

from course_utils.checkpoints import checkpoints
from course_utils.review.record.entries import PauseKey
from course_utils.review.record.opening import journal_of
from tests.support import forked
from tests.support.running_lab import HITL, learners_environment

if TYPE_CHECKING:
    from pathlib import Path

FORMULA = '=HYPERLINK("http://evil.example","see")'


@pytest.fixture
def decided(place: str) -> str:
    """A place whose journal holds two decisions of alice's and one of bob's, who means harm."""
    with checkpoints(place) as saver:
        kept = journal_of(saver)
        for number, reviewer in enumerate(["alice", "alice", FORMULA]):
            key = PauseKey(f"thread {number}", "", "c", "static")
            asked = [{"name": "send_email", "args": {"body": "x" * 1000}}]
            claimed = kept.claim([(key, [{"type": "approve"}], asked)], reviewer)
            kept.finish(claimed, "done", "@note")
    return place


def hitl(home: Path, place: str, *options: str) -> tuple[int, str, str]:
    """Run `hitl journal`; return its exit code, what it printed and what it complained of."""
    environment = {**learners_environment(home), "COLUMNS": "200", "HITL_CHECKPOINTS": place}
    answer = forked.run(str(HITL), "journal", *options, env=environment)
    return answer.returncode, answer.stdout, answer.stderr


def test_in_a_process_that_has_imported_nothing_it_prints_as_well(tmp_path, decided):
    environment = {**learners_environment(tmp_path), "HITL_CHECKPOINTS": decided}
    command = [str(HITL), "journal", "--thread", "thread 1"]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (answer.returncode, "thread 1" in answer.stdout) == (0, True), answer.stderr


def reviewers(place: str) -> list[str]:
    with checkpoints(place) as saver:
        return [entry.reviewer for entry in journal_of(saver).entries()]


def test_it_prints_a_line_for_each_decision_with_long_arguments_cut(tmp_path, decided):
    code, printed, complaint = hitl(tmp_path, decided, "--thread", "thread 1")
    assert code == 0, complaint
    assert "alice" in printed, printed
    assert "thread 1" in printed, printed
    assert "thread 0" not in printed, printed
    assert "1,002" in printed, printed
    assert "x" * 1000 not in printed


def test_the_place_can_be_named_and_a_reviewer_chosen(tmp_path, decided):
    elsewhere = str(tmp_path / "elsewhere.sqlite")
    code, printed, complaint = hitl(
        tmp_path, elsewhere, "--checkpoints", decided, "--reviewer", "alice", "--csv", "-"
    )
    assert code == 0, complaint
    assert [row["reviewer"] for row in csv.DictReader(io.StringIO(printed))] == ["alice"] * 2


def test_the_export_is_whole_and_runs_no_formula(tmp_path, decided):
    file = tmp_path / "journal.csv"
    code, _, complaint = hitl(tmp_path, decided, "--csv", str(file))
    assert code == 0, complaint
    rows = list(csv.DictReader(file.open(newline="")))
    assert [row["thread_id"] for row in rows] == ["thread 0", "thread 1", "thread 2"]
    assert "x" * 1000 in rows[0]["asked"]
    assert rows[2]["reviewer"] == f"'{FORMULA}"
    assert rows[0]["note"] == "'@note"
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_erasing_wants_a_yes_and_says_how_many(tmp_path, decided):
    before = reviewers(decided)
    code, printed, complaint = hitl(tmp_path, decided, "--erase", "alice")
    assert code == 1, printed
    assert "2 entries of 'alice'" in printed, printed
    assert "--yes" in complaint, complaint
    assert reviewers(decided) == before

    code, printed, complaint = hitl(tmp_path, decided, "--erase", "alice", "--yes")
    assert code == 0, complaint
    assert "2 erased" in printed, printed
    assert reviewers(decided) == [FORMULA]


def test_a_place_that_is_not_there_is_told_and_not_made(tmp_path):
    missing = tmp_path / "typo.sqlite"
    code, _, complaint = hitl(tmp_path, str(missing))
    assert code == 1, complaint
    assert str(missing) in complaint, complaint
    assert not missing.exists()


def test_a_corrupt_journal_is_told_in_one_line(tmp_path):
    with checkpoints(tmp_path / "c.sqlite"):
        pass
    (tmp_path / "c.sqlite.journal").write_bytes(b"no database" * 1000)
    code, _, complaint = hitl(tmp_path, str(tmp_path / "c.sqlite"))
    assert code == 1, complaint
    assert "c.sqlite.journal" in complaint, complaint
    assert "Traceback" not in complaint, complaint
