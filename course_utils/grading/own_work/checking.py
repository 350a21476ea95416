"""A learner's folder of one lesson, from its files to what grading says of them.

The reading, the scoring, the jail and the marks are those of an instructor's run.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from course_utils.grading.engine.batch import Batch, plan
from course_utils.grading.engine.local import LocalExecutor, made_meanwhile, processors
from course_utils.grading.engine.run import grade
from course_utils.grading.intake.class_list import Entry
from course_utils.grading.intake.found_attempts import MISSING
from course_utils.grading.intake.restore import worked_on
from course_utils.grading.jail.task import JailError
from course_utils.grading.marking.submissions import read_submission
from course_utils.grading.own_work.errors import CheckError
from course_utils.grading.release import QUIZ_PREFIX, lesson_bank
from course_utils.quiz.attempts import ATTEMPTS_FILE, parse_attempts
from course_utils.quiz.released import (
    QUESTIONS_FILE,
    QuestionsFileError,
    read_released,
    released_questions,
)
from course_utils.quiz.scoring import standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future
    from pathlib import Path
    from typing import Self

    from course_utils.grading.engine.batch import Graded
    from course_utils.grading.engine.job import Job, Marked
    from course_utils.grading.engine.steps import Heard
    from course_utils.grading.intake.released import ReleasedCell, ReleasedLesson
    from course_utils.grading.marking.submissions import Submission
    from course_utils.quiz.bank import Bank
    from course_utils.settings import Feedback

_YOU = "you"
_NO_ANSWER = "You have not answered a question of this quiz yet."


@dataclass(frozen=True, slots=True)
class OwnLesson:
    """A learner's work on one lesson, read and its quiz scored; none of its code has run.

    Attributes:
        lesson: the lesson, with its hidden tests.
        bank: the questions that are scored here; None where there are none.
        deferred: whether there is a quiz that only an instructor may score.
        submission: what lies in the learner's folder.
    """

    lesson: ReleasedLesson
    bank: Bank | None
    deferred: bool
    submission: Submission

    @property
    def begun(self) -> bool:
        """Whether the learner wrote an answer, or did anything in the quiz."""
        mine = self.submission
        wrote = mine.restored is not None and worked_on(self.lesson, mine.restored)
        return bool(wrote or mine.files.get(ATTEMPTS_FILE) or mine.flags)

    @property
    def scored(self) -> tuple[ReleasedCell, ...]:
        """The cells that can earn points here."""
        return tuple(
            cell
            for cell in self.lesson.cells
            if cell.points and not (self.deferred and cell.name.startswith(QUIZ_PREFIX))
        )

    @property
    def still_open(self) -> frozenset[str]:
        """The ids of questions whose right answer is not to be shown: they have tries left."""
        if self.bank is None:
            return frozenset()
        events = parse_attempts(self.submission.files.get(ATTEMPTS_FILE, b"")).events
        return frozenset(
            question.id
            for question in self.bank.questions
            if not question.withdrawn and not standing(question, self.bank.policy, events).closed
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """What grading says of a learner's work on one lesson."""

    own: OwnLesson
    graded: Graded


def read_own(folder: Path, source: Path, quizzes: Path) -> OwnLesson:
    """Read a learner's work on a lesson; nothing is changed.

    Args:
        folder: the learner's folder of the lesson.
        source: the notebook that the lesson's author wrote.
        quizzes: the folder of question banks.

    Raises:
        CheckError: if the course's own notebook cannot be read.
        BankError: if the bank has a mistake in it.
    """
    # Imported here: the jail starts while nbgrader is imported, which takes a second.
    from course_utils.grading.own_work.from_source import lesson_from_source  # noqa: PLC0415

    try:
        lesson = lesson_from_source(source)
    except (OSError, ValueError, RuntimeError) as error:
        raise CheckError(
            f"{source} cannot be read: {type(error).__name__}. Put the course's own file back."
        ) from error
    bank = lesson_bank(lesson.name, quizzes)
    deferred = bank is not None and _mode(folder) == "deferred"
    if deferred:
        bank = None
    # A link in the place of the folder is the learner's own affair.
    entry = Entry(_YOU, places=(folder.resolve(),))
    submission = read_submission(entry, bank, "practice" if bank else None, lesson)
    return OwnLesson(lesson, bank, deferred, _for_the_learner(submission))


class Checking:
    """Marks a learner's work on lessons, as a context.

    Where there is no jail, the learner's own code runs as it does in their notebook.

    Attributes:
        unjailed: why there is no jail, in a sentence; empty where there is one.
    """

    def __init__(self, *, sandbox: bool = True) -> None:
        """Have the jail made, meanwhile.

        Args:
            sandbox: False makes no jail.
        """
        self._sandbox, self.unjailed = sandbox, ""
        self._lessons = ThreadPoolExecutor(processors(), thread_name_prefix="lesson")
        self._making = made_meanwhile(self._make)
        self._made = self._making.__enter__()

    def _make(self) -> LocalExecutor:
        if self._sandbox:
            try:
                return LocalExecutor(one_learner=True)
            except JailError:
                self.unjailed = "This machine has no jail, so your code ran as in your notebook."
        else:
            self.unjailed = "HITL_SANDBOX is off, so your code ran as in your notebook."
        return LocalExecutor(sandbox=False, one_learner=True)

    def check(self, own: OwnLesson, heard: Heard = lambda _: None) -> Checked:
        """Mark one lesson.

        Args:
            own: the learner's work on it.
            heard: is told how far it is, by any thread.

        Raises:
            JailError: if the learner's code cannot be run at all.
        """
        executor = _Telling(self._made(), heard)
        mode: Feedback | None = "practice" if own.bank else None
        files = {QUESTIONS_FILE: released_questions(own.bank, "practice")} if own.bank else {}
        batch = Batch(own.lesson, own.bank, mode, [own.submission], files=files)
        [graded] = grade(batch, plan(batch, jailed=executor.jailed), executor)
        return Checked(own, graded)

    def check_all(self, lessons: Iterable[OwnLesson]) -> Iterator[Checked]:
        """Mark several lessons, as many at a time as there are processors, and yield in order.

        Raises:
            JailError: if the learner's code cannot be run at all.
        """
        begun = [self._lessons.submit(self.check, own) for own in lessons]
        for one in begun:
            yield one.result()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End whatever still runs."""
        self._lessons.shutdown(wait=False, cancel_futures=True)
        self._making.__exit__(None, None, None)
        self._lessons.shutdown()


class _Telling:
    """Does jobs, and tells how far each is."""

    def __init__(self, executor: LocalExecutor, heard: Heard) -> None:
        self.jailed, self.slots = executor.jailed, executor.slots
        self._executor, self._heard = executor, heard

    def submit(self, job: Job) -> Future[Marked]:
        return self._executor.submit(job, self._heard)


def _mode(folder: Path) -> Feedback:
    try:
        return read_released(folder / QUESTIONS_FILE).mode
    except QuestionsFileError:
        return "practice"


def _for_the_learner(submission: Submission) -> Submission:
    """Leave out what is for an instructor: whom to ask for a file, and that none was handed in."""
    if submission.restored is None:
        flags = [
            flag.model_copy(update={"why": first_sentence(flag.why)}) for flag in submission.flags
        ]
        submission = replace(submission, flags=tuple(flags))
    quiz = submission.quiz
    if quiz is None or quiz.note != MISSING:
        return submission
    notes = tuple(_NO_ANSWER if note == MISSING else note for note in submission.notes)
    return replace(submission, quiz=replace(quiz, note=""), notes=notes)


def first_sentence(words: str) -> str:
    """Return what a flag says; what follows tells an instructor what to do."""
    first, end, _ = words.partition(". ")
    return first + "." * bool(end)
