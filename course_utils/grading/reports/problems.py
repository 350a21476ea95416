"""`problems.csv`: whom an instructor has to look at, one line a student and lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from course_utils.grading.reports.csv_files import read_rows, without_apostrophe, write_rows
from course_utils.printable import listed, printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from course_utils.grading.marking.record import Flag, Record, Status

PROBLEMS = "problems.csv"
_HEADER = ("assignment", "student_id", "status", "problem")
_EVIDENCE = 200
# The first are looked at first.
_IN_WORDS: Mapping[Status | Literal["ungraded"], str] = {
    "waits": "waits for a person",
    "ungraded": "not graded yet",
    "nothing": "handed in nothing",
    "graded": "graded",
}
_ORDER = [*_IN_WORDS.values()]


class Standing(NamedTuple):
    """Where a student is with a lesson.

    Attributes:
        status: whether there is a grade; `ungraded` while a run has not come to the student.
        problem: what a person should know, in sentences; may be empty.
    """

    status: Status | Literal["ungraded"]
    problem: str

    @property
    def words(self) -> str:
        """The status as people read it."""
        return _IN_WORDS[self.status]


def standing_of(record: Record, waiting: Collection[str]) -> Standing:
    """Say where a student is, by the record of the grading and what the gradebook has now.

    Args:
        record: what grading said.
        waiting: the cells that still wait for a person, as the gradebook has it.
    """
    notes = [*record.notes]
    if not record.jailed:
        notes.append("Graded without the jail.")
    if not waiting:
        return Standing("graded", " ".join(notes))
    flagged = {flag.cell for flag in record.flags}
    by_hand = [] if "" in flagged else [cell for cell in waiting if cell not in flagged]
    reasons = _in_lines(flag for flag in record.flags if not flag.cell or flag.cell in waiting)
    if by_hand:
        reasons.append(f"To be graded by hand: {listed(by_hand)}.")
    return Standing("waits", " ".join([*reasons, *notes]))


def _in_lines(flags: Iterable[Flag]) -> list[str]:
    """Say each reason once, after the cells that it is about."""
    cells: dict[str, list[str]] = {}
    for flag in flags:
        shown = " ".join(printable(flag.evidence).split())[:_EVIDENCE]
        cells.setdefault(f"{flag.why} {shown}".strip(), []).append(flag.cell)
    return [f"{listed(names)}: {words}" if all(names) else words for words, names in cells.items()]


def record_problems(path: Path, lesson: str, found: Mapping[str, Standing]) -> None:
    """Write down what a run found, and keep what earlier runs said of the students not in it.

    Args:
        path: the file; it is there only while somebody is in it.
        lesson: the lesson that is graded.
        found: where each student of this run is. Who has a grade and no problem gets no line.

    Raises:
        OSError: if the file cannot be written; what was there before is still there.
    """
    kept = [row for row in _rows(path) if row[0] != lesson or row[1] not in found]
    new = [
        (lesson, student, standing.words, standing.problem)
        for student, standing in found.items()
        if standing != ("graded", "")
    ]
    if rows := sorted([*kept, *new], key=_place):
        write_rows(path, _HEADER, rows)
    else:
        path.unlink(missing_ok=True)


def _place(row: tuple[str, str, str, str]) -> tuple[str, int, str]:
    lesson, student, status, _ = row
    return lesson, _ORDER.index(status) if status in _ORDER else len(_ORDER), student


def _rows(path: Path) -> list[tuple[str, str, str, str]]:
    if not path.exists():
        return []
    try:
        rows = read_rows(path.read_bytes().decode(errors="replace"))
    except ValueError:  # somebody edited it, and it is no CSV any more
        return []
    return [
        (row[0], without_apostrophe(row[1]), row[2], row[3])
        for row in rows[1:]
        if len(row) == len(_HEADER)
    ]
