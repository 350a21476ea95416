"""One run over a lesson: from the folders of a course to its gradebook, whoever asked for it.

`nbgrader autograde`, Formgrader and `hitl grade` all come here.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.api import MissingEntry

from course_utils.grading.engine.batch import Batch, plan
from course_utils.grading.engine.local import LocalExecutor
from course_utils.grading.engine.run import grade
from course_utils.grading.intake.class_list import find_strays, find_students
from course_utils.grading.jail.limits import Limits
from course_utils.grading.marking.quiz_scores import GradingError, released_mode
from course_utils.grading.marking.submissions import read_submission
from course_utils.grading.nbgrader.gradebook import (
    WAIT_SECONDS,
    Book,
    GradebookError,
    LockedError,
)
from course_utils.grading.nbgrader.graded_folder import forget, read_record, write_graded
from course_utils.grading.nbgrader.released_lesson import released_lesson
from course_utils.grading.nbgrader.written_grades import same_points
from course_utils.grading.release import lesson_bank
from course_utils.grading.reports.problems import (
    PROBLEMS,
    Standing,
    record_problems,
    standing_of,
)
from course_utils.quiz.released import QUESTIONS_FILE
from course_utils.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from typing import Self

    from nbgrader.coursedir import CourseDirectory

    from course_utils.grading.engine.batch import Graded
    from course_utils.grading.engine.job import Executor
    from course_utils.grading.intake.class_list import Entry
    from course_utils.grading.intake.released import ReleasedLesson
    from course_utils.grading.marking.record import Record, Status
    from course_utils.grading.marking.submissions import Submission
    from course_utils.grading.nbgrader.gradebook import Row
    from course_utils.grading.nbgrader.written_grades import LatePenalty
    from course_utils.quiz.bank import Bank
    from course_utils.settings import Feedback

_GONE = "The folder of this submission is gone. The grade that it had stands."


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of a run.

    Attributes:
        students: a pattern for the students' ids.
        excluded: ids that are left out.
        jobs: how many submissions are marked at a time; as many as there are processors by default.
        force: whether what is finished is graded again.
        create: whether a student who is not on the roster is put there.
        sandbox: whether the students' code runs in the jail.
        permissions: of the files that are written, as of `chmod`.
        wait_seconds: how long a lock on the gradebook is waited for.
        limits: what one submission's code may use.
    """

    students: str = "*"
    excluded: frozenset[str] = frozenset()
    jobs: int | None = None
    force: bool = False
    create: bool = True
    sandbox: bool = True
    permissions: int = 0o444
    wait_seconds: float = WAIT_SECONDS
    limits: Limits = field(default_factory=Limits)


class LessonRun:
    """A run over a lesson, as a context; iterating grades what is not finished.

    Attributes:
        standings: where each student of the list is, by id; complete when all is graded.
        strays: what lies beside the students' folders and is nobody's, in sentences.
        unsaved: why a grade could not be written, by the student's id.
        problems: the file that names whom to look at.
    """

    def __init__(
        self,
        course: CourseDirectory,
        lesson: str,
        options: Options,
        late_penalty: LatePenalty,
        executor: Callable[[], AbstractContextManager[Executor]] | None = None,
    ) -> None:
        """Say what is to be done.

        Args:
            course: the course.
            lesson: the lesson's name.
            options: what is asked for.
            late_penalty: what being late costs.
            executor: makes the place where submissions are marked; by default it is here.
        """
        self.lesson, self.options = lesson, options
        self.standings: dict[str, Standing] = {}
        self.strays: list[str] = []
        self.unsaved: dict[str, str] = {}
        self._course, self._late_penalty = course, late_penalty
        self._make = executor or (lambda: LocalExecutor(options.jobs, sandbox=options.sandbox))
        self._submitted = Path(course.format_path(course.submitted_directory, ".", "."))
        self.problems = self._submitted.parent / PROBLEMS

    def __enter__(self) -> Self:
        """Read everything, and score every quiz.

        Raises:
            GradingError: if the lesson cannot be graded as it is; nothing has been changed.
            GradebookError: if the gradebook cannot be used.
            ExecutorError: if the cluster that is to mark is not there.
            JailError: if there is no jail here.
            BankError: if the bank has a mistake in it.
            QuestionsFileError: if the released questions are damaged.
        """
        with ExitStack() as stack:
            wait = self.options.wait_seconds
            book = Book(self._course, self.lesson, self._late_penalty, wait_seconds=wait)
            self._book = stack.enter_context(book)
            self._batch = self._read()
            self._planned = plan(self._batch, jailed=self.options.sandbox)
            self._take_over_the_finished()
            if self._planned:
                self._executor = stack.enter_context(self._make())
            self._stack = stack.pop_all()
        return self

    @property
    def nobody(self) -> str:
        """What to say where there is no student at all."""
        if self.options.students != "*":
            return f"No student matches {self.options.students!r}: `hitl roster` lists them."
        return f"Nobody handed in {self.lesson}, and nobody is on the roster."

    @property
    def todo(self) -> int:
        """How many submissions are to be graded."""
        return len(self._planned)

    def __iter__(self) -> Iterator[tuple[str, Standing]]:
        """Grade what is not finished, and yield where each student is then."""
        if not self._planned:
            return
        later = []
        for graded in grade(self._batch, self._planned, self._executor):
            try:
                yield self._saved(graded)
            except LockedError:
                # A lock is waited for in full once, and tried again when all else is done.
                later.append(graded)
                self._book.wait(in_full=False)
        self._book.wait(in_full=True)
        for graded in later:
            try:
                yield self._saved(graded)
            except LockedError as error:
                self._book.wait(in_full=False)
                yield self._not_saved(graded, error)

    def __exit__(self, *_: object) -> None:
        """End what still runs, and write down whom to look at."""
        try:
            self._stack.close()
        finally:
            record_problems(self.problems, self.lesson, self.standings)

    def _read(self) -> Batch:
        release = Path(self._course.format_path(self._course.release_directory, ".", self.lesson))
        bank = lesson_bank(self.lesson, settings().quizzes)
        mode = released_mode(bank, release / QUESTIONS_FILE)
        try:
            known = self._book.released()
        except MissingEntry:
            raise GradingError(
                f"No assignment with ID '{self.lesson}' exists in the database. Release the "
                f"lesson first: nbgrader generate_assignment {self.lesson}"
            ) from None
        name = f"{self.lesson}.ipynb"
        authors = Path(self._course.format_path(self._course.source_directory, ".", self.lesson))
        lesson = released_lesson(self.lesson, release / name, known, authors / name)
        self._rows = self._book.rows()
        submissions = self._list(lesson, bank, mode)
        self._before = {one.student: read_record(self._folder(one.student)) for one in submissions}
        still = {
            student: record
            for student, record in self._before.items()
            if record and _agree(record, self._rows.get(student))
        }
        return Batch(
            lesson,
            bank,
            mode,
            submissions,
            still,
            force=self.options.force,
            files={QUESTIONS_FILE: (release / QUESTIONS_FILE).read_bytes()} if bank else {},
            limits=self.options.limits,
        )

    def _list(
        self, lesson: ReleasedLesson, bank: Bank | None, mode: Feedback | None
    ) -> list[Submission]:
        """List every student; return what was handed in and can be graded."""
        roster = self._book.roster()
        self.strays = find_strays(self._submitted, self.lesson, roster, self._rows)
        found = []
        for entry in find_students(self._submitted, self.lesson, roster, self._rows):
            if not self._asked_for(entry.student):
                continue
            submission = read_submission(entry, bank, mode, lesson)
            self.standings[entry.shown] = self._without_a_grade(entry, submission)
            if submission.handed_in and not entry.refused:
                found.append(submission)
        return found

    def _without_a_grade(self, entry: Entry, submission: Submission) -> Standing:
        """Say where a student is before anything is graded."""
        row = self._rows.get(entry.student)
        if submission.handed_in:
            words = " ".join(filter(None, (entry.refused, *entry.notes)))
            return Standing("waits" if entry.refused else "ungraded", words)
        if row is not None and not all(points is None for points in row.scores.values()):
            status: Status = "waits" if row.waiting else "graded"
            return Standing(status, " ".join((_GONE, *submission.notes)))
        return Standing("nothing", " ".join(submission.notes))

    def _asked_for(self, student: str) -> bool:
        options = self.options
        return fnmatchcase(student, options.students) and student not in options.excluded

    def _folder(self, student: str) -> Path:
        course = self._course
        return Path(course.format_path(course.autograded_directory, student, self.lesson))

    def _take_over_the_finished(self) -> None:
        planned = {one.submission.student for one in self._planned}
        students = [one.student for one in self._batch.submissions]
        finished = [student for student in students if student not in planned]
        for student in finished:
            waiting = self._rows[student].waiting
            self.standings[student] = standing_of(self._batch.records[student], waiting)
        self._book.late_again(finished)

    def _saved(self, graded: Graded) -> tuple[str, Standing]:
        student = graded.record.student
        folder, before = self._folder(student), self._before[student]
        changed = before is None or _news(before) != _news(graded.record)
        try:
            with self._book.saving(
                graded,
                self._batch.lesson,
                create=self.options.create,
                changed=changed,
            ) as saved:
                forget(folder)
            graded = _with_notes(graded, saved.notes)
            write_graded(folder, graded, self.options.permissions)
        except LockedError:
            raise
        except (GradebookError, OSError) as error:
            return self._not_saved(graded, error)
        self.standings[student] = standing_of(graded.record, saved.waiting)
        return student, self.standings[student]

    def _not_saved(self, graded: Graded, error: Exception) -> tuple[str, Standing]:
        student = graded.record.student
        self.unsaved[student] = str(error)
        self.standings[student] = Standing("waits", f"The grade could not be written. {error}")
        return student, self.standings[student]


def _news(record: Record) -> tuple[object, ...]:
    """Return what a person has to look at anew when it changes; a corrected test alone is none."""
    return record.handed, record.flags


def _agree(record: Record, row: Row | None) -> bool:
    """Tell whether the gradebook has what a record says."""
    marks = {mark.cell: mark.points for mark in record.marks}
    return row is not None and all(
        same_points(points, marks.get(name)) for name, points in row.scores.items()
    )


def _with_notes(graded: Graded, notes: tuple[str, ...]) -> Graded:
    if not notes:
        return graded
    told = {"notes": (*graded.record.notes, *notes)}
    return replace(graded, record=graded.record.model_copy(update=told))
