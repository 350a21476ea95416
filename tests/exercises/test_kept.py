"""What happened in exercises is kept, each line whole, whatever else is in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_utils.exercises import kept
from course_utils.exercises.kept import (
    PROGRESS_FILE,
    Failed,
    Passed,
    SolutionShown,
    passed_in,
    read_kept,
    record,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def read_passed(path: Path) -> frozenset[tuple[int, int]]:
    return passed_in(path, read_kept(path))


def test_a_part_is_kept_once(tmp_path: Path) -> None:
    path = tmp_path / PROGRESS_FILE
    for part in (1, 2, 1):
        assert record(path, Passed(exercise=3, part=part)) == ""
    assert read_passed(path) == {(3, 1), (3, 2)}
    assert len(path.read_text().splitlines()) == 2


def test_each_failure_is_kept_and_a_solution_once(tmp_path: Path) -> None:
    path = tmp_path / PROGRESS_FILE
    for event in (Failed(exercise=1), Failed(exercise=1), *[SolutionShown(exercise=1)] * 2):
        assert record(path, event) == ""
    assert [type(event) for event in read_kept(path)] == [Failed, Failed, SolutionShown]
    assert read_passed(path) == frozenset()


def test_lines_that_are_torn_or_somebody_elses_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / PROGRESS_FILE
    path.write_bytes(b'{"event":"pas\n\xff\xfe\n[1]\n{"event":"passed","exercise":-1}\n{"even')
    assert read_passed(path) == frozenset()
    assert record(path, Passed(exercise=1)) == ""
    assert read_passed(path) == {(1, 1)}


def test_what_cannot_be_kept_is_known_while_the_kernel_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / PROGRESS_FILE
    path.mkdir()
    why = record(path, Passed(exercise=2))
    assert why.startswith(f"{path}: "), why
    assert read_passed(path) == {(2, 1)}
    monkeypatch.setattr(kept, "_seen", {})
    assert read_passed(path) == frozenset()
