"""`problems.csv`: what an instructor has to look at, one line a submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_utils.grading.reports.csv_files import read_rows, without_apostrophe, write_rows

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
    write_rows(path, _HEADER, sorted(rows))


def _rows(path: Path) -> list[tuple[str, str, str]]:
    if not path.exists():
        return []
    try:
        rows = read_rows(path.read_bytes().decode(errors="replace"))
    except ValueError:  # somebody edited it, and it is no CSV any more
        return []
    return [(row[0], without_apostrophe(row[1]), row[2]) for row in rows[1:] if len(row) == 3]
