"""When a worked solution is shown without a question, and how passes after it are counted."""

from __future__ import annotations

import pytest

from course_utils.exercises.kept import ExerciseEvent, Failed, Passed, SolutionShown
from course_utils.exercises.standing import passed_after_solution, passed_in_words, standing_of

FAILED, OTHER = Failed(exercise=2), Failed(exercise=1)
FIRST, SECOND = Passed(exercise=2, part=1), Passed(exercise=2, part=2)
SHOWN = SolutionShown(exercise=2)


@pytest.mark.parametrize(
    ("events", "tries", "left", "may_see"),
    [
        ([], 0, (1, 2), False),
        ([FAILED, FAILED], 2, (1, 2), False),
        ([FAILED, FAILED, FAILED], 3, (1, 2), True),
        ([OTHER, OTHER, OTHER], 0, (1, 2), False),
        # One run of both tests is one try.
        ([FAILED, Failed(exercise=2, part=2), FAILED], 2, (1, 2), False),
        ([FIRST], 0, (2,), False),
        ([FIRST, FAILED, SECOND], 1, (), True),
        ([SHOWN], 0, (1, 2), True),
    ],
)
def test_it_is_asked_until_passed_failed_three_times_or_shown_before(
    events: list[ExerciseEvent], tries: int, left: tuple[int, ...], may_see: bool
) -> None:
    stands = standing_of(2, [1, 2], events)
    assert (stands.tries, stands.left, stands.may_see) == (tries, left, may_see)


@pytest.mark.parametrize(
    ("events", "after"),
    [
        ([FIRST, SECOND, SHOWN], 0),
        ([FIRST, SHOWN], 0),
        ([FIRST, SHOWN, SECOND], 1),
        ([SHOWN, FIRST, SECOND, FIRST, SECOND], 1),
        ([SHOWN, Passed(exercise=1), FIRST], 0),
    ],
)
def test_a_pass_is_after_the_solution_if_any_part_of_it_was(
    events: list[ExerciseEvent], after: int
) -> None:
    assert passed_after_solution({1: [1], 2: [1, 2]}, events) == after


def test_it_is_told_in_words_where_there_is_any() -> None:
    assert passed_in_words(2, 3, 0) == "2 of 3 passed."
    assert passed_in_words(2, 3, 1) == "2 of 3 passed, 1 after its solution was shown."
    assert passed_in_words(3, 3, 2) == "3 of 3 passed, 2 after their solutions were shown."
