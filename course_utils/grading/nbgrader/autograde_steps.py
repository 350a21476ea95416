"""The steps from a submission to its grades, as nbgrader preprocessors.

nbgrader takes each student's notebook through `SANITIZE`, writes it, and takes it through
`AUTOGRADE`, student after student. What each of them handed in, and the score of its quiz, is in
the run's `SubmissionExporter`, which read it before any student's code ran.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    LimitOutput,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)

from course_utils.grading.marking.quiz_scores import GradingError
from course_utils.grading.release import QUIZ_PREFIX
from course_utils.grading.reports.inert_notebook import make_inert
from course_utils.grading.reports.quiz_feedback import feedback_html
from course_utils.neighbours.nbgrader import (
    ExecuteWhileAlive,
    Resources,
    course_of,
    exporter_of,
    notebook_names,
    score_output,
)
from course_utils.settings import settings

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from course_utils.grading.marking.quiz_scores import ScoredQuiz
    from course_utils.grading.marking.submissions import Submission
    from course_utils.quiz.questions import Question

_ENDED = (
    "The kernel had ended before this cell was through. Did a cell call exit(), use more memory "
    "than there is, or run a loop that cannot be interrupted?"
)


class ExecuteCells(ExecuteWhileAlive):
    """Run a notebook; when the kernel dies or has to be killed, say so and go on without it."""

    def preprocess(
        self, nb: NotebookNode, resources: Resources, km: Any = None
    ) -> tuple[NotebookNode, Resources]:
        """Run one notebook, and keep of what its kernel sent what a page can show.

        A kernel can send what is no notebook, and nbgrader gives such a submission up after a step.
        """
        nb, resources = super().preprocess(nb, resources, km)
        make_inert(nb)
        return nb, resources

    def kernel_ended(self, resources: Resources) -> None:
        """Tell the instructor."""
        self.log.warning("%s: %s", notebook_names(resources).student, _ENDED)

    def not_run(self, cell: NotebookNode) -> None:
        """Tell the student."""
        cell.outputs = [*cell.outputs, _error("KernelEnded", _ENDED)]


class WriteQuizScores(NbGraderPreprocessor):
    """Put the score and its account in each quiz cell; what the student's kernel put there goes."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Write the scores of one notebook.

        Raises:
            GradingError: if a released quiz cell has no question.
        """
        exporter = exporter_of(self)
        bank, quiz = exporter.bank, _submission(exporter, resources).quiz
        for cell in nb.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if not grade_id.startswith(QUIZ_PREFIX):
                continue
            question = bank.question(grade_id.removeprefix(QUIZ_PREFIX)) if bank else None
            if question is None or quiz is None:
                lesson = notebook_names(resources).assignment
                raise GradingError(
                    f"{settings().quizzes / lesson}.yaml has no question for the released cell "
                    f"{grade_id!r}. Put the bank back as it was when the lesson was released."
                )
            cell.outputs = [_scored(question, quiz)]
        return nb, resources


class LeaveToAPerson(NbGraderPreprocessor):
    """Mark the exercises of a notebook that could not be read as waiting for a person."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Mark the exercises of one submission, if it needs it."""
        names = notebook_names(resources)
        if _submission(exporter_of(self), resources).restored is None:
            with Gradebook(names.db_url) as gradebook:
                for grade in gradebook.find_submission_notebook(
                    names.notebook, names.assignment, names.student
                ).grades:
                    if not grade.name.startswith(QUIZ_PREFIX):
                        grade.needs_manual_grade = True
                gradebook.db.commit()
        return nb, resources


SANITIZE = [
    ClearOutput,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
]
"""What `nbgrader autograde` does to a submission before it is run."""

AUTOGRADE = [
    ExecuteCells,
    LimitOutput,
    WriteQuizScores,
    SaveAutoGrades,
    LeaveToAPerson,
    AssignLatePenalties,
    CheckCellMetadata,
]
"""What `nbgrader autograde` does to a submission then."""


def _submission(exporter: Any, resources: Resources) -> Submission:
    """Return what the exporter of this run read of the submission a step is working on."""
    names, course = notebook_names(resources), course_of(exporter)
    path = course.format_path(course.submitted_directory, names.student, names.assignment)
    submission: Submission = exporter.submissions[Path(path)]
    return submission


def _scored(question: Question, quiz: ScoredQuiz) -> NotebookNode:
    score = quiz.scores[question.id]
    return score_output(float(score.points), feedback_html(question, score, quiz.note))


def _error(name: str, words: str) -> NotebookNode:
    output: NotebookNode = new_output(  # type: ignore[no-untyped-call]  # half-typed
        "error", ename=name, evalue=words, traceback=[f"{name}: {words}"]
    )
    return output
