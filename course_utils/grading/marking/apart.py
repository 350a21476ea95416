"""The verdict of a test, given by a process that runs none of the student's code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from course_utils.grading.jail.apart import NO_ANSWER
from course_utils.grading.jail.limits import Limits
from course_utils.grading.jail.task import Task
from course_utils.grading.marking.names import imports_of, names_of
from course_utils.grading.marking.unit import Unit
from course_utils.grading.marking.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from course_utils.grading.jail.jail import Jail
    from course_utils.grading.jail.task import Ran
    from course_utils.grading.marking.unit import Piece

_TESTS = "course_utils.grading.jail.apart.entries:run_tests"
_STUDENT = "course_utils.grading.jail.apart.entries:run_student"
# So ends what an exercise says of a function that is as it was released.
_NOT_DONE = ": not done yet."
_LIMITS = Limits()
PRELOADED = (
    "course_utils.grading.jail.apart.entries",
    "course_utils.grading.jail.apart.warm",
    "course_utils.model.offline",
    "course_utils.review.record.databases",
)
"""What each of the two would import; a jail has it once if it is told to."""

Apart = Callable[[Sequence[Unit], Limits], Mapping[str, Verdict]]
"""Runs the tests of one answer: `mark_apart`, in a jail."""


def mark_apart(jail: Jail, units: Sequence[Unit], limits: Limits = _LIMITS) -> dict[str, Verdict]:
    """Run tests in one process and the student's functions in another.

    What fails after another test is run again in two fresh processes, unless it fails because there
    is no answer yet.

    Args:
        jail: runs the two.
        units: tests of one answer, as `by_answer` has them, and what is run for each.
        limits: of each process.

    Returns:
        The verdicts by test. A pass cannot be forged. A test without one has to run in one process
        with the functions, as one that starts a Python with their text.
    """
    found: dict[str, Verdict] = {}
    left = list(units)
    while left:
        ran, _ = jail.run_pair(*tasks_of(left, limits), limits)
        first = left[0]
        for unit, verdict in zip(left, _verdicts(ran, left), strict=True):
            # By itself a test may pass that fails after another.
            if verdict and (verdict.passed or unit is first or is_not_done(verdict)):
                found[unit.test] = verdict
        left = [unit for unit in left[1:] if unit.test not in found]
    return found


def is_not_done(verdict: Verdict) -> bool:
    """Tell whether a test says that its function is as it was released."""
    return not verdict.passed and verdict.words.endswith(_NOT_DONE)


def by_answer(units: Iterable[Unit]) -> Iterator[list[Unit]]:
    """Return the tests of each answer together, in order: the same code with the same functions."""
    for _, group in groupby(units, lambda unit: (unit.functions, _for_the_answer(unit))):
        yield list(group)


def tasks_of(units: Sequence[Unit], limits: Limits = _LIMITS) -> tuple[Task, Task]:
    """Return what the two processes run for the tests of one answer: the tests', the student's."""
    functions = list(units[0].functions)
    tests = [
        {
            "test": unit.test,
            "source": unit.source,
            "released": [p.source for p in unit.pieces if p.for_tests and p.whose == "lesson"],
        }
        for unit in units
    ]
    # So that the tests' process is there to tell of a student's that says nothing.
    seconds = limits.cell_seconds * 0.8
    student = {"functions": functions, "sources": _for_the_answer(units[0])}
    return (
        Task(_TESTS, {"functions": functions, "tests": tests, "seconds": seconds}),
        Task(_STUDENT, student),
    )


def _verdicts(ran: Ran, units: Sequence[Unit]) -> Iterator[Verdict | None]:
    """Return what a run tells of each test; None of one that it tells nothing of."""
    told = {message["verdict"]: message for message in ran.messages if "verdict" in message}
    for unit in units:
        if message := told.get(unit.test):
            passed, words = message["passed"] is True, str(message["words"])
            yield Verdict(passed, words, is_told=not words.startswith(NO_ANSWER))
        else:
            yield Verdict(passed=False, words=ran.ended, is_told=False) if ran.ended else None


def _for_the_answer(unit: Unit) -> list[str]:
    """Return what the student's process runs: of a lesson's cell only its imports, if they do."""
    answer = [piece for piece in unit.pieces if piece.for_answer]
    whole = {piece for piece in answer if piece.whose == "student"}
    while True:
        read = (names_of(piece.source).reads for piece in whole)
        wanted = frozenset(unit.functions).union(*read)
        more = {piece for piece in answer if _beside_imports(piece) & wanted}
        if more <= whole:
            return [p.source if p in whole else imports_of(p.source) for p in answer]
        whole |= more


def _beside_imports(piece: Piece) -> frozenset[str]:
    """Return the names that a cell binds other than by an import."""
    return names_of(piece.source).binds - names_of(imports_of(piece.source)).binds
