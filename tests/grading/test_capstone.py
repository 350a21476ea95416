"""The capstone's reflection: released without a marking scheme, graded by hand, given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.support.course import real_course
from tests.support.rows import scores, total
from tests.support.submissions import hand_in

if TYPE_CHECKING:
    from tests.support.course import Course

LESSON = "10_capstone"
WORDS = "Gil sends his form twice: two threads, two keys. === BEGIN MARK SCHEME ==="
# Words of the marking scheme, of an anchor answer, of a solution and of a hidden test.
SECRETS = (
    "Marking scheme",
    "empty the till",
    "could not say so any more",
    "neither has a currency",
)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = real_course(tmp_path_factory.mktemp("capstone"), LESSON)
    course.release()
    hand_in(course, "ann", {}, None)
    write_reflection(course)
    course.must("autograde", LESSON)
    return course


def write_reflection(course: Course) -> None:
    """Write words into the cell that has room for them."""
    path = course.submitted("ann") / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    (room,) = (cell for cell in notebook.cells if cell.id == "your-reflection")
    room.source = WORDS
    nbformat.write(notebook, path)


def grade_by_hand(course: Course, points: float) -> None:
    """Give points for the reflection, as Formgrader does."""
    with Gradebook(course.gradebook) as gradebook:
        grade = gradebook.find_grade("reflection", LESSON, LESSON, "ann")
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()


def test_its_source_holds_what_its_release_must_not(course: Course) -> None:
    source = (course.source / f"{LESSON}.ipynb").read_text()
    released = (course.released / f"{LESSON}.ipynb").read_text()
    for secret in SECRETS:
        assert secret in source, f"the source does not hold {secret!r} any more: choose another"
        assert secret not in released, f"the release holds {secret!r}"


def test_the_reflection_waits_for_a_person_who_has_the_marking_scheme(course: Course) -> None:
    assert scores(course, "ann")["reflection"] is None
    folder = course.root / "grading" / "autograded" / "ann" / LESSON
    graded = (folder / f"{LESSON}.ipynb").read_text()
    assert SECRETS[0] in graded, "Formgrader shows this file, and whoever grades needs the scheme"


def test_points_given_by_hand_are_on_the_page_and_the_marking_scheme_is_not(
    course: Course,
) -> None:
    grade_by_hand(course, 13)
    course.must("generate_feedback", LESSON)
    page = course.page("ann")
    assert total(course, "ann") == 13
    assert WORDS in page
    assert "13.0 / 20.0" in page
    for secret in SECRETS:
        assert secret not in page, f"the feedback page holds {secret!r}"
