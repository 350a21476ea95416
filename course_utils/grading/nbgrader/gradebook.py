"""The gradebook during one run: who is on the roster, what was released, what each student gets.

One session serves the whole run. What is saved of a student is saved in one transaction.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbgrader.api import (
    BaseCell,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from course_utils.grading.nbgrader.written_grades import (
    new_submission,
    points_of,
    write_comments,
    write_grades,
    write_penalty,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import Self

    from nbgrader.api import Notebook
    from nbgrader.coursedir import CourseDirectory

    from course_utils.grading.engine.batch import Graded
    from course_utils.grading.intake.released import ReleasedLesson
    from course_utils.grading.nbgrader.written_grades import LatePenalty, Saved

WAIT_SECONDS = 30.0
_A_MOMENT = 0.5


class GradebookError(RuntimeError):
    """The gradebook cannot be used; the message names it and says what to do."""


class LockedError(GradebookError):
    """Another program has the gradebook locked."""


class UnknownStudentError(GradebookError):
    """A student is not on the roster, and is not to be put there."""


@dataclass(slots=True)
class Row:
    """What the gradebook has for one student's submission.

    Attributes:
        scores: what grading gave each graded cell.
        waiting: the cells that wait for a person.
        points: the score so far, by grading and by hand, before a penalty for being late.
    """

    scores: dict[str, float | None] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    points: float = 0.0


class Book:
    """The gradebook of a course, for one lesson, as a context."""

    def __init__(
        self,
        course: CourseDirectory,
        lesson: str,
        late_penalty: LatePenalty,
        *,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        """Open the gradebook.

        Args:
            course: the course.
            lesson: the lesson's name.
            late_penalty: what being late costs.
            wait_seconds: how long a lock of another program is waited for.

        Raises:
            GradebookError: if it cannot be opened.
        """
        self.lesson, self._wait, self._late_penalty = lesson, wait_seconds, late_penalty
        self._names: dict[str, str] = {}
        url = make_url(course.db_url)
        self._sqlite = url.get_backend_name() == "sqlite"
        self.place = url.database if self._sqlite else url.render_as_string(hide_password=True)
        if self._sqlite:
            url = url.update_query_dict({"timeout": str(wait_seconds)})
        with self._in_words():
            self._book = Gradebook(url.render_as_string(hide_password=False), course.course_id)

    def __enter__(self) -> Self:
        """Return this gradebook."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the session."""
        self._book.close()

    def roster(self) -> list[str]:
        """Return the ids of all students."""
        with self._in_words():
            return [name for (name,) in self._book.db.query(Student.id).order_by(Student.id)]

    def released(self) -> Notebook:
        """Return what the gradebook knows of the lesson's notebook.

        Raises:
            MissingEntry: if the lesson was never released.
        """
        with self._in_words():
            notebook = self._book.find_notebook(self.lesson, self.lesson)
            parts = (notebook.grade_cells, notebook.solution_cells, notebook.task_cells)
            self._names = {cell.id: cell.name for part in parts for cell in part}
            return notebook

    def rows(self) -> dict[str, Row]:
        """Return what there is for each submission, by student."""
        found: dict[str, Row] = {}
        given = (Grade.auto_score, Grade.manual_score, Grade.extra_credit)
        with self._in_words():
            assignment = self._book.find_assignment(self.lesson)
            query = (
                self._book.db.query(
                    SubmittedAssignment.student_id, BaseCell.name, Grade.needs_manual_grade, *given
                )
                .select_from(Grade)
                .join(BaseCell, Grade.cell_id == BaseCell.id)
                .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
                .join(
                    SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id
                )
                .filter(SubmittedAssignment.assignment_id == assignment.id)
            )
            for student, name, waits, auto, manual, extra in query:
                row = found.setdefault(student, Row())
                row.scores[name] = auto
                row.points += points_of(auto, manual, extra)
                row.waiting += [name] if waits else []
        return found

    @contextmanager
    def saving(
        self, graded: Graded, lesson: ReleasedLesson, *, create: bool = True, changed: bool = True
    ) -> Iterator[Saved]:
        """Write what came of one submission; it counts when the block ends well.

        Args:
            graded: the submission, graded.
            lesson: the lesson as it was released.
            create: whether a student who is not on the roster is put there.
            changed: whether it is other work than a person has seen.

        Yields:
            What the gradebook has of it then.

        Raises:
            LockedError: if another program keeps the gradebook locked.
            UnknownStudentError: if the student is not on the roster and `create` is false.
            GradebookError: if it cannot be written.
        """
        student = graded.record.student
        with self._in_words():
            submission = self._submission(student, create=create)
            moment = graded.submission.handed_in_at
            if submission.timestamp != moment:
                submission.timestamp = moment
            notebook = next(one for one in submission.notebooks if one.name == self.lesson)
            saved = write_grades(notebook, self._names, graded, lesson, changed=changed)
            write_comments(notebook, self._names, graded.notebook.cells)
            write_penalty(submission, notebook, self._late_penalty)
            self._book.db.flush()
            yield saved
            self._book.db.commit()

    def late_again(self, students: Collection[str]) -> None:
        """Take off of graded work what being late costs by the rule and the dates of now."""
        with self._in_words():
            if self._book.find_assignment(self.lesson).duedate is None:
                return
            for submission in self._book.assignment_submissions(self.lesson):
                if submission.student_id in students:
                    for notebook in submission.notebooks:
                        write_penalty(submission, notebook, self._late_penalty)
            self._book.db.commit()

    def wait(self, *, in_full: bool) -> None:
        """Say how long a lock is waited for from now on: in full, or only a moment."""
        if self._sqlite:
            seconds = self._wait if in_full else min(_A_MOMENT, self._wait)
            self._book.db.execute(text(f"PRAGMA busy_timeout = {int(1000 * seconds)}"))

    def _submission(self, student: str, *, create: bool) -> SubmittedAssignment:
        """Return a student's row, which is made if there is none.

        nbgrader's own way commits twice, and makes an error of its own of a locked database.
        """
        db = self._book.db
        known = db.get(Student, student)
        if known is None and not create:
            raise UnknownStudentError(f"No student with ID '{student}' exists in the database.")
        assignment = self._book.find_assignment(self.lesson)
        with db.no_autoflush:
            found = None
            if known is None:
                known = Student(id=student)
                db.add(known)
            else:
                query = db.query(SubmittedAssignment)
                found = query.filter_by(assignment_id=assignment.id, student_id=student).first()
            if found is None:
                found = new_submission(assignment, known)
                db.add(found)
        return found

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Take back what was not committed when anything fails, and say it in words."""
        try:
            yield
        except BaseException as error:
            if hasattr(self, "_book"):
                self._book.db.rollback()
            if isinstance(error, DBAPIError):
                raise self._told(error) from error
            raise

    def _told(self, error: DBAPIError) -> GradebookError:
        told = (str(error.orig or error).strip().splitlines() or [""])[0]
        if self._sqlite and "locked" in told:
            return LockedError(
                f"The gradebook {self.place} is locked, and was for {self._wait:g} seconds. "
                "Formgrader, another run of grading, or a program that shows the file may have it "
                "open. Close that program and grade again. What is finished is kept."
            )
        return GradebookError(f"The gradebook {self.place} cannot be used: {told}.")
