"""The gradebook's rows, read as an instructor's own script would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbgrader.api import Gradebook, SubmittedAssignment

if TYPE_CHECKING:
    from tests.support.course import Course


def scores(course: Course, student: str) -> dict[str, float | None]:
    """Return what a student has for each graded cell; None where a person must grade."""
    with Gradebook(course.gradebook) as gradebook:
        notebook = gradebook.find_submission_notebook(course.lesson, course.lesson, student)
        return {
            grade.name: None if grade.needs_manual_grade else grade.auto_score
            for grade in notebook.grades
        }


def total(course: Course, student: str) -> float:
    """Return a student's score for the lesson."""
    with Gradebook(course.gradebook) as gradebook:
        return float(gradebook.find_submission(course.lesson, student).score)


def all_rows(course: Course) -> dict[str, object]:
    """Return all that the gradebook has of the lesson's submissions, but for its own ids."""
    with Gradebook(course.gradebook) as gradebook:
        submissions = gradebook.db.query(SubmittedAssignment).all()
        return {one.student.id: (one.timestamp, _rows_of(one)) for one in submissions}


def _rows_of(submission: SubmittedAssignment) -> object:
    return [
        (
            notebook.name,
            notebook.late_submission_penalty,
            sorted(
                (one.name, one.auto_score, one.manual_score, one.needs_manual_grade)
                for one in notebook.grades
            ),
            sorted((one.name, one.auto_comment or "") for one in notebook.comments),
        )
        for notebook in submission.notebooks
    ]
