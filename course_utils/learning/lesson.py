"""Where a learner is with one lesson, from the files in its folder; no kernel is asked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from course_utils.exercises.kept import PROGRESS_FILE, Passed, SolutionShown, kept_lines_of
from course_utils.exercises.outline import notebook_in, outline_of
from course_utils.exercises.standing import passed_after_solution
from course_utils.quiz.attempts import (
    ATTEMPTS_FILE,
    Attempts,
    AttemptsError,
    AttemptsMissingError,
    read_attempts,
)
from course_utils.quiz.bank import BankError
from course_utils.quiz.kept_lines import KeptLinesError
from course_utils.quiz.released import QuestionsFileError
from course_utils.quiz.result import Points, QuizResult, quiz_result
from course_utils.quiz.scoring import WRONG
from course_utils.quiz.sources import UnknownQuestionError, find_quiz
from course_utils.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction
    from pathlib import Path

    from course_utils.exercises.kept import ExerciseEvent
    from course_utils.exercises.outline import Outline
    from course_utils.quiz.released import ReleasedQuiz

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a lesson: the heading it stands under, and where it is in the workspace.

    Attributes:
        heading: as it is written, with its backticks.
        path: the notebook, seen from the workspace.
        cell: the id of the cell; empty for the notebook's beginning.
    """

    heading: str
    path: str
    cell: str = ""

    @property
    def link(self) -> str:
        """The same as a link from the workspace, which JupyterLab follows to the cell."""
        return quote(self.path) + (f"#cell-id={quote(self.cell)}" if self.cell else "")


@dataclass(frozen=True, slots=True)
class WeakSection:
    """A section whose questions lost points, and how many."""

    place: Place
    lost: Fraction


@dataclass(frozen=True, slots=True)
class LessonProgress:
    """Where a learner is with a lesson.

    Attributes:
        name: the lesson, as the course has it now.
        start: the notebook; its heading is the lesson's title.
        minutes: how long the lesson takes; 0 if it does not say.
        exercises: how many there are.
        passed: how many of them have passed.
        after_solution: how many of these passed after their worked solution was shown.
        questions: how many questions are scored.
        answered: how many of them are closed; deferred, how many have an answer.
        points: what the quiz has earned; without a key, nothing of nothing.
        undone: what is undone, in the order of the notebook.
        weak: the sections that lost points.
        times: when something was tried or passed, in no order.
        last_time: the last of them; long ago if there is none.
        problems: a sentence for each file that could not be read, or not whole.
        is_known: whether the notebook and its questions could be read.
    """

    name: str
    start: Place
    minutes: int = 0
    exercises: int = 0
    passed: int = 0
    after_solution: int = 0
    questions: int = 0
    answered: int = 0
    points: Points = field(default_factory=Points)
    undone: tuple[Place, ...] = ()
    weak: tuple[WeakSection, ...] = ()
    times: tuple[datetime, ...] = ()
    last_time: datetime = _LONG_AGO
    problems: tuple[str, ...] = ()
    is_known: bool = True

    @property
    def is_begun(self) -> bool:
        """Whether something was tried or passed."""
        return bool(self.times)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do; of a lesson that cannot be read nobody knows."""
        return self.is_known and not self.undone and self.exercises + self.questions > 0

    @property
    def minutes_left(self) -> int:
        """The share of the minutes that is undone; one at least while anything is."""
        if self.is_done:
            return 0
        tasks = self.exercises + self.questions
        share = len(self.undone) / tasks if tasks else 1
        return max(round(self.minutes * share), min(self.minutes, 1))


def lesson_progress(folder: Path, name: str) -> LessonProgress:
    """Tell where a learner is with the lesson in a folder.

    Args:
        folder: the lesson's folder in the workspace.
        name: the lesson, as the course has it now.
    """
    outline = outline_of(notebook_in(folder))
    problems: list[str] = []
    if outline.notebook is None:
        problems.append(f"{folder}: the lesson's notebook is missing or cannot be read.")
    events = _kept(folder / PROGRESS_FILE, problems)
    attempts = _attempts(folder / ATTEMPTS_FILE, problems)
    quiz = _quiz(folder, outline, problems)
    result = quiz_result(quiz, attempts.events) if quiz else QuizResult("", ())
    place = _places(folder, outline, name)
    have_passed = {(each.exercise, each.part) for each in events if isinstance(each, Passed)}
    tasks = {
        number: outline.heading_cell(task.cell)
        for number, task in outline.tasks.items()
        if any((number, part) not in have_passed for part in task.parts)
    }
    open_cells = [outline.questions.get(entry.face.key, "") for entry in result.open]
    questions = [face for face in quiz.questions if face.points > 0] if quiz else []
    times = tuple(each.time for each in (*_tries(events), *attempts.events))
    return LessonProgress(
        name=name,
        start=place(""),
        minutes=outline.minutes,
        exercises=len(outline.tasks),
        passed=len(outline.tasks) - len(tasks),
        after_solution=passed_after_solution(outline.parts, events),
        questions=len(questions),
        answered=len(questions) - len(result.open),
        points=result.points or Points(),
        undone=tuple(map(place, _in_order(outline, [*tasks.values(), *open_cells]))),
        weak=_weak(outline, place, result.lost),
        times=times,
        last_time=max(times, default=_LONG_AGO),
        problems=tuple(problems),
        is_known=outline.notebook is not None and not (outline.questions and quiz is None),
    )


def _kept(path: Path, problems: list[str]) -> tuple[ExerciseEvent, ...]:
    try:
        found, skipped = kept_lines_of(path)
    except KeptLinesError as error:
        problems.append(f"{error}.")
        return ()
    problems += _told_skipped(path, skipped)
    return found


def _tries(events: tuple[ExerciseEvent, ...]) -> list[ExerciseEvent]:
    """Leave out what is no work: reading a solution."""
    return [event for event in events if not isinstance(event, SolutionShown)]


def _attempts(path: Path, problems: list[str]) -> Attempts:
    try:
        found = read_attempts(path)
    except AttemptsMissingError:
        return Attempts()
    except AttemptsError as error:
        problems.append(str(error))
        return Attempts()
    problems += _told_skipped(path, found.skipped)
    return found


def _told_skipped(path: Path, lines: int) -> list[str]:
    counted = "1 line" if lines == 1 else f"{lines} lines"
    return [f"{path}: {counted} cannot be read. The rest counts."] if lines else []


def _quiz(folder: Path, outline: Outline, problems: list[str]) -> ReleasedQuiz | None:
    lesson = outline.notebook.stem if outline.notebook else folder.name
    try:
        return find_quiz(lesson, folder)
    except UnknownQuestionError:
        if outline.questions:
            problems.append(f"{folder}: the questions are missing. `hitl lab` puts them back.")
    except (QuestionsFileError, BankError, SettingsError) as error:
        problems.append(str(error))
    return None


def _places(folder: Path, outline: Outline, name: str) -> Callable[[str], Place]:
    notebook = outline.notebook.name if outline.notebook else f"{folder.name}.ipynb"
    path = f"{folder.name}/{notebook}"
    title = outline.title or name

    def place(cell: str) -> Place:
        known = cell if cell in outline.headings else ""
        return Place(outline.headings.get(known) or title, path, known)

    return place


def _weak(
    outline: Outline, place: Callable[[str], Place], lost: dict[str, Fraction]
) -> tuple[WeakSection, ...]:
    """Sum up what was lost by headings: a section of the bank is one cell below a heading."""
    by_cell: dict[str, Fraction] = defaultdict(lambda: WRONG)
    for section, points in lost.items():
        by_cell[outline.heading_cell(section)] += points
    return tuple(WeakSection(place(cell), points) for cell, points in by_cell.items())


def _in_order(outline: Outline, cells: list[str]) -> list[str]:
    """Sort cells as the notebook has them; those that are not known come last."""
    places = {cell: place for place, cell in enumerate(outline.headings)}
    return sorted(cells, key=lambda cell: places.get(cell, len(places)))
