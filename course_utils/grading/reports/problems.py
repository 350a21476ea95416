"""`problems.csv`: whom an instructor has to look at, one line a student and lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from course_utils.grading.reports.csv_files import read_rows, without_apostrophe, write_rows
from course_utils.printable import listed, printable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from course_utils.grading.marking.record import Flag, Record, Status

PROBLEMS = "problems.csv"
_HEADER = ("assignment", "student_id", "status", "problem")
_EVIDENCE = 200
_IN_WORDS: Mapping[Status, str] = {
    "graded": "graded",
    "waits": "waits for a person",
    "nothing": "handed in nothing",
}


class Standing(NamedTuple):
    """Where a student is with a lesson.

    Attributes:
        status: whether there is a grade.
        problem: what a person should know, in sentences; may be empty.
    """

    status: Status
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
    open_flags = [flag for flag in record.flags if not flag.cell or flag.cell in waiting]
    reasons = [_in_a_line(flag) for flag in open_flags]
    if by_hand:
        reasons.append(f"To be graded by hand: {listed(by_hand)}.")
    return Standing("waits", " ".join([*reasons, *notes]))


def _in_a_line(flag: Flag) -> str:
    where = f"{flag.cell}: " if flag.cell else ""
    shown = " ".join(printable(flag.evidence).split())
    more = f" {shown[:_EVIDENCE]}" if shown else ""
    return f"{where}{flag.why}{more}"


def record_problems(path: Path, lesson: str, found: Mapping[str, Standing]) -> None:
    """Write down what a run found, and keep what earlier runs said of the students not in it.

    Args:
        path: the file; it is there only while somebody is in it.
        lesson: the lesson that is graded.
        found: where each student of this run is. Who has a grade and no problem gets no line.

    Raises:
        OSError: if the file cannot be written; what was there before is still there.
    """
    rows = [row for row in _rows(path) if row[0] != lesson or row[1] not in found]
    rows += [
        (lesson, student, standing.words, standing.problem)
        for student, standing in found.items()
        if standing != ("graded", "")
    ]
    if rows:
        write_rows(path, _HEADER, sorted(rows))
    else:
        path.unlink(missing_ok=True)


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
