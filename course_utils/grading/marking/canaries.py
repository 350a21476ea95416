"""Which wrong answers a test notices: found out once, where no student's code runs."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from course_utils.grading.jail.limits import Limits
from course_utils.grading.jail.task import Task

if TYPE_CHECKING:
    from course_utils.grading.jail.task import Ran
    from course_utils.grading.marking.unit import Unit

_TRY = "course_utils.grading.jail.together:try_wrong_answers"
_LIMITS = Limits()
# More would notice little more, and each is one more run of the test.
_ENOUGH = {"most": 2, "slow": 0.5}


class Runs(Protocol):
    """What runs a task, as the jail does."""

    def run(self, task: Task, limits: Limits = ..., /) -> Ran:
        """Run one task."""


class Canaries:
    """The wrong answers for each test of a batch, remembered; threads may share it.

    A wrong answer that a test does not notice in a clean process is left out for that test.
    """

    def __init__(self) -> None:
        self._known: dict[Unit, tuple[str, ...]] = {}
        self._lock = threading.Lock()

    def of(self, unit: Unit, jail: Runs, limits: Limits = _LIMITS) -> tuple[str, ...]:
        """Return wrong answers that a test notices: a few, or one where its run takes long.

        Args:
            unit: the test; nothing of it that a student wrote is used.
            jail: runs it.
            limits: of that run.
        """
        tests = tuple(p for p in unit.pieces if p.for_tests and p.whose == "lesson")
        clean = replace(unit, pieces=tests, helpers=(), answers=())
        with self._lock:
            if clean not in self._known:
                ran = jail.run(Task(_TRY, {"unit": clean.as_data(), **_ENOUGH}), limits)
                self._known[clean] = tuple(_fails(ran))
            return self._known[clean]


def _fails(ran: Ran) -> dict[str, float]:
    return next((message["fails"] for message in ran.messages if "fails" in message), {})
