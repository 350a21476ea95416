"""How a learner stands with an exercise: what of it has passed, its tries, its solution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.exercises.kept import Failed, Passed, SolutionShown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from course_utils.exercises.kept import ExerciseEvent

ENOUGH_TRIES = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """How a learner stands with one exercise.

    Attributes:
        left: the parts that have not passed.
        tries: how often a test of it failed; of several tests, the one that failed most.
        shown: whether its worked solution was shown before.
    """

    left: tuple[int, ...]
    tries: int
    shown: bool

    @property
    def may_see(self) -> bool:
        """Whether the worked solution is shown without a question."""
        return not self.left or self.tries >= ENOUGH_TRIES or self.shown


def standing_of(exercise: int, parts: Sequence[int], events: Iterable[ExerciseEvent]) -> Standing:
    """Tell how a learner stands with an exercise.

    Args:
        exercise: its number.
        parts: the numbers of its test cells.
        events: what happened in the lesson.
    """
    passed, failed, shown = set(), dict.fromkeys(parts, 0), False
    for event in events:
        if event.exercise != exercise:
            continue
        match event:
            case Passed():
                passed.add(event.part)
            case Failed():
                failed[event.part] = failed.get(event.part, 0) + 1
            case SolutionShown():
                shown = True
    left = tuple(part for part in parts if part not in passed)
    return Standing(left, max(failed.values(), default=0), shown)


def passed_after_solution(
    parts: Mapping[int, Sequence[int]], events: Iterable[ExerciseEvent]
) -> int:
    """Count the exercises whose last part passed after the worked solution was shown.

    Args:
        parts: the numbers of the test cells, by the exercise's number.
        events: what happened in the lesson, in the order in which it did.
    """
    left = {number: set(which) for number, which in parts.items()}
    shown, after = set(), set()
    for event in events:
        if isinstance(event, SolutionShown):
            shown.add(event.exercise)
        elif isinstance(event, Passed) and event.part in left.get(event.exercise, ()):
            left[event.exercise].remove(event.part)
            if not left[event.exercise] and event.exercise in shown:
                after.add(event.exercise)
    return len(after)


def passed_in_words(passed: int, total: int, after: int) -> str:
    """Say how many exercises have passed, as "2 of 3 passed, 1 after its solution was shown".

    Args:
        passed: how many have.
        total: how many there are.
        after: how many passed after their worked solution was shown.
    """
    whose = "its solution" if after == 1 else "their solutions"
    shown = "was shown" if after == 1 else "were shown"
    return f"{passed} of {total} passed{f', {after} after {whose} {shown}' if after else ''}."
