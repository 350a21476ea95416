"""The verdict of a test, given by a process that runs none of the student's code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_utils.grading.jail.apart import NO_ANSWER
from course_utils.grading.jail.limits import Limits
from course_utils.grading.jail.task import Task
from course_utils.grading.marking.names import imports_of, names_of
from course_utils.grading.marking.verdicts import Verdict

if TYPE_CHECKING:
    from course_utils.grading.jail.jail import Jail
    from course_utils.grading.marking.unit import Piece, Unit

_TESTS = "course_utils.grading.jail.apart.entries:run_tests"
_STUDENT = "course_utils.grading.jail.apart.entries:run_student"
_LIMITS = Limits()
PRELOADED = (
    "course_utils.grading.jail.apart.entries",
    "course_utils.grading.jail.apart.warm",
    "course_utils.model.offline",
    "course_utils.review.record.databases",
)
"""What each of the two would import; a jail has it once if it is told to."""


def mark_apart(jail: Jail, unit: Unit, limits: Limits = _LIMITS) -> Verdict | None:
    """Run a test in one process and the student's functions in another.

    Args:
        jail: runs the two.
        unit: the test, and what is run for it.
        limits: of each process.

    Returns:
        The verdict. A pass cannot be forged. None if this test has to run in one process with the
        functions, as one that starts a Python with their text.
    """
    ran, _ = jail.run_pair(*tasks_of(unit, limits), limits)
    for message in ran.messages:
        if message.get("verdict") == unit.test:
            passed, words = message["passed"] is True, str(message["words"])
            return Verdict(passed, words, is_told=not words.startswith(NO_ANSWER))
    if ran.ended:
        return Verdict(passed=False, words=ran.ended, is_told=False)
    return None


def tasks_of(unit: Unit, limits: Limits = _LIMITS) -> tuple[Task, Task]:
    """Return what the two processes run: the tests' and the student's."""
    functions = list(unit.functions)
    tests = {
        "test": unit.test,
        "source": unit.source,
        "functions": functions,
        "released": [p.source for p in unit.pieces if p.for_tests and p.whose == "lesson"],
        # So that the tests' process is there to tell of a student's that says nothing.
        "seconds": limits.cell_seconds * 0.8,
    }
    student = {"functions": functions, "sources": _for_the_answer(unit)}
    return Task(_TESTS, tests), Task(_STUDENT, student)


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
