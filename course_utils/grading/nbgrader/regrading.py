"""Grading again: one student, or everybody after one test was corrected in the lesson's source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbgrader.converters import Autograde

from course_utils.grading.nbgrader.autograde import run_of
from course_utils.grading.nbgrader.course import CourseError
from course_utils.grading.nbgrader.release_steps import kept_of
from course_utils.grading.release import QUIZ_PREFIX
from course_utils.printable import listed

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    from course_utils.grading.nbgrader.lesson_run import LessonRun

Points = dict[str, dict[str, float]]
"""Of each student, the points of each graded cell; those that a person gave where one did."""


class RegradeError(RuntimeError):
    """Not everybody could be graded again; the message says what to do."""


def correct_test(course: CourseDirectory, gradebook: Gradebook, lesson: str, test: str) -> bool:
    """Take one test from the lesson's source into the gradebook, and nothing else.

    The release that students have stays as it is, and so does every grade.

    Args:
        course: the course.
        gradebook: its gradebook.
        lesson: the lesson.
        test: the `grade_id` of the test cell.

    Returns:
        Whether the gradebook had another text or other points.

    Raises:
        CourseError: if the source or the gradebook has no such test, or the source has a mistake.
    """
    cell = _cell(course, lesson, test)
    released = [one for one in gradebook.assignments if one.name == lesson]
    notebooks = [one for found in released for one in found.notebooks if one.name == lesson]
    kept = {one.name: one for found in notebooks for one in found.source_cells}
    worth = {one.name: one for found in notebooks for one in found.grade_cells}
    if test not in kept or test not in worth:
        raise CourseError(
            f"The released {lesson} has no test {test!r}. Release the lesson again to add one."
        )
    data = cell.metadata.nbgrader
    before = (kept[test].source, worth[test].max_score)
    kept[test].source, kept[test].checksum = cell.source, data.checksum
    worth[test].max_score = float(data.points)
    gradebook.db.commit()
    return before != (cell.source, float(data.points))


def run_again(
    course: CourseDirectory, configuration: Config, lesson: str, students: str = "*"
) -> LessonRun:
    """Return a run over a lesson, as of `hitl grade --force`; what a person gave stays.

    Args:
        course: the course.
        configuration: nbgrader's.
        lesson: the lesson.
        students: a pattern for the students' ids.
    """
    course.assignment_id, course.student_id = lesson, students
    converter = Autograde(coursedir=course, config=configuration)
    converter.force = True
    return run_of(converter)


def check_all_are_graded(run: LessonRun) -> None:
    """Tell whether a run that has ended graded whomever it was asked for.

    Raises:
        RegradeError: if nobody was there, or a grade could not be written; all others are.
    """
    if not run.standings:
        raise RegradeError(run.nobody)
    if run.unsaved:
        why = " ".join(dict.fromkeys(run.unsaved.values()))
        raise RegradeError(f"Not written: the grades of {listed(run.unsaved)}. {why}")


def points_of(gradebook: Gradebook, lesson: str) -> Points:
    """Return what each student has now for each graded cell of a lesson."""
    gradebook.db.expire_all()
    return {
        submission.student.id: {
            grade.name: grade.score
            for notebook in submission.notebooks
            for grade in notebook.grades
        }
        for found in gradebook.assignments
        if found.name == lesson
        for submission in found.submissions
    }


def changes(before: Points, after: Points) -> list[str]:
    """Say in a sentence for each student and cell which points changed."""
    return [
        f"{student}: {cell} had {had.get(cell, 0):g} points and has {now:g}."
        for student, cells in sorted(after.items())
        for had in [before.get(student, {})]
        for cell, now in cells.items()
        if round(had.get(cell, 0) - now, 6)
    ]


def _cell(course: CourseDirectory, lesson: str, test: str) -> NotebookNode:
    path = Path(course.format_path(course.source_directory, ".", lesson)) / f"{lesson}.ipynb"
    if test.startswith(QUIZ_PREFIX):
        raise CourseError(
            f"{test} is a question. Correct it in the bank, and run `hitl regrade {lesson}`."
        )
    try:
        notebook = nbformat.read(path, 4)  # type: ignore[no-untyped-call]  # half-typed
        cells = kept_of(notebook).cells
    except Exception as error:  # nbgrader's steps raise whatever suits them
        first = str(error).strip().splitlines() or [type(error).__name__]
        raise CourseError(f"{path} cannot be used: {first[0]}") from error
    found: dict[str, NotebookNode] = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in cells
        if cell.metadata.get("nbgrader", {}).get("grade") and not cell.metadata.nbgrader.solution
    }
    if test not in found:
        tests = [name for name in found if not name.startswith(QUIZ_PREFIX)]
        raise CourseError(f"{path} has no test {test!r}. It has {listed(tests) or 'none'}.")
    return found[test]
