"""Every lesson from its source to the gradebook: its solutions earn every point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest

from course_utils.quiz.bank import load_bank
from tests.support.course import real_course
from tests.support.lesson import NOTEBOOKS
from tests.support.rows import scores
from tests.support.submissions import hand_in, right_answer, solutions, tried

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.course import Course


def points_of(course: Course) -> dict[str, float]:
    """Return what each cell that nbgrader grades by itself is worth."""
    cells = nbformat.read(course.source / f"{course.lesson}.ipynb", as_version=4).cells
    graded = [cell.metadata.nbgrader for cell in cells if "nbgrader" in cell.metadata]
    return {cell.grade_id: cell.points for cell in graded if cell.grade and not cell.solution}


# `test_lesson_01.py` has a student with the solutions of lesson 01, and her scores in figures.
LESSONS = [path.stem for path in NOTEBOOKS if path.stem[:2] != "01"]


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_solutions_earn_every_point(lesson: str, tmp_path: Path):
    course = real_course(tmp_path, lesson)
    course.release()
    scored = [question for question in load_bank(course.bank).questions if question.points]
    quiz = [tried(question, right_answer(question)) for question in scored]
    hand_in(course, "perfect", solutions(course), quiz)
    course.must("autograde", lesson)
    points, earned = points_of(course), scores(course, "perfect")
    assert sum(points.values()) > 0
    assert {name: earned[name] for name in points} == pytest.approx(points)
