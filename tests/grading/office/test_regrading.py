"""A corrected test is marked again for all: the release and what a person gave stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.grading.office.conftest import hitl
from tests.support.rows import scores

if TYPE_CHECKING:
    from tests.support.course import Course


def set_test(course: Course, name: str, source: str) -> None:
    """Write another text into one test cell of the lesson's source."""
    path = course.source / f"{course.lesson}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == name:
            cell.source = source
    nbformat.write(notebook, path)


def test_a_corrected_test_is_marked_again_and_nothing_else_changes(graded: Course) -> None:
    lesson = graded.lesson
    released = (graded.released / f"{lesson}.ipynb").read_bytes()
    with Gradebook(graded.gradebook) as gradebook:
        [notebook] = gradebook.find_submission(lesson, "cem").notebooks
        more = next(one for one in notebook.grades if one.name == "double-more")
        more.manual_score, more.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    # Too strict at first: only Cem's answer takes a text for a number.
    set_test(graded, "double-test", 'assert double("2") == 4\n')
    set_test(graded, "double-more", "assert False")
    told = hitl(graded, "regrade", lesson, "--test=double-test").stdout
    assert told.startswith(f"Grading {lesson}: 3 to do.\n")
    assert told.endswith(
        "ann: double-test had 4 points and has 0.\n"
        "bob: double-test had 4 points and has 0.\n"
        "Changed: 2.\n"
    )
    problems = graded.root / "grading" / "problems.csv"
    said = problems.read_text() if problems.exists() else ""
    assert "double-test" not in said, f"it says that students changed the test:\n{said}"
    assert scores(graded, "ann")["double-more"] == 2, "only the test that was named is taken"
    assert (graded.released / f"{lesson}.ipynb").read_bytes() == released
    set_test(graded, "double-test", "assert double(2) == 4")
    told = hitl(graded, "regrade", lesson, "--test=double-test", "--student=ann").stdout
    assert told.endswith("ann: double-test had 0 points and has 4.\nChanged: 1.\n")
    with Gradebook(graded.gradebook) as gradebook:
        grade = gradebook.find_grade("double-more", lesson, lesson, "cem")
        assert grade.manual_score == 1.5, "what a person gave is kept"
        assert grade.score == 1.5


def test_grading_one_student_again_changes_nothing(graded: Course) -> None:
    told = hitl(graded, "regrade", graded.lesson, "--student=ann").stdout
    assert told == (
        f"Grading {graded.lesson}: 1 to do.\n1 of 1: ann graded\nNobody's points changed.\n"
    )


def test_a_student_whom_nobody_knows_is_one_line(graded_once: Course) -> None:
    done = hitl(graded_once, "regrade", graded_once.lesson, "--student=nobody", ends=1)
    assert (done.stdout, done.stderr) == (
        "",
        "No student matches 'nobody': `hitl roster` lists them.\n",
    )


@pytest.mark.parametrize(
    ("test", "says"),
    [
        ("no-such", "has no test 'no-such'. It has double-test and double-more."),
        ("quiz-colour", "quiz-colour is a question. Correct it in the bank"),
    ],
)
def test_a_test_that_is_not_there_is_one_line(graded_once: Course, test: str, says: str) -> None:
    done = hitl(graded_once, "regrade", graded_once.lesson, f"--test={test}", ends=1)
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
