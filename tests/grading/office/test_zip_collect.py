"""`nbgrader zip_collect` takes what learning platforms download, both files of each student."""

from __future__ import annotations

import zipfile
from pathlib import PurePath
from typing import TYPE_CHECKING

import pytest
from nbgrader.api import Gradebook

from course_utils.grading.intake.download_names import Download, read_download
from course_utils.grading.intake.student import Student
from course_utils.grading.nbgrader.roster import take_roster
from tests.support.small_course import LESSON, small_course

if TYPE_CHECKING:
    from pathlib import Path

BOTH = (f"{LESSON}.ipynb", "attempts.jsonl")
ROSTER = [
    Student("ann"),
    Student("bob", "Bob", "Smith", lms_user_id="12345"),
    Student("cem", "Cem", "Öz"),
]


def test_one_zip_of_each_platform(tmp_path: Path) -> None:
    course = small_course(tmp_path)
    course.release()
    with Gradebook(course.gradebook) as gradebook:
        take_roster(gradebook, ROSTER)
    archive = tmp_path / "grading" / "downloaded" / LESSON / "archive"
    archive.mkdir(parents=True)
    with zipfile.ZipFile(archive / "submissions.zip", "w") as file:
        for number, name in enumerate(BOTH):
            again = name.replace(".", "-1.") if number else name
            file.writestr(f"ann_{LESSON}_attempt_2026-12-24-18-00-00_{name}", f"ann {name}")
            file.writestr(f"smithbob_LATE_12345_67{number}_{again}", f"bob {name}")
            file.writestr(f"Cem Öz_7_assignsubmission_file_/{name}", f"cem {name}")
            file.writestr(f"dora/{LESSON}/{name}", f"dora {name}")
            file.writestr(f"doejane_99_68{number}_{name}", f"doejane_99 {name}")
        file.writestr(f"__MACOSX/dora/{LESSON}/._{LESSON}.ipynb", "no work")
        file.writestr(f"dora/{LESSON}/timestamp.txt", "1999-01-01")
        file.writestr("readme.ipynb", "whose")
    course.must("zip_collect", LESSON)
    submitted = tmp_path / "grading" / "submitted"
    found = {
        str(path.relative_to(submitted)): path.read_text()
        for path in submitted.rglob("*")
        if path.is_file() and path.name != "timestamp.txt"
    }
    assert found == {
        f"{student}/{LESSON}/{name}": f"{student} {name}"
        for student in ("ann", "bob", "cem", "dora", "doejane_99")
        for name in BOTH
    }
    assert [path.parts[-3] for path in submitted.rglob("timestamp.txt")] == ["ann"]
    modes = {path.stat().st_mode & 0o777 for path in (submitted, *submitted.rglob("*"))}
    assert not any(mode & 0o002 for mode in modes), f"anybody may write: {sorted(map(oct, modes))}"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"{LESSON}_ann_b_attempt_2026-99-24-18-00-00_x.ipynb", Download("ann_b", "", "x.ipynb")),
        ("a_1_assignsubmission_file_x (2).ipynb", Download("a", "", "x.ipynb")),
        ("muellerann_12_34_my_file.ipynb", Download("muellerann", "12", "my_file.ipynb")),
        (f"ann/{LESSON}/x.ipynb", Download("ann", "", "x.ipynb")),
        (f"{LESSON}/x.ipynb", None),
        ("x.ipynb", None),
        ("__MACOSX/a_1_assignsubmission_file_/x.ipynb", None),
    ],
)
def test_a_name_says_whose_it_is_or_nothing(path: str, expected: Download | None) -> None:
    assert read_download(PurePath(path), LESSON) == expected
