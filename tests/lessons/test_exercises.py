"""Each exercise tells right from wrong, and says which wrong it is."""

import subprocess

import pytest

from tests.support import forked
from tests.support.lesson import NOTEBOOKS, SOLUTION, Answer, Lesson

LESSONS = [Lesson(path) for path in NOTEBOOKS]
EXERCISES = [(lesson, exercise) for lesson in LESSONS for exercise in lesson.exercises]
ANSWERS = [(lesson, answer) for lesson in LESSONS for answer in lesson.answers()]


@pytest.fixture(autouse=True)
def _forked(monkeypatch: pytest.MonkeyPatch):
    """Fork the other process that a lesson's test starts; nbval runs the lesson as it stands."""

    def run(args: list[object], *, timeout: float = 240, **_: object):
        return forked.run(*map(str, args[1:]), timeout=timeout)

    monkeypatch.setattr(subprocess, "run", run)


def name(value: object) -> str:
    return value.name if isinstance(value, Lesson | Answer) else str(value)


def test_there_are_twenty_two_exercises_and_some_in_every_lesson():
    assert len(EXERCISES) >= 22, len(EXERCISES)
    assert [lesson.name for lesson in LESSONS if not lesson.exercises] == []


def test_every_answer_is_to_an_exercise_of_its_lesson():
    assert [a.name for lesson, a in ANSWERS if a.exercise not in lesson.exercises] == []


@pytest.mark.parametrize(("lesson", "exercise"), EXERCISES, ids=name)
def test_the_reference_solution_passes(lesson: Lesson, exercise: str):
    # After every cell before it, needed or not, nbval runs it in a kernel.
    failure = lesson.test(exercise, lesson.reference(exercise))
    assert failure == "", f"{exercise}: the reference failed: {failure}"


@pytest.mark.parametrize(("lesson", "exercise"), EXERCISES, ids=name)
def test_the_stub_that_a_learner_starts_from_fails(lesson: Lesson, exercise: str):
    assert SOLUTION.search(lesson.reference(exercise)), f"{exercise} has no solution to strip"
    failure = lesson.test(exercise, lesson.stub(exercise))
    assert failure.endswith(": not done yet."), f"{exercise}: {failure}"


@pytest.mark.parametrize(("lesson", "answer"), ANSWERS, ids=name)
def test_an_answer_is_taken_or_refused_for_what_it_does(lesson: Lesson, answer: Answer):
    failure = lesson.test(answer.exercise, answer.code)
    if answer.says:
        assert answer.says in failure, f"expected a failure that says {answer.says!r}: {failure!r}"
    else:
        assert failure == "", f"a right answer was refused: {failure}"


@pytest.mark.parametrize(("lesson", "exercise"), EXERCISES, ids=name)
def test_every_exercise_has_another_right_answer_and_two_wrong_ones(lesson: Lesson, exercise: str):
    kept = [answer for answer in lesson.answers() if answer.exercise == exercise]
    assert any(not answer.says for answer in kept), f"{exercise}: no differently written answer"
    assert sum(bool(answer.says) for answer in kept) >= 2, f"{exercise}: too few wrong answers"
