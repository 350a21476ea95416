"""The one list of all students of a lesson: each has something to read, a reason, or nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from course_utils.grading.intake.file_names import is_junk, key
from course_utils.grading.intake.places import find_places, hold_files
from course_utils.grading.intake.stray_files import is_handed_in, whose
from course_utils.grading.intake.student_names import (
    better_name,
    move_command,
    quoted,
    shown,
    twin_key,
    why_not,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from course_utils.grading.intake.places import Places

Status = Literal["found", "nothing", "refused"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One student of the list.

    Attributes:
        student: the name, as the folder, the roster or the gradebook has it.
        places: the folders and files that are named after the lesson, the best first.
        others: folders and files that may hold the lesson; read when `places` has no notebook.
        refused: why nothing can be taken, in sentences; empty when something can, or there is none.
        notes: what an instructor has to know of names and folders, in sentences; not for students.
    """

    student: str
    places: tuple[Path, ...] = ()
    others: tuple[Path, ...] = ()
    refused: str = ""
    notes: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """Whether there is something to read, a reason why not, or nothing handed in."""
        if self.refused:
            return "refused"
        return "found" if self.places or self.others else "nothing"

    @property
    def shown(self) -> str:
        """The name in characters that can be printed and stored."""
        return shown(self.student)


def find_students(
    submitted: Path, lesson: str, roster: Iterable[str] = (), gradebook: Iterable[str] = ()
) -> list[Entry]:
    """List every student of a lesson once, by name.

    Nothing is read but the names of files, and no link is followed.

    Args:
        submitted: the folder of all submissions; it need not be there.
        lesson: the lesson's name.
        roster: the students' names in the roster.
        gradebook: the students' names in the gradebook.
    """
    known, tops, people = _there(submitted, {*roster, *gradebook})
    strays = {top: student for top in tops if (student := whose(top, lesson, known, people))}
    folders = [top for top in tops if top not in strays and _is_student(top, lesson, known)]
    taken = {top.name for top in tops} | known
    entries = {name: Entry(name) for name in known}
    for folder in folders:
        entry = _of_folder(folder, lesson, taken)
        if folder.name in known or entry.status != "nothing" or not folder.name.startswith("."):
            entries[folder.name] = entry
    for top, student in strays.items():
        had = entries.get(student, Entry(student))
        entries[student] = _with_stray(had, top, lesson, trusted=student in people)
    return _told_of_twins([entries[name] for name in sorted(entries)])


def find_strays(
    submitted: Path, lesson: str, roster: Iterable[str] = (), gradebook: Iterable[str] = ()
) -> list[str]:
    """Say which files beside the students' folders nobody can be given, in sentences.

    Args:
        submitted: the folder of all submissions; it need not be there.
        lesson: the lesson's name.
        roster: the students' names in the roster.
        gradebook: the students' names in the gradebook.
    """
    known, tops, people = _there(submitted, {*roster, *gradebook})
    return [
        f"{shown(top.name)} lies beside the students' folders, and nothing tells whose it is. "
        f"Put it into the folder of its student: {submitted.name}/<student>/{lesson}."
        for top in tops
        if not whose(top, lesson, known, people)
        and not _is_student(top, lesson, known)
        and is_handed_in(top, lesson)
    ]


def _there(submitted: Path, names: set[str]) -> tuple[set[str], list[Path], set[str]]:
    """Return who is known by name, what lies in the folder, and who is known or has a folder."""
    known, tops = names - {""}, _tops(submitted)
    return known, tops, known | {top.name for top in tops if _is_folder(top)}


def _tops(submitted: Path) -> list[Path]:
    """Return what stands in the folder of all submissions, but for what a machine made there."""
    try:
        found = sorted(submitted.iterdir())
    except OSError:
        return []
    made = (".DS_Store", ".ipynb_checkpoints", "._")
    # A hidden folder may be a student's all the same.
    return [
        path
        for path in found
        if not path.name.startswith(made) and (path.name.startswith(".") or not is_junk(path.name))
    ]


def _is_folder(top: Path) -> bool:
    return top.is_dir() and not top.is_symlink()


def _is_student(top: Path, lesson: str, known: Collection[str]) -> bool:
    return top.is_dir() and (top.name in known or key(top.name) != key(lesson))


def _of_folder(folder: Path, lesson: str, taken: Collection[str]) -> Entry:
    name = folder.name
    if folder.is_symlink():
        return Entry(name, refused=_link(folder))
    found = find_places(folder, lesson)
    if name.startswith(".") and not found.named:
        return Entry(name)
    if refused := _refusal(folder, found, taken):
        return Entry(name, refused=refused)
    if found.named and not found.others and not hold_files(found.named):
        return Entry(name, notes=(f"The folder {shown(found.named[0].name)} is empty.",))
    return Entry(name, tuple(found.named), tuple(found.others))


def _refusal(folder: Path, found: Places, taken: Collection[str]) -> str:
    """Say why nothing of a student's folder can be taken; empty when something can."""
    if found.unreadable:
        command = f"chmod -R u+rX -- {quoted(str(found.unreadable))}"
        return f"Its folder cannot be opened. Allow reading it: {command}"
    why = why_not(folder.name)
    if why and (found.named or found.others):
        better = folder.with_name(better_name(folder.name, taken))
        command = move_command(folder, better)
        return (
            f"nbgrader cannot work with the name of this folder: it {why}. Rename the folder: "
            f"{command}"
        )
    return next((_link(path) for path in found.named if path.is_symlink()), "")


def _link(path: Path) -> str:
    return (
        f"{shown(path.name)} is a link, and grading follows none. Put the folder itself in the "
        "place of the link."
    )


def _with_stray(had: Entry, top: Path, lesson: str, *, trusted: bool) -> Entry:
    """Give a student what lies beside the folders under that student's name."""
    said = f"{shown(top.name)} lies beside the students' folders."
    if had.status != "nothing":
        more = "It was not read, because there is a folder for the lesson too. Keep one of them."
        return replace(had, notes=(*had.notes, f"{said} {more}"))
    if trusted and not top.is_symlink():
        note = f"{said} Its name says whose it is, so it was taken."
        notes = (*had.notes, note)
        if key(lesson) in key(top.name):
            return replace(had, places=(top,), notes=notes)
        return replace(had, others=(top,), notes=notes)
    folder = top.parent / had.student / lesson
    suffix = top.suffix if top.is_file() else ""
    command = f"mkdir -p -- {quoted(str(folder))} && "
    command += move_command(top, folder / f"{lesson}{suffix}")
    why = f"{said} If it is the work of {had.shown}, put it into a folder: {command}"
    return replace(had, refused=why)


def _told_of_twins(entries: list[Entry]) -> list[Entry]:
    """Say of names that a person takes for one that they are two."""
    alike: Mapping[str, list[str]] = defaultdict(list)
    for entry in entries:
        alike[twin_key(entry.student)].append(entry.student)
    return [_with_twins(entry, alike[twin_key(entry.student)]) for entry in entries]


def _with_twins(entry: Entry, alike: list[str]) -> Entry:
    others = [name for name in alike if name != entry.student]
    if not others:
        return entry
    names = ", ".join(ascii(name) for name in others)
    note = (
        f"There is also {names}, which differs from {entry.student!a} only in case, blanks or "
        "the way a letter is stored. If they are one person, rename a folder or the roster's entry."
    )
    return replace(entry, notes=(*entry.notes, note))
