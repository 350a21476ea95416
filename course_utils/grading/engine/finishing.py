"""From what a submission earned to its record and the notebook that people are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbformat import from_dict
from nbformat.v4 import new_output

from course_utils.grading.engine.answered import answered
from course_utils.grading.engine.batch import Graded
from course_utils.grading.engine.digest import digest_of_the_work
from course_utils.grading.engine.job import Marked, UndoneError
from course_utils.grading.engine.notebook import named_cells, notebook_of
from course_utils.grading.intake.restore import restore
from course_utils.grading.marking.record import Flag, Mark, Record
from course_utils.grading.release import QUIZ_PREFIX
from course_utils.grading.reports.inert_notebook import make_inert
from course_utils.grading.reports.quiz_feedback import feedback_html

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nbformat import NotebookNode

    from course_utils.grading.engine.batch import Batch, Planned
    from course_utils.grading.intake.released import ReleasedCell, ReleasedLesson
    from course_utils.grading.marking.submissions import Submission

_FAILED = (
    "Grading itself failed at this submission. Grade the lesson again. If it fails again, grade "
    "the exercises by hand and report what is named here."
)
_UNREAD = "No notebook could be read, so the exercises wait for a person."


def finished(batch: Batch, planned: Planned, marked: Marked, *, jailed: bool) -> Graded:
    """Put together what the exercises and the quiz of one submission have earned."""
    return _graded(batch, planned, marked, planned.digest, jailed)


def unread(batch: Batch, planned: Planned, *, jailed: bool) -> Graded:
    """Give the quiz its score, and leave the exercises to a person, since there is no notebook."""
    flags = () if planned.submission.flags else (Flag(why=_UNREAD),)
    return _graded(batch, planned, Marked({}, (), flags), planned.digest, jailed)


def failed(batch: Batch, planned: Planned, error: Exception, *, jailed: bool) -> Graded:
    """Give the quiz its score, and leave the exercises to a person, since grading failed.

    Its record has no digest, so the submission is graded again the next time.
    """
    if isinstance(error, UndoneError):
        flag = Flag(why=str(error))
    else:
        flag = Flag(why=_FAILED, evidence=f"{type(error).__name__}: {error}")
    return _graded(batch, planned, Marked({}, (), (flag,)), "", jailed)


def manual_cells(lesson: ReleasedLesson) -> list[str]:
    """Return the cells that a person grades whatever is handed in."""
    return [cell.name for cell in lesson.cells if cell.points and not cell.is_test]


def _graded(batch: Batch, planned: Planned, marked: Marked, digest: str, jailed: bool) -> Graded:
    submission, lesson = planned.submission, batch.lesson
    marks = {mark.cell: mark for mark in (*marked.marks, *_of_the_quiz(submission, lesson))}
    flags = (*submission.flags, *marked.flags)
    record = Record(
        lesson=lesson.name,
        student=submission.student,
        status="waits" if flags or manual_cells(lesson) else "graded",
        digest=digest,
        handed=digest_of_the_work(submission),
        jailed=jailed,
        marks=tuple(marks[cell.name] for cell in lesson.cells if cell.name in marks),
        flags=flags,
        notes=(*submission.notes, *marked.notes),
        quiz=answered(batch.bank, submission.files),
    )
    return Graded(record, _shown(batch, submission, marked, marks), submission)


def _of_the_quiz(submission: Submission, lesson: ReleasedLesson) -> Iterator[Mark]:
    scores = submission.quiz.scores if submission.quiz else {}
    for cell, question in _quiz_cells(lesson):
        if question in scores:
            points = float(scores[question].points)
            yield Mark(cell=cell.name, points=points, maximum=cell.points)


def _quiz_cells(lesson: ReleasedLesson) -> Iterator[tuple[ReleasedCell, str]]:
    for cell in lesson.cells:
        if cell.name.startswith(QUIZ_PREFIX):
            yield cell, cell.name.removeprefix(QUIZ_PREFIX)


def _shown(
    batch: Batch, submission: Submission, marked: Marked, marks: Mapping[str, Mark]
) -> NotebookNode:
    """Return the notebook as it was run, and in each graded cell what grading says instead."""
    lesson, restored, words = batch.lesson, submission.restored, ""
    if restored is None:
        restored = restore(lesson, ())
        words = submission.problem or _UNREAD
    notebook = notebook_of(restored, lesson, words)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = from_dict([*marked.outputs.get(cell.id, ())])  # type: ignore[no-untyped-call]  # half-typed
    cells = named_cells(notebook)
    for name, mark in marks.items():
        if mark.words and name in cells:
            cells[name].outputs = [_said(mark)]
    for name, output in _quiz_outputs(batch, submission, marks):
        if name in cells:
            cells[name].outputs = [output]
    make_inert(notebook)
    return notebook


def _quiz_outputs(
    batch: Batch, submission: Submission, marks: Mapping[str, Mark]
) -> Iterator[tuple[str, NotebookNode]]:
    quiz, bank = submission.quiz, batch.bank
    for cell, name in _quiz_cells(batch.lesson):
        question = bank.question(name) if bank else None
        if quiz and question and cell.name in marks:
            shown = feedback_html(question, quiz.scores[name], quiz.note)
            yield cell.name, _scored(marks[cell.name].points, shown)


def _said(mark: Mark) -> NotebookNode:
    stream = "stdout" if mark.points >= mark.maximum else "stderr"
    output: NotebookNode = new_output("stream", name=stream, text=f"{mark.words}\n")  # type: ignore[no-untyped-call]  # half-typed
    return output


def _scored(points: float, html: str) -> NotebookNode:
    data = {"text/plain": repr(points), "text/html": html}
    output: NotebookNode = new_output("execute_result", data=data)  # type: ignore[no-untyped-call]  # half-typed
    return output
