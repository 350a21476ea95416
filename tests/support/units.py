"""A lesson's tests with an answer in its place, as grading runs them."""

from course_utils.grading.marking.needs import units
from course_utils.grading.marking.unit import Piece, Unit
from tests.support.lesson import Lesson
from tests.support.released_lesson import released, written

TOGETHER = {
    ("02_state_next", "recover"): "it shares the lesson's graph and its list",
    ("08_approval_workflow", "carry-on"): "its test starts a Python with the answer's text",
    ("08_approval_workflow", "decide"): "it shares a folder, and its test runs the answer's text",
    ("09_in_production", "supervise"): "it returns an agent",
    ("10_capstone", "pay-once"): "its test starts a Python with the answer's text",
}
"""The exercises whose tests need the answer in their own process, and why."""


def units_of(lesson: Lesson, exercise: str, answer: str) -> list[Unit]:
    """The tests of one exercise, in a notebook with this answer and the others' references."""
    found = units(released(lesson), written(lesson, {exercise: answer}))
    return [unit for unit in found if unit.test.startswith(f"{exercise}-test")]


def unit_of(source: str, answer: str, *functions: str, lesson: str = "") -> Unit:
    """A test of its own.

    Args:
        source: the test's cell.
        answer: the student's cell.
        functions: the names that the test takes from the answer.
        lesson: a cell of the lesson that the test needs.
    """
    pieces = (
        Piece("lesson", lesson, "lesson", for_tests=True, for_answer=False, binds=()),
        Piece("answer", answer, "student", for_tests=False, for_answer=True, binds=functions),
    )
    return Unit("the-test", 1.0, functions, (), ("answer",), pieces, source)
