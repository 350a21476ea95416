"""Which tests pass with the author's own answer in a process of its own: found out once a batch.

Where the author's answer passes there, an honest one does too, however it is written. So an answer
that passes only in one process with the test may reach into it, and a person looks.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from course_utils.grading.marking.needs import units
from course_utils.grading.marking.unit import Written

if TYPE_CHECKING:
    from course_utils.grading.intake.released import ReleasedLesson
    from course_utils.grading.jail.limits import Limits
    from course_utils.grading.marking.apart import Apart

_TRIES = 3


class AuthorsAnswers:
    """How the tests of a lesson went with its author's answers, remembered; threads may share it.

    Args:
        lesson: the lesson; of a solution cell without the author's answer nothing is known.
        apart: runs a test in one process and the answer in another.
    """

    def __init__(self, lesson: ReleasedLesson, apart: Apart) -> None:
        answered = [
            Written(cell.name, cell.source if cell.authors is None else cell.authors)
            for cell in lesson.cells
            if cell.cell_type == "code"
        ]
        unknown = {cell.name for cell in lesson.cells if cell.is_solution and cell.authors is None}
        self._units = {
            unit.test: unit
            for unit in units(lesson, answered)
            if not unknown.intersection(unit.answers)
        }
        self._apart = apart
        self._known: dict[str, bool] = {}
        self._lock = threading.Lock()

    def pass_apart(self, test: str, limits: Limits) -> bool:
        """Tell whether the author's answer passes a test in a process of its own.

        Args:
            test: the test cell's `grade_id`.
            limits: of that run.
        """
        with self._lock:
            if test not in self._known:
                self._known[test] = self._passes(test, limits)
            return self._known[test]

    def _passes(self, test: str, limits: Limits) -> bool:
        unit = self._units.get(test)
        if unit is None:
            return False
        for _ in range(_TRIES):  # a busy machine may have been too slow for one
            verdict = self._apart([unit], limits).get(test)
            if verdict is None or verdict.passed:
                break
        return verdict is not None and verdict.passed
