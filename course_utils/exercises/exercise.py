"""The block that a test cell stands in: it runs the checks and tells in words how they went."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from course_utils.exercises.checks import Check, CheckFailedError, counted
from course_utils.exercises.failures import is_not_done, told_error
from course_utils.exercises.kept import PROGRESS_FILE, Failed, Passed, record
from course_utils.exercises.waiting import Waiting
from course_utils.model.while_testing import testing
from course_utils.neighbours.ipykernel import in_a_kernel

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

OVERWRITTEN = (
    "A value of type {kind} stands where your function should: a cell gave it the function's name. "
    "Run the cell with your function again."
)
Kind = Literal["Exercise", "Milestone"]


class ExerciseError(Exception):
    """An exercise that did not pass. A notebook shows its words, and nothing of a traceback.

    It is raised whatever happened, since nbgrader counts a test cell as passed unless an error
    stands in its output. The cell has the tag `raises-exception`, so that Run All goes on.
    """

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of the traceback."""
        return str(self).split("\n")


class ExerciseFailedError(ExerciseError):
    """A check failed, or the learner's code raised an error."""


class ExerciseNotDoneError(ExerciseError):
    """The given start of an exercise still stands in its place."""


def exercise(
    number: int,
    *functions: Callable[..., Any],
    part: int | None = None,
    kind: Kind = "Exercise",
) -> Exercise:
    """Test an exercise in a `with` block, whose name is what checks.

        with exercise(2, double) as check:
            check.equal("double(4)", double(4), 8, "Multiply by two.")

    If all checks pass, it prints "Exercise 2 passed: 1 check", and that is kept in
    `progress.jsonl` beside the notebook. Whatever else happens ends the cell with an error, since
    grading counts errors; its words say what was called, what came back and what was expected,
    or that the exercise is not done yet. A failure is kept too. Below either of them, JupyterLab
    has a button for the worked solution, where the lesson is not an instructor's.

    Args:
        number: the number in the exercise's heading.
        functions: what the learner wrote; of an error, their lines are shown.
        part: which of several test cells of this exercise it is, counted from 1.
        kind: the first word of the exercise's heading.
    """
    return Exercise(number, functions, part, kind)


class Exercise:
    """A test that is running, as `exercise` makes it."""

    def __init__(
        self, number: int, functions: tuple[Callable[..., Any], ...], part: int | None, kind: Kind
    ) -> None:
        self._passed = Passed(exercise=number, part=part or 1)
        self._functions = functions
        self._name = f"{kind} {number}" if part is None else f"{kind} {number}, part {part}"
        self._checks = Check()
        self._waiting = Waiting(f"{self._name}: the test is still running.")
        self._offline = testing()

    def __enter__(self) -> Check:
        self._offline.__enter__()
        self._waiting.begin()
        return self._checks

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _at: TracebackType | None,
    ) -> Literal[False]:
        self._waiting.end()
        self._offline.__exit__(None, None, None)
        if error is not None and not isinstance(error, Exception):
            return False  # an interrupt ends the cell, as ever
        # Code under test may have caught what a check raised.
        failed = error or self._checks.failed
        if failed is None:
            self._tell_passed()
            return False
        if is_not_done(failed, self._functions):
            self._waiting.calm()
            raise ExerciseNotDoneError(f"{self._name}: not done yet.") from failed
        self._keep_failed()
        raise ExerciseFailedError(self._in_words(failed)) from failed

    def _tell_passed(self) -> None:
        print(f"{self._name} passed: {counted(self._checks.passed)}")
        # Elsewhere than in a notebook nobody is making progress.
        if not in_a_kernel():
            return
        if not_kept := record(Path.cwd() / PROGRESS_FILE, self._passed):
            print(f"It is NOT kept for your progress: {not_kept}")
        self._offer_solution()

    def _keep_failed(self) -> None:
        if in_a_kernel():
            failed = Failed(exercise=self._passed.exercise, part=self._passed.part)
            # Where it cannot be kept, the page asks once more before it shows the solution.
            record(Path.cwd() / PROGRESS_FILE, failed)
            self._offer_solution()

    def _offer_solution(self) -> None:
        # Imported here: a test that is graded has no page, and need not wait for it.
        from course_utils.exercises.solution_button import offer_solution  # noqa: PLC0415

        offer_solution(self._passed.exercise, Path.cwd())

    def _in_words(self, failed: Exception) -> str:
        before = self._checks.passed
        good = f" after {counted(before)} that passed" if before else ""
        if isinstance(failed, CheckFailedError):
            return f"{self._name} did not pass. This check failed{good}:\n\n{failed}"
        told = told_error(failed, self._functions)
        for overwritten in (each for each in self._functions if not callable(each)):
            told = f"{told}\n\n{OVERWRITTEN.format(kind=type(overwritten).__name__)}"
        return f"{self._name} did not pass. It ended with an error{good}:\n\n{told}"
