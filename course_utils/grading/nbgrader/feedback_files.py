"""Feedback pages for a whole class: made as nbgrader makes them, and put into one zip."""

from __future__ import annotations

import os
import re
import zipfile
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.converters import GenerateFeedback, NbGraderException

from course_utils.plain_files import PlainFileError, read_plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    from course_utils.grading.reports.exports import ClassGrades

_MAX_PAGE_BYTES = 50_000_000
_UNSAFE = re.compile(r"[^\w .@+-]")
# Windows keeps these names for devices.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST = 100
# The oldest that a zip can hold: the same pages give the same bytes.
_DATE = (1980, 1, 1, 0, 0, 0)


def make_feedback(
    course: CourseDirectory, configuration: Config, grades: ClassGrades, students: str = "*"
) -> tuple[dict[str, Path], dict[str, str]]:
    """Make the feedback pages of one lesson, as `nbgrader generate_feedback` does.

    Args:
        course: the course.
        configuration: nbgrader's.
        grades: of the class, in one lesson.
        students: a pattern for the students' ids.

    Returns:
        The page of each student who has a grade, and of all others why there is none.
    """
    [lesson] = [one.name for one in grades.lessons]
    asked = [one.id for one in grades.people if fnmatchcase(one.id, students)]
    standing = {name: grades.grades[name, lesson] for name in asked}
    why_not = {name: one.words for name, one in standing.items() if one.status != "graded"}
    graded = [name for name in asked if name not in why_not]
    if graded:
        _run(course, configuration, lesson, students)
    for name in why_not:
        _take_away(Path(course.format_path(course.feedback_directory, name, lesson)))
    pages = {}
    for name in graded:
        folder = Path(course.format_path(course.feedback_directory, name, lesson))
        if (folder / f"{lesson}.html").exists():
            pages[name] = folder / f"{lesson}.html"
        else:
            why_not[name] = "the page could not be made: nbgrader generate_feedback says why"
    return pages, why_not


def _take_away(folder: Path) -> None:
    """Take away the page of a student without a grade, whose points are provisional."""
    (folder / f"{folder.name}.html").unlink(missing_ok=True)
    for empty in (folder, folder.parent):
        with suppress(OSError):
            empty.rmdir()


def write_zip(path: Path, pages: Mapping[str, Path]) -> None:
    """Put pages into one zip, whole or not at all: a folder each, named after the student.

    Raises:
        OSError: if a page cannot be read, or the zip cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as file:
            for student, folder in safe_names(pages).items():
                page = pages[student]
                entry = zipfile.ZipInfo(f"{folder}/{page.name}", _DATE)
                entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
                file.writestr(entry, _read(page))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def safe_names(students: Mapping[str, Path] | list[str]) -> dict[str, str]:
    """Return a name for each student's folder that every system takes, and no two alike."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for student in sorted(students):
        plain = _UNSAFE.sub("_", student)[:_LONGEST].strip(" .") or "_"
        plain = f"_{plain}" if _DEVICES.fullmatch(plain) else plain
        name, number = plain, 2
        while name.casefold() in taken:
            name, number = f"{plain}-{number}", number + 1
        taken.add(name.casefold())
        names[student] = name
    return names


def _read(page: Path) -> bytes:
    try:
        return read_plain(page, _MAX_PAGE_BYTES)
    except PlainFileError as error:
        raise OSError(f"{page} cannot be read: {error.reason}.") from None


def _run(course: CourseDirectory, configuration: Config, lesson: str, students: str) -> None:
    course.assignment_id, course.student_id = lesson, students
    converter = GenerateFeedback(coursedir=course, config=configuration)
    try:
        converter.start()
    except NbGraderException as error:
        # Of one student; the pages of all others are there.
        converter.log.warning("%s", error)
