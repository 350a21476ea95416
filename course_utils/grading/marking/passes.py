"""Which answers passed their tests already, so that an unchanged answer is not run again."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from course_utils.grading.marking.unit import Unit
    from course_utils.grading.marking.verdicts import Verdict


class Passes:
    """The last pass of each answer; threads may share it.

    Only a pass that counts is kept, with all that was run for it: the tests, the answer, and every
    cell that either needs. Where any of these differs, nothing is known. So a failure, which may
    come of a busy machine, is always run again. It lives as long as the process that marks, and no
    file could bring a pass into it.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], tuple[tuple[Unit, ...], tuple[Verdict, ...]]] = {}
        self._lock = threading.Lock()

    def of(self, tests: Sequence[Unit]) -> tuple[Verdict, ...] | None:
        """Return the verdicts of tests of one answer, if exactly these have passed.

        Args:
            tests: all tests of the answer, in order.
        """
        with self._lock:
            units, verdicts = self._kept.get(_named(tests), ((), ()))
        return verdicts if units == tuple(tests) else None

    def keep(self, tests: Sequence[Unit], verdicts: Sequence[Verdict]) -> None:
        """Keep the verdicts of tests of one answer, if each is a pass that counts."""
        if all(verdict.passed and not verdict.evidence for verdict in verdicts):
            with self._lock:
                self._kept[_named(tests)] = (tuple(tests), tuple(verdicts))


def _named(tests: Sequence[Unit]) -> tuple[str, ...]:
    return tuple(unit.test for unit in tests)
