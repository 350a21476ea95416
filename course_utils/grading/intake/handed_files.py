"""The files that a student handed in for a lesson, out of folders and archives alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from course_utils.grading.intake.archives import Allowance, ArchiveError, is_archive, unpacked
from course_utils.grading.intake.file_names import is_attempts, is_called, is_notebook
from course_utils.grading.intake.places import walk
from course_utils.grading.intake.student_names import shown
from course_utils.plain_files import PlainFileError, read_plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MAX_BYTES = 20_000_000
"""Of one file; a larger one is not read."""
TIMESTAMP = "timestamp.txt"
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".tbz", ".xz", ".7z", ".rar")
_MAX_FILES = 300
_MAX_TOTAL = 100_000_000


@dataclass(frozen=True, slots=True)
class HandedFile:
    """A file that may matter.

    Attributes:
        path: where it lay below the student's folder or in an archive, for people.
        content: its bytes; empty when it could not be read.
        problem: why it could not be read, as the end of a sentence; empty when it could.
    """

    path: str
    content: bytes = b""
    problem: str = ""

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePosixPath(self.path).name


@dataclass(slots=True)
class Handed:
    """All of them.

    Attributes:
        notebooks: that are notebooks by their name, or named after the lesson.
        attempts: that are attempts by their name.
        timestamps: named `timestamp.txt`.
        archives: that could not be opened; the problem says why.
        passed_over: the paths of all others, which nobody needs.
    """

    notebooks: list[HandedFile] = field(default_factory=list)
    attempts: list[HandedFile] = field(default_factory=list)
    timestamps: list[HandedFile] = field(default_factory=list)
    archives: list[HandedFile] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)


def read_files(places: Iterable[Path], lesson: str) -> Handed:
    """Read what matters of the files at some places.

    Args:
        places: files and folders, the best first.
        lesson: the lesson's name.
    """
    handed, allowance, read, total = Handed(), Allowance(), 0, 0
    for place in places:
        for path in walk(place):
            name = shown("/".join(path.relative_to(place.parent).parts))
            if not _may_matter(path.name, lesson) or read >= _MAX_FILES:
                handed.passed_over.append(name)
                continue
            read += 1
            try:
                content = read_plain(path, max(0, min(MAX_BYTES, _MAX_TOTAL - total)))
                total += len(content)
            except (OSError, ValueError) as error:
                reason = error.reason if isinstance(error, PlainFileError) else "it is gone"
                _sort_in(handed, HandedFile(name, problem=f"cannot be read: {reason}"), lesson)
                continue
            _take(handed, HandedFile(name, content), lesson, allowance)
    return handed


def _may_matter(name: str, lesson: str) -> bool:
    """Tell whether a file has to be opened to know what it is."""
    return (
        is_notebook(name)
        or is_attempts(name)
        or is_called(name, lesson)
        or name.casefold().endswith((*_ARCHIVES, ".json", TIMESTAMP))
        or "." not in name
    )


def _take(
    handed: Handed, file: HandedFile, lesson: str, allowance: Allowance, depth: int = 0
) -> None:
    if not is_archive(file.content):
        _sort_in(handed, file, lesson)
        return

    def wanted(path: str) -> bool:
        return _may_matter(PurePosixPath(path).name, lesson)

    if depth > 1:
        problem = "is an archive in an archive in an archive"
        handed.archives.append(HandedFile(file.path, problem=problem))
        return
    found = False
    try:
        for path, content in unpacked(file.content, file.name, allowance, wanted):
            found, inside = True, f"{file.path}/{shown(path)}"
            if content is None:
                handed.passed_over.append(inside)
            else:
                _take(handed, HandedFile(inside, content), lesson, allowance, depth + 1)
    except ArchiveError as error:
        handed.archives.append(HandedFile(file.path, problem=str(error)))
        return
    if not found:
        handed.archives.append(HandedFile(file.path, problem="is an archive with nothing in it"))


def _sort_in(handed: Handed, file: HandedFile, lesson: str) -> None:
    name = file.name
    if name.casefold() == TIMESTAMP:
        handed.timestamps.append(file)
    elif is_notebook(name):
        handed.notebooks.append(file)
    elif is_attempts(name):
        handed.attempts.append(file)
    elif name.casefold().endswith(_ARCHIVES):
        problem = file.problem or "is no archive that can be opened"
        handed.archives.append(HandedFile(file.path, problem=problem))
    elif is_called(name, lesson) or name.casefold() != "questions.json":
        handed.notebooks.append(file) if _like_json(file) else handed.passed_over.append(file.path)
    else:
        handed.passed_over.append(file.path)


def _like_json(file: HandedFile) -> bool:
    start = file.content[:8].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    return start.startswith(b"{")
