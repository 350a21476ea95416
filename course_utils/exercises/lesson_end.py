"""Where a learner is at the end of a lesson: what has passed, what is undone, what comes next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import shorten
from typing import TYPE_CHECKING
from urllib.parse import quote

from course_utils.exercises.kept import PROGRESS_FILE, passed_in, read_kept
from course_utils.exercises.outline import Outline, notebook_in, outline_of
from course_utils.exercises.standing import passed_after_solution, passed_in_words
from course_utils.places import notebooks
from course_utils.quiz.attempts import (
    ATTEMPTS_FILE,
    AttemptsError,
    AttemptsMissingError,
    read_attempts,
)
from course_utils.quiz.bank import BankError
from course_utils.quiz.released import QUESTIONS_FILE, QuestionsFileError
from course_utils.quiz.result import quiz_result
from course_utils.quiz.sources import UnknownQuestionError, find_quiz

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from course_utils.exercises.outline import Task
    from course_utils.quiz.attempts import AttemptEvent
    from course_utils.quiz.released import ReleasedQuiz
    from course_utils.quiz.result import QuizResult

# Characters of a question that name it.
_LONGEST = 70


@dataclass(frozen=True, slots=True)
class Undone:
    """What is still to be done: its name, why it is undone, and a link to its cell, or none."""

    name: str
    why: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class LessonEnd:
    """A lesson's end.

    Attributes:
        exercises: how many have passed, in words; empty for a lesson without any.
        quiz: what the quiz has earned, in words; empty for a lesson without a quiz.
        undone: what is undone, in the order of the lesson.
        following: the name of the next lesson; empty after the last.
        link: where the next lesson is, seen from this one; empty where it is not there.
        is_known: whether exercises and quiz could be counted.
    """

    exercises: str
    quiz: str
    undone: tuple[Undone, ...]
    following: str
    link: str
    is_known: bool

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do; of what cannot be counted nobody knows."""
        return self.is_known and not self.undone


def lesson_end(folder: Path) -> LessonEnd:
    """Gather where a learner is with the lesson in a folder.

    Whatever of it cannot be read is told in place of the number.

    Args:
        folder: the folder that the notebook's kernel works in.
    """
    outline = outline_of(notebook_in(folder))
    exercises, left = _exercises(outline, folder)
    # A learner may have given the notebook another name: the questions know their lesson.
    lesson = outline.notebook.stem if outline.notebook else folder.name
    account = ""
    unanswered: tuple[Undone, ...] = ()
    is_known = outline.notebook is not None
    try:
        quiz = find_quiz(lesson, folder)
        if quiz:
            lesson = quiz.lesson
            account, unanswered = _quiz(outline, quiz_result(quiz, _events(folder)), quiz)
    except (UnknownQuestionError, BankError, QuestionsFileError, AttemptsError) as error:
        account, is_known = f"It cannot be counted. {error}", False
    following, link = _following(lesson, folder)
    return LessonEnd(exercises, account, (*left, *unanswered), following, link, is_known)


def _exercises(outline: Outline, folder: Path) -> tuple[str, tuple[Undone, ...]]:
    if outline.notebook is None:
        return "The notebook cannot be read, so its exercises are not counted.", ()
    events = read_kept(folder / PROGRESS_FILE)
    passed = passed_in(folder / PROGRESS_FILE, events)
    after = passed_after_solution(outline.parts, events)
    left = []
    for number, task in outline.tasks.items():
        missing = [part for part in task.parts if (number, part) not in passed]
        if missing:
            left.append(Undone(task.name, _not_passed(task, missing), outline.link(task.cell)))
    total = len(outline.tasks)
    words = passed_in_words(total - len(left), total, after) if total else ""
    return words, tuple(left)


def _not_passed(task: Task, missing: list[int]) -> str:
    if missing == task.parts:
        return "not passed"
    return f"part {' and part '.join(map(str, missing))} not passed"


def _quiz(
    outline: Outline, result: QuizResult, quiz: ReleasedQuiz
) -> tuple[str, tuple[Undone, ...]]:
    scored = [face.key for face in quiz.questions if face.points > 0]
    return result.account, tuple(
        Undone(
            f"Question {scored.index(entry.face.key) + 1}: {_short(entry.face.prompt)}",
            entry.why,
            outline.link(outline.questions.get(entry.face.key, "")),
        )
        for entry in result.open
    )


def _events(folder: Path) -> tuple[AttemptEvent, ...]:
    try:
        return read_attempts(folder / ATTEMPTS_FILE).events
    except AttemptsMissingError:
        return ()


def _short(prompt: str) -> str:
    return shorten(prompt.replace("`", ""), _LONGEST, placeholder=" ...")


def _following(lesson: str, folder: Path) -> tuple[str, str]:
    """Return the next lesson's name and link.

    A learner may have been given this lesson alone: then it is named. Where a lesson runs from
    source, or on a copy of that, the link is always the same.
    """
    is_released = (folder / QUESTIONS_FILE).exists()
    beside = set(_lessons(folder.parent)) if is_released else set()
    known = set(_lessons(notebooks()))
    # Of a lesson of the course, what follows is the course's: a workspace may hold former numbers.
    names = sorted(known if lesson in known else beside | known)
    following = next((name for name in names if name > lesson), "")
    if not following or (is_released and following not in beside):
        return following, ""
    return following, f"../{quote(following)}/{quote(following)}.ipynb"


def _lessons(folder: Path) -> Iterator[str]:
    for path in folder.glob("*/*.ipynb"):
        if path.stem == path.parent.name and re.match(r"\d\d_", path.stem):
            yield path.stem
