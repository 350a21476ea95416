"""Kept answers, marked by a process that runs none of them."""

import pytest

from course_utils.grading.jail.jail import Jail
from course_utils.grading.marking.apart import by_answer, mark_apart
from tests.support.lesson import NOTEBOOKS, Answer, Lesson
from tests.support.units import TOGETHER, units_of

WRONG = 3
EXERCISES = [
    (lesson, exercise)
    for lesson in map(Lesson, NOTEBOOKS)
    for exercise in lesson.exercises
    if (lesson.name, exercise) not in TOGETHER
]


def name(value: object) -> str:
    return value.name[:2] if isinstance(value, Lesson) else str(value)


def test_most_exercises_are_marked_apart():
    assert len(EXERCISES) == 26, [exercise for _, exercise in EXERCISES]


@pytest.mark.parametrize(("lesson", "exercise"), EXERCISES, ids=name)
def test_a_right_answer_passes_apart_and_a_wrong_one_does_not(
    plain: Jail, lesson: Lesson, exercise: str
):
    reference = Answer(exercise, "the reference", lesson.reference(exercise))
    kept = [answer for answer in lesson.answers() if answer.exercise == exercise]
    right, wrong = [a for a in kept if not a.says], [a for a in kept if a.says]
    # In one process all of them are tried, by the test of the lessons; three for each here.
    answers = [reference, *right, *wrong[:WRONG]]
    for answer in answers:
        units = units_of(lesson, exercise, answer.code)
        told = [
            mark_apart(plain, tests).get(unit.test) for tests in by_answer(units) for unit in tests
        ]
        assert told, f"{exercise} has no test"
        passed = all(verdict is not None and verdict.passed for verdict in told)
        assert passed == (not answer.says), f"{answer.name}: {told}"
