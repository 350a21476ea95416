"""The steps from a submission to its grades, as nbgrader preprocessors.

nbgrader takes each student's notebook through `SANITIZE`, writes it, and takes it through
`AUTOGRADE`, student after student. The quiz of the whole batch is scored at the first step of the
first one, before any student's code runs, and written into the quiz cells after it ran.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    Execute,
    LimitOutput,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)

from course_utils.grading.inert_html import SHOWN
from course_utils.grading.quiz_feedback import feedback_html
from course_utils.grading.release import QUIZ_PREFIX, lesson_bank
from course_utils.grading.restore import restore_cells
from course_utils.grading.scores import ScoredBatch, score_batch
from course_utils.quiz import released
from course_utils.settings import Feedback, settings

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from nbgrader.coursedir import CourseDirectory

Resources = dict[str, Any]

# nbgrader makes an exporter for each run, and its steps anew for each notebook. Formgrader does
# many runs in one process: a score is kept as long as the run and no longer.
_batches: WeakKeyDictionary[Any, ScoredBatch | None] = WeakKeyDictionary()


class GradingError(ValueError):
    """An assignment cannot be graded as it is; the message names the file and the mend."""


class ScoreQuizzes(NbGraderPreprocessor):
    """Score the quiz of every submission, once a run, before any student's code runs."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Score the batch when this is its first notebook.

        Raises:
            BankError: if the bank has a mistake in it.
            ReleasedError: if the released questions are damaged, so that the mode is not known.
        """
        exporter = self.parent
        if exporter not in _batches:
            lesson = resources["nbgrader"]["assignment"]
            _batches[exporter] = self._score(lesson, exporter.parent)
        return nb, resources

    def _score(self, lesson: str, converter: Any) -> ScoredBatch | None:
        bank = lesson_bank(lesson, settings().quizzes)
        if bank is None:
            return None
        feedback = _released_mode(converter.coursedir, lesson)
        batch = score_batch(bank, feedback, map(Path, sorted(converter.assignments)))
        for folder, quiz in batch.submissions.items():
            if quiz.note:
                self.log.warning("%s: %s", folder, quiz.note)
        return batch


class RestoreCells(NbGraderPreprocessor):
    """Undo what a student changed in nbgrader's metadata, and bring back deleted test cells."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Restore one notebook."""
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            missing = restore_cells(
                nb, gradebook.find_notebook(names["notebook"], names["assignment"])
            )
        for name in missing:
            self.log.warning("%s had deleted the cell %r; it is back.", names["student"], name)
        return nb, resources


class StaticOutputs(NbGraderPreprocessor):
    """Leave what a page shows, a widget's static twin too; a live view needs a kernel."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, _index: int
    ) -> tuple[NotebookNode, Resources]:
        """Make one cell's outputs static."""
        for output in cell.get("outputs", []):
            if "data" in output:
                output.data = {kind: shown for kind, shown in output.data.items() if kind in SHOWN}
        return cell, resources


class WriteQuizScores(NbGraderPreprocessor):
    """Put the score and its account in each quiz cell; what the student's kernel put there goes."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Write the scores of one notebook.

        Raises:
            GradingError: if the bank no longer fits the released notebook.
        """
        lesson, student = resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]
        course = self.parent.parent.coursedir
        folder = Path(course.format_path(course.submitted_directory, student, lesson))
        for cell in nb.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if grade_id.startswith(QUIZ_PREFIX):
                cell.outputs = [self._output(lesson, folder, cell)]
        return nb, resources

    def _output(self, lesson: str, folder: Path, cell: NotebookNode) -> NotebookNode:
        batch, graded = _batches[self.parent], cell.metadata.nbgrader
        question = batch.bank.question(graded.grade_id.removeprefix(QUIZ_PREFIX)) if batch else None
        if not batch or question is None or question.points != Decimal(str(graded.points)):
            raise GradingError(
                f"{settings().quizzes / lesson}.yaml: it has no question for the released cell "
                f"{graded.grade_id!r} with {graded.points} points. Put the question back as it was "
                "released; with `withdrawn: true` everyone gets its points."
            )
        quiz = batch.submissions[folder]
        score = quiz.scores[question.id]
        data = {
            "text/plain": repr(float(score.points)),
            "text/html": feedback_html(question, score, quiz.note),
        }
        output: NotebookNode = new_output("execute_result", data=data)  # type: ignore[no-untyped-call]  # half-typed
        return output


SANITIZE = [
    ScoreQuizzes,
    ClearOutput,
    RestoreCells,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
]
"""What `nbgrader autograde` does to a submission before it is run."""

AUTOGRADE = [
    Execute,
    StaticOutputs,
    LimitOutput,
    WriteQuizScores,
    SaveAutoGrades,
    AssignLatePenalties,
    CheckCellMetadata,
]
"""What `nbgrader autograde` does to a submission then."""


def _released_mode(course: CourseDirectory, lesson: str) -> Feedback:
    """Return the mode students worked in, which today's settings need not be."""
    folder = course.format_path(course.release_directory, ".", lesson)
    path = Path(folder) / released.FILE_NAME
    return released.read_released(path).mode if path.exists() else settings().feedback
