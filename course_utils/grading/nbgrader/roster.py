"""The roster: the students of a course, taken from a CSV file into the gradebook."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from nbgrader.api import Student as StudentRow

from course_utils.grading.intake.student import Student
from course_utils.grading.intake.student_names import twin_key, why_not
from course_utils.grading.reports.csv_files import numbered_rows, without_apostrophe
from course_utils.plain_files import PlainFileError, read_plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nbgrader.api import Gradebook

_MAX_BYTES = 10_000_000
_LONGEST = 128
_SEPARATORS = ",;\t"
# Headings by what they hold, the best first: nbgrader's own, those of Canvas's gradebook and of
# Moodle's participants, and what people write. Without - and _, in small letters.
_HEADINGS = {
    "id": (
        "student id",
        "studentid",
        "username",
        "user name",
        "sis login id",
        "login id",
        "login",
        "id",
        "id number",
        "idnumber",
    ),
    "first_name": ("first name", "firstname", "given name", "vorname"),
    "last_name": ("last name", "lastname", "surname", "family name", "nachname"),
    "email": ("email", "email address", "e mail", "e mail address", "mail"),
    "lms_user_id": ("lms user id", "canvas user id", "id", "id number", "idnumber", "sis user id"),
    "name": ("student", "name", "full name", "student name"),
}
# Rows of Canvas's gradebook that are no student's.
_NO_STUDENT = {"points possible", "student, test"}
_ROUNDED = re.compile(r"\d[.,]?\d*E\+\d+")


class RosterError(ValueError):
    """A roster cannot be taken; the message names the file, the line and what to do."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a roster: how many students are new, were changed, and stayed as they were."""

    added: int
    changed: int
    same: int


def read_roster(path: Path) -> list[Student]:
    """Read a CSV file of students.

    It may be nbgrader's own, Canvas's gradebook, Moodle's list of participants, or anybody's with
    a column for ids. The separator may be `,`, `;` or a tab, the encoding UTF-8 or UTF-16.

    Raises:
        RosterError: if the file or a line of it cannot be used.
    """
    text = _decoded(path)
    table = _table(path, text)
    if not table or "id" not in (columns := _columns(table[0][1])):
        raise RosterError(
            f"{path} has no column with the students' ids. Name one column id or username."
        )
    students: dict[str, tuple[int, Student]] = {}
    for line, row in table[1:]:
        cells = {
            name: without_apostrophe(row[column].strip()) if column < len(row) else ""
            for name, column in columns.items()
        }
        if not any(cells.values()) or cells.get("name", "").lower() in _NO_STUDENT:
            continue
        student = _student(cells)
        if problem := _problem(student):
            raise RosterError(f"{path}, line {line}: {problem} Nothing was changed.")
        # Folders are named after ids, and many disks take Ann and ann for one.
        first, _ = students.setdefault(twin_key(student.id), (line, student))
        if first != line:
            raise RosterError(
                f"{path}, line {line}: the id {student.id!r} stands in line {first} too. "
                "Nothing was changed."
            )
    return [student for _, student in students.values()]


def take_roster(gradebook: Gradebook, students: list[Student]) -> Taken:
    """Put students into the gradebook, all or none of them.

    A student who is there gets what the roster says of them. What it does not say stays, and
    nobody is taken away.
    """
    added = changed = 0
    for student in students:
        told = {one.name: getattr(student, one.name) for one in fields(student)}
        told = {name: value for name, value in told.items() if value}
        row = gradebook.db.get(StudentRow, student.id)
        if row is None:
            gradebook.db.add(StudentRow(**told))
            added += 1
        elif any(getattr(row, name) != value for name, value in told.items()):
            for name, value in told.items():
                setattr(row, name, value)
            changed += 1
    gradebook.db.commit()
    return Taken(added, changed, len(students) - added - changed)


def roster(gradebook: Gradebook) -> list[Student]:
    """Return the students in the gradebook, in the order of their ids."""
    rows = sorted(gradebook.students, key=lambda row: str(row.id))
    names = [one.name for one in fields(Student)]
    return [Student(**{name: getattr(row, name) or "" for name in names}) for row in rows]


def _decoded(path: Path) -> str:
    try:
        content = read_plain(path, _MAX_BYTES)
    except FileNotFoundError:
        raise RosterError(f"{path} is not there.") from None
    except PlainFileError as error:
        raise RosterError(f"{path} cannot be read: {error.reason}.") from None
    # Excel's "Unicode text" is UTF-16. Every second byte of it is 0 where it has no mark.
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\0" in content[:200]:
        encoding = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
    else:
        encoding = "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise RosterError(
            f"{path}, line {line}: this is not UTF-8. Save the file as CSV UTF-8. "
            "Nothing was changed."
        ) from None


def _table(path: Path, text: str) -> list[tuple[int, list[str]]]:
    """Read a text with the separator that gives the most headings we know."""
    lines = text.splitlines()
    # The first line may be Excel's own note on the separator.
    start = 1 if lines and lines[0].lower().startswith("sep=") else 0
    heading = "".join(lines[start : start + 1])
    separator = max(
        _SEPARATORS,
        key=lambda one: len(_columns([cell.strip(' "') for cell in heading.split(one)])),
    )
    try:
        return numbered_rows(text, separator)[start:]
    except ValueError as error:
        raise RosterError(f"{path}, {error}. Nothing was changed.") from None


def _columns(heading: list[str]) -> dict[str, int]:
    """Say which column holds what."""
    found = [re.sub(r"[\s_-]+", " ", one.strip().lower()) for one in heading]
    columns: dict[str, int] = {}
    for name, usual in _HEADINGS.items():
        for one in usual:
            if one in found and found.index(one) not in columns.values():
                columns[name] = found.index(one)
                break
    return columns


def _student(cells: dict[str, str]) -> Student:
    name = cells.pop("name", "")
    if name and not (cells.get("first_name") or cells.get("last_name")):
        last, comma, first = name.partition(",")
        if not comma:
            first, _, last = name.rpartition(" ")
        cells = {**cells, "first_name": first.strip(), "last_name": last.strip()}
    return Student(**cells)


def _problem(student: Student) -> str:
    return next(_problems(student), "")


def _problems(student: Student) -> Iterator[str]:
    name = student.id
    if not name:
        yield "the id is empty."
    elif why := why_not(name) or ("has the character / in it" if "/" in name else ""):
        yield f"nbgrader cannot work with the id {name!r}: it {why}."
    elif _ROUNDED.fullmatch(name):
        yield f"a spreadsheet rounded the id {name!r}. Format its column as text."
    for one in fields(student):
        if len(getattr(student, one.name)) > _LONGEST:
            yield f"the {one.name} is longer than {_LONGEST} characters."
