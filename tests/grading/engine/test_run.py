"""A batch without nbgrader, a gradebook or a jail: what is graded, and what a failure stops."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

import nbformat
import pytest

from course_utils.grading.engine.batch import Batch, plan
from course_utils.grading.engine.job import Job, Marked
from course_utils.grading.engine.run import grade
from course_utils.grading.intake.released import ReleasedCell, ReleasedLesson
from course_utils.grading.intake.restore import restore
from course_utils.grading.intake.submitted import HandedCell
from course_utils.grading.marking.quiz_scores import ScoredQuiz
from course_utils.grading.marking.record import Flag, Mark
from course_utils.grading.marking.submissions import Submission
from course_utils.quiz.scoring import score_lesson
from tests.support.small_bank import LESSON, bank_from

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from course_utils.grading.engine.batch import Graded

QUESTIONS = {"needs": 2.0, "effects": 1.0, "final": 0.5, "parameter": 1.0}
START, ANSWER = "def double(n):\n    ...", "def double(n):\n    return 2 * n"


def cell(name: str, source: str, **kind: object) -> ReleasedCell:
    known = {"schema_version": 3, "grade_id": name, "grade": False, "solution": False}
    return ReleasedCell(
        name, "code", source, {**known, "task": False, "locked": True, "cell_type": "code", **kind}
    )


SMALL = ReleasedLesson(
    LESSON,
    (
        cell("double", START, solution=True, locked=False),
        cell("double-test", "assert double(2) == 4", grade=True, points=4),
        *(
            cell(f"quiz-{name}", f'ask("{name}")', grade=True, points=points)
            for name, points in QUESTIONS.items()
        ),
    ),
)
PASSED = Mark(cell="double-test", points=4, maximum=4, words="Passed.")


class Doing:
    """Does each job when it is submitted, and remembers whose it was."""

    jailed, slots = True, 2

    def __init__(self, mark: Callable[[Job], Marked]) -> None:
        self._mark, self.submitted = mark, list[str]()

    def submit(self, job: Job) -> Future[Marked]:
        self.submitted.append(job.student)
        done: Future[Marked] = Future()
        try:
            done.set_result(self._mark(job))
        except Exception as error:
            done.set_exception(error)
        return done


def passing(_: Job) -> Marked:
    return Marked({}, (PASSED,))


@pytest.fixture
def batch(tmp_path: Path) -> Batch:
    """Three students who all did the same, of whom one has a notebook that cannot be read."""
    bank = bank_from(tmp_path)
    quiz = ScoredQuiz(score_lesson(bank, "practice", ()))
    restored = restore(SMALL, [HandedCell("double", "code", ANSWER, "double")])
    ann = Submission("ann", restored=restored, quiz=quiz)
    torn = replace(ann, student="torn", restored=None, flags=(Flag(why="It is torn."),))
    return Batch(SMALL, bank, "practice", [ann, replace(ann, student="bob"), torn])


def graded(batch: Batch, executor: Doing) -> dict[str, Graded]:
    planned = plan(batch, jailed=executor.jailed)
    return {one.record.student: one for one in grade(batch, planned, executor)}


def test_each_gets_marks_in_the_lessons_order_and_a_notebook_that_nbformat_finds_valid(
    batch: Batch,
) -> None:
    found = graded(batch, Doing(passing))
    assert found.keys() == {"ann", "bob", "torn"}
    record = found["ann"].record
    assert (record.status, record.jailed, record.flags) == ("graded", True, ())
    assert [mark.cell for mark in record.marks] == [
        "double-test",
        *(f"quiz-{name}" for name in QUESTIONS),
    ]
    nbformat.validate(found["ann"].notebook)
    shown = {cell.id: cell for cell in found["ann"].notebook.cells}
    assert shown["double"].source == ANSWER
    assert shown["double-test"].outputs[0].text == "Passed.\n"
    assert shown["quiz-needs"].outputs[0].data["text/plain"] == "0.0"


def test_without_a_notebook_no_code_is_run_and_the_quiz_has_its_score(batch: Batch) -> None:
    doing = Doing(passing)
    torn = graded(batch, doing)["torn"].record
    assert "torn" not in doing.submitted
    assert (torn.status, [flag.why for flag in torn.flags]) == ("waits", ["It is torn."])
    assert {mark.cell for mark in torn.marks} == {f"quiz-{name}" for name in QUESTIONS}


def test_what_fails_with_one_student_stops_nobody_and_is_tried_again(batch: Batch) -> None:
    def failing(job: Job) -> Marked:
        if job.student == "ann":
            raise OSError(28, "No space left on device")
        return passing(job)

    found = graded(batch, Doing(failing))
    ann, bob = found["ann"].record, found["bob"].record
    assert bob.status == "graded"
    assert ann.status == "waits"
    assert "Grading itself failed" in ann.flags[0].why
    assert "No space left on device" in ann.flags[0].evidence
    records = {name: one.record for name, one in found.items()}
    again = plan(replace(batch, records=records), jailed=True)
    assert [one.submission.student for one in again] == ["ann"]


def changed_answer(batch: Batch) -> Batch:
    other = restore(SMALL, [HandedCell("double", "code", f"{ANSWER}  # yes", "double")])
    first, *rest = batch.submissions
    return replace(batch, submissions=[replace(first, restored=other), *rest])


def changed_test(batch: Batch) -> Batch:
    first, second, *rest = SMALL.cells
    cells = (first, replace(second, source="assert double(3) == 6"), *rest)
    return replace(batch, lesson=ReleasedLesson(LESSON, cells))


def changed_key(batch: Batch) -> Batch:
    assert batch.bank
    policy = batch.bank.policy.model_copy(update={"scored_tries": 1})
    return replace(batch, bank=batch.bank.model_copy(update={"policy": policy}))


EVERYBODY = ["ann", "bob", "torn"]


@pytest.mark.parametrize(
    ("change", "jailed", "whom"),
    [
        (lambda batch: batch, True, []),
        (changed_answer, True, ["ann"]),
        (changed_test, True, EVERYBODY),
        (changed_key, True, EVERYBODY),
        (lambda batch: replace(batch, mode="deferred"), True, EVERYBODY),
        (lambda batch: replace(batch, force=True), True, EVERYBODY),
        (lambda batch: batch, False, EVERYBODY),
    ],
)
def test_what_a_grade_depends_on_says_who_is_graded_again(
    batch: Batch, change: Callable[[Batch], Batch], jailed: bool, whom: list[str]
) -> None:
    records = {name: one.record for name, one in graded(batch, Doing(passing)).items()}
    later = change(replace(batch, records=records))
    assert [one.submission.student for one in plan(later, jailed=jailed)] == whom


def test_no_job_is_begun_when_nobody_asks_any_more(batch: Batch) -> None:
    ann, *_ = batch.submissions
    many = replace(batch, submissions=[replace(ann, student=f"s{n}") for n in range(20)])
    doing = Doing(passing)
    running = grade(many, plan(many, jailed=True), doing)
    next(running)
    running.close()
    assert len(doing.submitted) == 2 * doing.slots
