"""The class that benchmarks/grading.py has graded: four kinds of answers to lesson 01 in turn.

Each student's answers carry the student's name, so that no two submissions are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_utils.quiz.bank import load_bank
from tests.hostile.stock import CONFIG
from tests.support.course import ROOT, Course, make_course
from tests.support.lesson import Lesson
from tests.support.submissions import hand_in, right_answer, solutions, tried, wrong_answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from course_utils.quiz.attempts import AttemptEvent

LESSON = "01_interrupt_before"
WRONG = {
    "supervise": "stops-after-the-booking",
    "pending": "first-call-only",
    "reject": "only-prints",
}
HALF_RIGHT = {"reject": "as-no-node-in-particular"}
FIRST_HALF, SECOND_HALF = "a", "b"


def source() -> Path:
    """Return the lesson's notebook, as its author wrote it."""
    return ROOT / "notebooks" / LESSON / f"{LESSON}.ipynb"


def make_class(folder: Path, count: int, *, stock: bool) -> Course:
    """Make a course in an empty folder, release its lesson, and hand in for every student.

    Args:
        folder: where the course is made.
        count: how many students there are.
        stock: whether nbgrader_config.py is a plain one, with the folders' names alone.
    """
    bank = ROOT / "quizzes" / f"{LESSON}.yaml"
    course = make_course(folder, LESSON, source().read_text(), bank.read_text())
    if stock:
        (folder / "nbgrader_config.py").write_text(CONFIG)
    course.release()
    kinds = _kinds(course)
    for number, student in enumerate(students(count)):
        answers, events = kinds[number % len(kinds)]
        signed = {name: f"{code}\n# {student}" for name, code in answers.items()}
        hand_in(course, student, signed, events)
    return course


def students(count: int) -> list[str]:
    """Return the students' ids; those of the first half begin with one letter, the others not."""
    halves = (FIRST_HALF if number < count / 2 else SECOND_HALF for number in range(count))
    return [f"{half}{number:04}" for number, half in enumerate(halves)]


def _kinds(course: Course) -> list[tuple[Mapping[str, str], list[AttemptEvent] | None]]:
    """Return what is handed in by who has all right, half of it, nothing, and all wrong."""
    kept = {(a.exercise, a.name): a.code for a in Lesson(source()).answers()}
    questions = [question for question in load_bank(course.bank).questions if question.points]
    right = solutions(course)
    good: list[AttemptEvent] = [tried(question, right_answer(question)) for question in questions]
    bad: list[AttemptEvent] = [tried(question, wrong_answer(question)) for question in questions]
    half = {**right, **{cell: kept[cell, name] for cell, name in HALF_RIGHT.items()}}
    wrong = {cell: kept[cell, name] for cell, name in WRONG.items()}
    return [(right, good), (half, [*bad, *good]), ({}, None), (wrong, bad)]
