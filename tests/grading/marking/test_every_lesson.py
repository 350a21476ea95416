"""Every lesson's own solutions, and the answers kept for it, are marked as what they are."""

from collections.abc import Iterator

import pytest

from course_utils.grading.jail.jail import Jail
from course_utils.grading.marking.audit import audit
from course_utils.grading.marking.canaries import Canaries
from course_utils.grading.marking.exercises import Marking, mark_exercises
from course_utils.grading.marking.needs import units
from tests.support.lesson import NOTEBOOKS, Lesson
from tests.support.released_lesson import released, written

LESSONS = [Lesson(path) for path in NOTEBOOKS]


@pytest.fixture(scope="module")
def marking() -> Iterator[Marking]:
    # Plain processes: what the jail forbids is tested where the jail is.
    with Jail(sandbox=False) as jail:
        yield Marking(jail, apart=lambda *_: None, canaries=Canaries())


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_the_lessons_own_solutions_have_all_points_and_no_flag(lesson: Lesson, marking: Marking):
    marks, flags = mark_exercises(released(lesson), written(lesson), marking, {})
    assert [mark for mark in marks if mark.points != mark.maximum] == []
    assert flags == ()
    assert len(marks) >= len(lesson.exercises)
    assert all(" passed: " in mark.words for mark in marks), marks


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_right_answers_written_differently_have_them_too(lesson: Lesson, marking: Marking):
    answers = {a.exercise: a.code for a in lesson.answers() if not a.says}
    marks, flags = mark_exercises(released(lesson), written(lesson, answers), marking, {})
    assert [mark for mark in marks if mark.points != mark.maximum] == []
    assert flags == ()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_wrong_answer_has_none_and_the_words_that_say_why(lesson: Lesson, marking: Marking):
    # Each is run where the lessons are tested; here one tells that grading says the same.
    answer = next(a for a in reversed(lesson.answers()) if a.says)
    notebook = written(lesson, {answer.exercise: answer.code})
    marks, flags = mark_exercises(released(lesson, answer.exercise), notebook, marking, {})
    refused = [mark.words for mark in marks if not mark.points]
    assert any(answer.says in words for words in refused), (answer.name, marks)
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
