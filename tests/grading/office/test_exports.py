"""Exports, read back as the learning platform would: every student once, and no silent zero."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from nbgrader.api import Gradebook

from course_utils.grading.marking.record import RECORD_FILE, Flag, Record
from course_utils.grading.nbgrader.roster import Student, take_roster
from tests.grading.office.conftest import hitl

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.course import Course

FORMULA = "=HYPERLINK(1)"
ROSTER = [
    Student("ann", "Ann", "Müller", "ann@example.org", "17"),
    Student("bob", FORMULA, 'O"Neil, Jr', "bob@example.org", "sis-4"),
    Student("dora", "Dora", "two\nlines"),
]


@pytest.fixture(scope="module")
def course(graded_once: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Of each kind one: graded, late, waiting, not graded, refused, nothing handed in."""
    root = tmp_path_factory.mktemp("exports") / "course"
    shutil.copytree(graded_once.root, root)
    course = replace(graded_once, root=root)
    with Gradebook(course.gradebook) as gradebook:
        take_roster(gradebook, ROSTER)
        [notebook] = gradebook.find_submission(course.lesson, "cem").notebooks
        next(one for one in notebook.grades if one.name == "double-test").needs_manual_grade = True
        gradebook.db.commit()
    flag = Flag(cell="double-test", why="It reads the stack.", evidence="sys._getframe()")
    record = Record(
        lesson=course.lesson, student="cem", status="waits", digest="0", jailed=True, flags=(flag,)
    )
    graded = course.root / "grading" / "autograded" / "cem" / course.lesson
    (graded / RECORD_FILE).write_text(record.model_dump_json())
    for name in ("eve", "f*"):
        shutil.copytree(course.submitted("ann"), course.submitted(name))
    hitl(course, "due", course.lesson, "2026-12-25 12:00", "--late=50% a week", "--timezone=UTC")
    return course


def exported(course: Course, tmp_path: Path, *arguments: str) -> list[dict[str, str]]:
    path = tmp_path / "grades.csv"
    hitl(course, "export", *arguments, f"--output={path}")
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def no_formulas(rows: list[dict[str, str]]) -> bool:
    cells = [cell for row in rows for cell in row.values() if cell != "-"]
    return not any(cell.lstrip()[:1] in set("=+-@") for cell in cells if cell.strip())


def test_canvas_finds_every_student_and_only_finished_grades(course, tmp_path) -> None:
    rows = exported(course, tmp_path, "canvas")
    assert list(rows[0])[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    worth, *students = rows
    assert "Points Possible" in worth["Student"]
    assert worth[course.lesson] == "11"
    found = {row["SIS Login ID"]: row for row in students}
    assert {name: row[course.lesson] for name, row in found.items()} == {
        "ann": "11",
        "bob": "5.5",
        **dict.fromkeys(("cem", "dora", "eve", "f*"), ""),
    }
    assert (found["ann"]["ID"], found["ann"]["SIS User ID"]) == ("17", "")
    assert (found["bob"]["ID"], found["bob"]["SIS User ID"]) == ("", "sis-4")
    assert found["ann"]["Student"] == "Müller, Ann"
    assert found["bob"]["Student"] == f'O"Neil, Jr, {FORMULA}'
    assert no_formulas(rows)


def test_moodle_is_told_no_grade_and_why(course, tmp_path) -> None:
    lesson = course.lesson
    found = {row["Username"]: row for row in exported(course, tmp_path, "moodle")}
    columns = ("", " feedback", " status")
    assert {
        name: tuple(row[f"{lesson}{column}"] for column in columns) for name, row in found.items()
    } == {
        "ann": ("11", "", "graded"),
        "bob": ("5.5", "Handed in late: 5.5 points off.", "graded"),
        "cem": (
            "-",
            "A person has to look at this before there is a grade.",
            "waits for a person: It reads the stack.",
        ),
        "dora": ("-", "Nothing was handed in.", "handed in nothing"),
        "eve": (
            "-",
            "A person has to look at this before there is a grade.",
            "waits for a person: Not graded yet.",
        ),
        "f*": (
            "-",
            "A person has to look at this before there is a grade.",
            found["f*"][f"{lesson} status"],
        ),
    }
    assert "Rename the folder" in found["f*"][f"{lesson} status"]
    assert found["ann"]["ID number"] == "17"
    assert found["ann"]["Email address"] == "ann@example.org"
    assert found["bob"]["First name"] == f"'{FORMULA}"
    assert no_formulas(list(found.values()))


def test_nbgraders_own_export_has_the_same_rows(course, tmp_path) -> None:
    ours = exported(course, tmp_path, "nbgrader", f"--lesson={course.lesson}")
    course.must("export", f"--to={tmp_path / 'stock.csv'}")
    with (tmp_path / "stock.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.DictReader(file, strict=True)) == ours
    by_name = {row["student_id"]: row for row in ours}
    bob, cem, dora = by_name["bob"], by_name["cem"], by_name["dora"]
    assert (bob["raw_score"], bob["late_submission_penalty"], bob["score"]) == ("11", "5.5", "5.5")
    assert (cem["raw_score"], cem["score"], cem["status"]) == ("9", "", "waits for a person")
    assert (dora["raw_score"], dora["score"], dora["status"]) == ("", "", "handed in nothing")
    assert dora["last_name"] == "two\nlines"
    assert bob["timestamp"] == "2026-12-26 10:00:00"


def test_one_student_of_nbgraders_export(course, tmp_path) -> None:
    path = tmp_path / "one.csv"
    course.must("export", f"--to={path}", "--student=['ann']", f"--assignment=['{course.lesson}']")
    with path.open(newline="", encoding="utf-8") as file:
        assert [row["student_id"] for row in csv.DictReader(file)] == ["ann"]


def test_a_lesson_that_was_never_released_is_one_line(course, tmp_path) -> None:
    done = hitl(course, "export", "canvas", "--lesson=02_none", ends=1)
    assert done.stderr == "02_none was never released. Released: 01_small.\n"


def test_what_was_exported_is_told(course, tmp_path) -> None:
    told = hitl(course, "export", "canvas", f"--output={tmp_path / 'a.csv'}").stdout
    assert (
        "students: 6, lessons: 1. Graded: 2. Waits for a person: 3. Handed in nothing: 1." in told
    )
