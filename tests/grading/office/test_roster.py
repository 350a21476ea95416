"""The roster: whatever file it comes in, all of it or one clear error, and nobody taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from nbgrader.api import Gradebook

from course_utils.grading.intake.student import Student
from course_utils.grading.nbgrader.roster import (
    RosterError,
    Taken,
    read_roster,
    roster,
    take_roster,
)
from tests.grading.office.conftest import hitl

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.course import Course

ANN = Student("ann", "Ann", "Müller", "ann@example.org", "17")
OURS = "id,first_name,last_name,email,lms_user_id\nann,Ann,Müller,ann@example.org,17\n"
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Lesson (3)\r\n"
    "    Points Possible,,,,,10\r\n"
    '"Müller, Ann",17,s-4,ann,A,\r\n'
    '"Student, Test",99,,,A,\r\n'
)
MOODLE = (
    "First name;Surname;Username;ID number;Email address;Groups\n"
    "Ann;Müller;ann;17;ann@example.org;\n"
)


def written(tmp_path: Path, content: bytes | str) -> Path:
    path = tmp_path / "roster.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (OURS, ANN),
        ("\ufeff" + OURS, ANN),
        (MOODLE, ANN),
        (MOODLE.replace(";", "\t").encode("utf-16"), ANN),
        (MOODLE.encode("utf-16-le"), ANN),
        ("sep=;\n" + MOODLE, ANN),
        (CANVAS, Student("ann", "Ann", "Müller", "", "17")),
        ("Name;Login\nAnn Mary Müller;ann\n\n;\n", Student("ann", "Ann Mary", "Müller")),
        ("id\n'=1+1\n", Student("=1+1")),
    ],
)
def test_a_roster_is_read_from_usual_files(tmp_path, content, expected) -> None:
    assert read_roster(written(tmp_path, content)) == [expected]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("id,email\nann,a\n\nann,b\n", "line 4: the id 'ann' stands in line 2 too"),
        ("id,email\nann,a\nAnn,b\n", "line 3: the id 'Ann' stands in line 2 too"),
        ('id,name\n"ann","two\nlines"\n,Bob\n', "line 4: the id is empty"),
        ("id\nann\na/b\n", "line 3: nbgrader cannot work with the id 'a/b'"),
        ("id\n1.23457E+11\n", "line 2: a spreadsheet rounded the id"),
        ("id,email\nann," + "x" * 200 + "\n", "line 2: the email is longer than 128"),
        ('id\n"ann"x\n', "line 2: "),
        ("email\na@example.org\n", "no column with the students' ids"),
        ("", "no column with the students' ids"),
        ("id,name\nann,Müller\n".encode("latin-1"), "line 2: this is not UTF-8"),
    ],
)
def test_a_mistake_is_one_error_that_names_the_line(tmp_path, content, says) -> None:
    path = written(tmp_path, content)
    with pytest.raises(RosterError) as raised:
        read_roster(path)
    assert str(path) in str(raised.value)
    assert says in str(raised.value), f"it says {raised.value}, expected {says}"


def test_taking_a_roster_again_changes_and_never_deletes(graded: Course) -> None:
    with Gradebook(graded.gradebook) as gradebook:
        assert take_roster(gradebook, [ANN, Student("dora")]) == Taken(1, 1, 0)
        assert take_roster(gradebook, [Student("ann", email="new@example.org")]) == Taken(0, 1, 0)
        assert take_roster(gradebook, [Student("ann")]) == Taken(0, 0, 1)
        assert [one.id for one in roster(gradebook)] == ["ann", "bob", "cem", "dora"]
        assert roster(gradebook)[0] == Student("ann", "Ann", "Müller", "new@example.org", "17")
        assert gradebook.find_submission(graded.lesson, "ann").score == 11


def test_the_command_takes_all_of_a_file_or_nothing(graded: Course, tmp_path: Path) -> None:
    bad = written(tmp_path, "id\ndora\nann\nann\n")
    assert "line 4" in hitl(graded, "roster", "import", str(bad), ends=1).stderr
    assert "dora" not in hitl(graded, "roster").stdout
    good = written(tmp_path, OURS + "dora,,,,\n")
    told = hitl(graded, "roster", "import", str(good)).stdout
    assert told == "New: 1. Changed: 1. As before: 0.\n"
    listed = hitl(graded, "roster").stdout
    assert "ann@example.org" in listed
    assert "Students: 4" in listed
