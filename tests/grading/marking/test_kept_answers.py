"""Answers that run in one process with their test are marked as what they are."""

from collections.abc import Iterator

import pytest

from course_utils.grading.jail.jail import Jail
from course_utils.grading.marking.audit import audit
from course_utils.grading.marking.canaries import Canaries
from course_utils.grading.marking.exercises import Marking, mark_exercises
from course_utils.grading.marking.needs import units
from tests.support.lesson import NOTEBOOKS, Lesson
from tests.support.released_lesson import released, written
from tests.support.units import TOGETHER

LESSONS = [Lesson(path) for path in NOTEBOOKS]
# The exercises that cannot be marked apart, and one lesson of those that can.
EXERCISES = [
    *(
        (lesson, exercise)
        for lesson in LESSONS
        for exercise in lesson.exercises
        if (lesson.name, exercise) in TOGETHER
    ),
    (next(lesson for lesson in LESSONS if lesson.name == "01_interrupt_before"), ""),
]
together = pytest.mark.parametrize(
    ("lesson", "only"), EXERCISES, ids=lambda one: getattr(one, "name", one)
)


@pytest.fixture(scope="module")
def marking() -> Iterator[Marking]:
    # Plain processes: what the jail forbids is tested where the jail is.
    with Jail(sandbox=False) as jail:
        yield Marking(jail, apart=lambda *_: {}, canaries=Canaries())


@together
def test_the_authors_answer_has_all_points_and_no_flag(lesson: Lesson, only: str, marking: Marking):
    marks, flags = mark_exercises(released(lesson, only), written(lesson), marking, dict)
    assert [mark for mark in marks if mark.points != mark.maximum] == []
    assert flags == ()
    assert marks, f"{only} has no test"
    assert all(" passed: " in mark.words for mark in marks), marks


@together
def test_right_answers_written_differently_have_them_too(
    lesson: Lesson, only: str, marking: Marking
):
    for answer in lesson.answers():
        if answer.exercise.startswith(only) and not answer.says:
            notebook = written(lesson, {answer.exercise: answer.code})
            marks, flags = mark_exercises(released(lesson, only), notebook, marking, dict)
            failed = [mark for mark in marks if mark.points != mark.maximum]
            assert (failed, flags) == ([], ()), answer.name


@together
def test_a_wrong_answer_has_none_and_the_words_that_say_why(
    lesson: Lesson, only: str, marking: Marking
):
    # Each is run where the lessons are tested; here one tells that grading says the same.
    answers = [a for a in lesson.answers() if a.exercise.startswith(only) and a.says]
    notebook = written(lesson, {answers[-1].exercise: answers[-1].code})
    marks, flags = mark_exercises(released(lesson, answers[-1].exercise), notebook, marking, dict)
    refused = [mark.words for mark in marks if not mark.points]
    assert any(answers[-1].says in words for words in refused), (answers[-1].name, marks)
    assert flags == ()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_nothing_is_found_in_any_right_answer(lesson: Lesson):
    found = {}
    for answer in lesson.answers():
        for unit in units(released(lesson), written(lesson, {answer.exercise: answer.code})):
            if not answer.says and answer.exercise in unit.answers:
                found[answer.name, unit.test] = audit(unit)
    for unit in units(released(lesson), written(lesson)):
        found["own solution", unit.test] = audit(unit)
    assert {where: lines for where, lines in found.items() if lines} == {}
    assert len(found) > len(lesson.exercises)
