"""`problems.csv`: what an instructor has to look at, one line a submission."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PROBLEMS = "problems.csv"
_HEADER = ("assignment", "student_id", "problem")


def record_problems(path: Path, lesson: str, found: Mapping[str, str]) -> None:
    """Write down what a run found, and keep what earlier runs said of the submissions not in it.

    Args:
        path: the file; it is there only while there is a problem.
        lesson: the lesson that is graded.
        found: for each student of this run the problem, or an empty text.
    """
    rows = [row for row in _rows(path) if row[0] != lesson or row[1] not in found]
    rows += [(lesson, student, problem) for student, problem in found.items() if problem]
    if not rows:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([_HEADER, *sorted(rows)])


def _rows(path: Path) -> list[tuple[str, str, str]]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        return [(row[0], row[1], row[2]) for row in list(csv.reader(file))[1:] if len(row) == 3]
