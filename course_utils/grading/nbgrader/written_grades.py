"""The rows of one graded submission, in a transaction that somebody else begins and ends.

What a person gave by hand is kept, extra credit too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbgrader.api import Comment, Grade, SubmittedAssignment, SubmittedNotebook
from nbgrader.utils import compute_checksum

from course_utils.grading.engine.finishing import manual_cells
from course_utils.grading.release import QUIZ_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from nbformat import NotebookNode
    from nbgrader.api import Assignment, Student

    from course_utils.grading.engine.batch import Graded
    from course_utils.grading.intake.released import ReleasedLesson
    from course_utils.grading.marking.record import Record

    LatePenalty = Callable[[str, float, float], float | None]
    """Of a student's id, score and seconds late: the points that are taken off."""

_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Saved:
    """What the gradebook has of a submission that was just written.

    Attributes:
        notes: what is worth knowing of it, in sentences.
        waiting: the cells that wait for a person.
    """

    notes: tuple[str, ...]
    waiting: tuple[str, ...]


def same_points(one: float | None, other: float | None) -> bool:
    """Tell whether two scores are one, whatever a database made of the number."""
    if one is None or other is None:
        return one is other
    return abs(one - other) < _SAME


def points_of(auto: float | None, manual: float | None, extra: float | None) -> float:
    """Return what a cell counts, as nbgrader has it: a score by hand goes before grading's."""
    given = manual if manual is not None else auto
    return 0.0 if given is None else given + (extra or 0.0)


def new_submission(assignment: Assignment, student: Student) -> SubmittedAssignment:
    """Return the rows of a submission with nothing in them, as nbgrader makes them."""
    submission = SubmittedAssignment(assignment=assignment, student=student)
    for released in assignment.notebooks:
        notebook = SubmittedNotebook(notebook=released, assignment=submission)
        for cell in (*released.grade_cells, *released.task_cells):
            Grade(cell_id=cell.id, notebook=notebook)
        for cell in (*released.solution_cells, *released.task_cells):
            Comment(cell_id=cell.id, notebook=notebook)
    return submission


def write_grades(
    notebook: SubmittedNotebook,
    names: Mapping[str, str],
    graded: Graded,
    lesson: ReleasedLesson,
    *,
    changed: bool,
) -> Saved:
    """Write the scores of one submission, and what waits for a person.

    Args:
        notebook: the student's row for the notebook.
        names: the released cells by their ids in the gradebook.
        graded: the submission, graded.
        lesson: the lesson as it was released.
        changed: whether it is other work than a person has seen.
    """
    marks = {mark.cell: mark.points for mark in graded.record.marks}
    scored = {cell.name for cell in lesson.cells if "points" in cell.nbgrader}
    looked_at = _to_look_at(graded.record, lesson)
    rows = {grade.cell_id: grade for grade in notebook.grades}
    notes, waiting = [], []
    for cell_id, name in names.items():
        if name not in scored:
            continue
        grade = rows.get(cell_id) or Grade(cell_id=cell_id, notebook=notebook)
        points = marks.get(name)
        differs = not same_points(grade.auto_score, points)
        if grade.manual_score is None:
            grade.needs_manual_grade = name in looked_at
        elif differs or (changed and name in looked_at):
            grade.needs_manual_grade = True
        if grade.manual_score is not None and grade.auto_score is not None and differs:
            notes.append(_beneath(name, grade.manual_score, grade.auto_score, points))
        grade.auto_score = points
        if grade.needs_manual_grade:
            waiting.append(name)
    return Saved(tuple(notes), tuple(waiting))


def write_comments(
    notebook: SubmittedNotebook, names: Mapping[str, str], cells: Iterable[NotebookNode]
) -> None:
    """Say where a student wrote nothing, as nbgrader does."""
    known = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in cells}
    for comment in notebook.comments:
        cell = known.get(names.get(comment.cell_id))
        said = "No response." if cell and _untouched(cell) else None
        if comment.auto_comment != said:
            comment.auto_comment = said


def write_penalty(
    submission: SubmittedAssignment, notebook: SubmittedNotebook, late_penalty: LatePenalty
) -> None:
    """Take off what being late costs; like nbgrader's own step, no more than there is."""
    score = sum(
        points_of(grade.auto_score, grade.manual_score, grade.extra_credit)
        for grade in notebook.grades
    )
    penalty, late = None, _seconds_late(submission)
    if late > 0:
        penalty = late_penalty(submission.student.id, score, late)
    wanted = None if penalty is None else min(max(penalty, 0.0), score)
    if not same_points(notebook.late_submission_penalty, wanted):
        notebook.late_submission_penalty = wanted


def _to_look_at(record: Record, lesson: ReleasedLesson) -> set[str]:
    """Return the cells that a person has to grade or to look at."""
    marked = {mark.cell for mark in record.marks}
    scored = {cell.name for cell in lesson.cells if cell.points}
    flagged = {flag.cell for flag in record.flags}
    if "" in flagged:  # the whole submission: its exercises, or all of it where there are none
        exercises = {name for name in scored if not name.startswith(QUIZ_PREFIX)}
        flagged |= exercises or scored
    return {*manual_cells(lesson), *flagged, *(scored - marked)}


def _untouched(cell: NotebookNode) -> bool:
    """Tell whether a cell is as it was released; a task says nothing of a student's work."""
    data = cell.metadata.nbgrader
    return bool(not data.get("task") and data.get("checksum") == compute_checksum(cell))


def _seconds_late(submission: SubmittedAssignment) -> float:
    # nbgrader cannot add an extension to a due date that is not there.
    if submission.timestamp is None or submission.assignment.duedate is None:
        return 0.0
    return float(submission.total_seconds_late)


def _beneath(name: str, manual: float, before: float, now: float | None) -> str:
    gives = "no points yet" if now is None else f"{now:g}"
    return f"{name}: {manual:g} given by hand stays. Grading gave {before:g} and now gives {gives}."
