"""Feedback for a class: a page for each grade, a reason for everyone else, one zip for all."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from nbgrader.api import Gradebook

from course_utils.grading.nbgrader.feedback_files import safe_names
from course_utils.grading.nbgrader.roster import Student, take_roster
from tests.grading.office.conftest import hitl

if TYPE_CHECKING:
    from tests.support.course import Course


def test_one_zip_for_all_who_have_a_grade(graded: Course) -> None:
    lesson, path = graded.lesson, graded.root / "back.zip"
    with Gradebook(graded.gradebook) as gradebook:
        take_roster(gradebook, [Student("dora")])
        [notebook] = gradebook.find_submission(lesson, "bob").notebooks
        notebook.grades[0].needs_manual_grade = True
        gradebook.db.commit()
    told = hitl(graded, "feedback", lesson, f"--zip={path}").stdout
    assert "No page for bob: waits for a person: To be graded by hand: " in told
    assert "No page for dora: handed in nothing\n" in told
    folders = graded.root / "grading" / "feedback"
    assert {path.name for path in folders.iterdir()} == {"ann", "cem"}, "bob has no grade"
    assert f"Pages: 2, in {path}" in told
    with zipfile.ZipFile(path) as file:
        assert file.namelist() == [f"ann/{lesson}.html", f"cem/{lesson}.html"]
        page = file.read(f"cem/{lesson}.html").decode()
        assert page == graded.page("cem")
    assert "invalid literal for int()" in page
    assert "HIDDEN-TEST-BODY" not in page
    first = path.read_bytes()
    hitl(graded, "feedback", lesson, f"--zip={path}")
    assert path.read_bytes() == first, "the same grades gave another zip"


def test_a_folder_each_and_nobody_to_give_a_page(graded: Course) -> None:
    told = hitl(graded, "feedback", graded.lesson, "--student=a*").stdout
    assert told.startswith("Pages: 1, in ")
    assert "double" in graded.page("ann")
    told = hitl(graded, "feedback", graded.lesson, "--student=z*").stdout
    assert told == "There is no page to give back.\n"


def test_folders_have_names_that_every_system_takes() -> None:
    names = ["Doe, Jane", "a/b", "a:b", "..", "nul", "Ann", "ann", "müller.anna", "x."]
    assert safe_names(names) == {
        "Doe, Jane": "Doe_ Jane",
        "a/b": "a_b",
        "a:b": "a_b-2",
        "..": "_",
        "nul": "_nul",
        "Ann": "Ann",
        "ann": "ann-2",
        "müller.anna": "müller.anna",
        "x.": "x",
    }
