"""The checks of a test: each names a call, what came back, what was expected, and a hint."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING, Any

from course_utils.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable

# Characters of a value that are shown; a list of messages is longer.
_LONGEST = 600


class CheckFailedError(AssertionError):
    """A check failed; the message says which call, what came back, what was expected, a hint."""


class Check:
    """What a test checks, in the order of its lines; the first check that fails ends the test.

    Attributes:
        passed: how many checks have passed.
        failed: the first that failed.
    """

    def __init__(self) -> None:
        self.passed = 0
        self.failed: CheckFailedError | None = None

    def equal(self, call: str, came_back: Any, expected: Any, hint: str) -> None:
        """Check that what came back equals what was expected.

        Args:
            call: what is checked; it names what was called, as "pending(graph, config)" or
                "booked, after invoke(None)".
            came_back: its result, or what it led to.
            expected: what that should be.
            hint: what to think of next; the one hint that a failure shows.
        """
        self._compare(call, _shown(came_back), _shown(expected), hint, came_back == expected)

    def exactly(self, call: str, came_back: Any, expected: Any, hint: str) -> None:
        """Check as `equal` does, where 1 is not True and a tuple is not a list.

        Args:
            call: what was called.
            came_back: its result, or what it led to.
            expected: what that should be.
            hint: what to think of next.
        """
        self._compare(call, _shown(came_back), _shown(expected), hint, _same(came_back, expected))

    def that(self, call: str, holds: object, hint: str) -> None:
        """Check that something is so.

        Args:
            call: a sentence that should be true.
            holds: whether it is.
            hint: what to think of next.
        """
        self._compare(call, "False", "True", hint, bool(holds))

    def raises(
        self, call: str, error: type[Exception], act: Callable[[], object], hint: str
    ) -> None:
        """Check that a call raises an error of a kind.

        Args:
            call: what is called.
            error: the error's class.
            act: makes the call.
            hint: what to think of next.
        """
        try:
            came_back = f"{_shown(act())}, and no error"
        except error:
            self.passed += 1
            return
        except Exception as other:
            came_back = f"{type(other).__name__}: {printable(str(other))}"
        self._compare(call, came_back, f"{error.__name__} is raised", hint, holds=False)

    def _compare(self, call: str, came_back: str, expected: str, hint: str, holds: Any) -> None:
        if holds:
            self.passed += 1
            return
        lines = [("Checked:", call), ("Came back:", came_back), ("Expected:", expected)]
        failed = CheckFailedError("\n".join(_line(*line) for line in [*lines, ("Hint:", hint)]))
        self.failed = self.failed or failed
        raise failed


def counted(checks: int) -> str:
    """Return "1 check" or "4 checks"."""
    return f"{checks} check{'' if checks == 1 else 's'}"


def _same(came_back: Any, expected: Any) -> bool:
    return type(came_back) is type(expected) and repr(came_back) == repr(expected)


def _shown(value: Any) -> str:
    """Return a value's repr, at most so long; a class of the learner's may have a broken one."""
    try:
        words = printable(repr(value))
    except Exception as error:
        words = f"a {type(value).__name__} whose repr raises {type(error).__name__}"
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]} ..."


def _line(label: str, words: str) -> str:
    return f"{label:<11}{indent(words, ' ' * 11).lstrip()}"
