"""The one list of students: who is on it, what each has, and the commands that put a name right."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from typing import TYPE_CHECKING

import pytest

from course_utils.grading.intake.class_list import Entry, find_strays, find_students
from course_utils.grading.marking.submissions import read_submission
from tests.support.released import hand_in, released_lesson

if TYPE_CHECKING:
    from pathlib import Path

LESSON = "01_interrupt_before"
NAMES = (
    *("0012345", "01", "müller.anna", "anna b", "o'brien", "a(b)+c", "Doe, Jane", "zoe ", "=cmd"),
    *(
        "-rf",
        "$(id)",
        "`id`",
        "a&b;c",
        "#1",
        "%41",
        "@x",
        "李雷",
        "a" * 100,
        "{x}",
        "~",
        "!!",
        "+1",
    ),
)
REFUSED = (
    *("[ab]", "a*", "what?", "<b>", 'the "best"', "a\\b", ".hidden", "new\nline", "tab\tbed"),
    *("end\n", "\u202egnal", "a" * 130, "quo'te\n<b>", "100%\n\\n$(id)`id`"),
)


def listed(submitted: Path, *known: str) -> dict[str, Entry]:
    entries = find_students(submitted, LESSON, known)
    by_name = {entry.student: entry for entry in entries}
    assert len(by_name) == len(entries), "a student is in the list twice"
    return by_name


@pytest.mark.parametrize("name", NAMES)
def test_any_name_that_can_be_printed_is_taken(tmp_path: Path, name: str) -> None:
    hand_in(tmp_path / name, LESSON)
    (entry,) = listed(tmp_path).values()
    assert (entry.student, entry.status, entry.notes) == (name, "found", ())


@pytest.mark.parametrize("name", REFUSED)
def test_a_name_that_cannot_be_graded_gets_a_command_that_works_as_printed(
    tmp_path: Path, name: str
) -> None:
    hand_in(tmp_path / name, LESSON)
    hand_in(tmp_path / "ab", LESSON)
    entry = listed(tmp_path)[name]
    assert entry.status == "refused"
    assert entry.shown.isprintable()
    assert entry.refused.isprintable(), "the reason itself cannot be printed"
    command = entry.refused.partition("Rename the folder: ")[2]
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} failed: {done.stderr}"
    statuses = [other.status for other in listed(tmp_path).values()]
    assert statuses == ["found", "found"], f"after {command}: {statuses}"


def test_the_list_is_the_union_of_roster_gradebook_and_folders(tmp_path: Path) -> None:
    hand_in(tmp_path / "ann", LESSON)
    hand_in(tmp_path / "bo", "02_state_next")
    found = find_students(tmp_path, LESSON, ["ann", "cy", ""], ["dan", "cy"])
    assert {entry.student: entry.status for entry in found} == {
        "ann": "found",
        "bo": "nothing",
        "cy": "nothing",
        "dan": "nothing",
    }


def test_without_a_folder_of_submissions_everybody_handed_in_nothing(tmp_path: Path) -> None:
    assert listed(tmp_path / "none", "ann") == {"ann": Entry("ann")}


def test_what_a_machine_made_and_stray_files_are_no_students(tmp_path: Path) -> None:
    for name in ("__MACOSX", ".ipynb_checkpoints", "ann"):
        hand_in(tmp_path / name, LESSON)
    (tmp_path / ".git" / "objects").mkdir(parents=True)
    for name in (".DS_Store", "._ann", "Thumbs.db", "grades.csv", "gradebook.db"):
        (tmp_path / name).write_bytes(b"\0")
    assert list(listed(tmp_path)) == ["ann"]
    assert find_strays(tmp_path, LESSON) == []


def test_the_metadata_folder_of_a_zip_beside_the_lesson_is_not_read(tmp_path: Path) -> None:
    hand_in(tmp_path / "ann", LESSON).rename(tmp_path / "ann" / "__MACOSX")
    assert listed(tmp_path)["ann"].status == "nothing"


def test_links_are_refused(tmp_path: Path) -> None:
    real = hand_in(tmp_path / "elsewhere" / "ann", LESSON)
    submitted = tmp_path / "submitted"
    (submitted / "bo").mkdir(parents=True)
    (submitted / "ann").symlink_to(real.parent)
    (submitted / "bo" / LESSON).symlink_to(real)
    found = listed(submitted)
    assert [entry.status for entry in found.values()] == ["refused", "refused"]
    assert "ann is a link" in found["ann"].refused
    assert f"{LESSON} is a link" in found["bo"].refused


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoe", "zoe"),
        ("zoe", "zoe "),
        ("anna  b", "anna b"),
        ("müller", unicodedata.normalize("NFD", "müller")),
    ],
)
def test_two_names_that_look_alike_are_told_of_each_other(
    tmp_path: Path, one: str, other: str
) -> None:
    hand_in(tmp_path / one, LESSON)
    found = listed(tmp_path, other)
    assert {name: entry.status for name, entry in found.items()} == {one: "found", other: "nothing"}
    for name, twin in ((one, other), (other, one)):
        assert f"There is also {twin!a}" in " ".join(found[name].notes)


@pytest.mark.parametrize("name", ["ann_{}.ipynb", "{} - ann.ipynb", "Ann-{}.ipynb"])
def test_a_file_beside_the_folders_goes_to_a_student_who_is_known(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name.format(LESSON)
    hand_in(tmp_path / "away", LESSON).joinpath(f"{LESSON}.ipynb").rename(path)
    entry = listed(tmp_path, "ann")["ann"]
    assert entry.places == (path,)
    read = read_submission(entry, None, None, released_lesson(LESSON))
    assert read.restored
    assert "lies beside the students' folders" in read.problem


def test_an_archive_named_after_a_student_alone_is_read(tmp_path: Path) -> None:
    hand_in(tmp_path / "away" / "ann", LESSON)
    shutil.make_archive(str(tmp_path / "ann"), "zip", tmp_path / "away")
    entry = listed(tmp_path, "ann")["ann"]
    assert read_submission(entry, None, None, released_lesson(LESSON)).restored
    other = released_lesson("02_state_next")
    (of_other,) = (e for e in find_students(tmp_path, other.name, ["ann"]) if e.student == "ann")
    assert not read_submission(of_other, None, None, other).handed_in


def test_a_file_of_nobody_known_waits_with_a_command_that_works_as_printed(tmp_path: Path) -> None:
    path = tmp_path / f"o'hara ann_{LESSON}.ipynb"
    hand_in(tmp_path / "away", LESSON).joinpath(f"{LESSON}.ipynb").rename(path)
    entry = listed(tmp_path)["o'hara ann"]
    assert entry.status == "refused"
    command = entry.refused.partition("put it into a folder: ")[2]
    subprocess.run(["sh", "-c", command], check=True)
    assert listed(tmp_path)["o'hara ann"].status == "found"
    assert (tmp_path / "o'hara ann" / LESSON / f"{LESSON}.ipynb").exists()


def test_a_file_beside_a_folder_for_the_lesson_is_said_and_not_read(tmp_path: Path) -> None:
    hand_in(tmp_path / "ann", LESSON)
    (tmp_path / f"ann_{LESSON}.zip").write_bytes(b"")
    entry = listed(tmp_path)["ann"]
    assert entry.places == (tmp_path / "ann" / LESSON,)
    assert "It was not read, because there is a folder for the lesson too." in entry.notes[0]


@pytest.mark.parametrize("name", [f"{LESSON}.ipynb", "all.zip", "Untitled.ipynb"])
def test_work_of_nobody_at_all_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    assert listed(tmp_path) == {}
    (stray,) = find_strays(tmp_path, LESSON)
    assert re.match(f"{re.escape(name)} lies beside the students' folders", stray)


def test_the_folder_of_a_lesson_is_no_student_unless_it_is_known_as_one(tmp_path: Path) -> None:
    hand_in(tmp_path, LESSON)
    assert listed(tmp_path) == {}
    assert LESSON in find_strays(tmp_path, LESSON)[0]
    assert listed(tmp_path, LESSON)[LESSON].status == "found"
