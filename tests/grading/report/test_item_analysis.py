"""Difficulty and discrimination, against values worked out by hand and what must always hold."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.grading.intake.released import ReleasedLesson
from course_utils.grading.marking.record import Flag
from course_utils.grading.reports.class_report.class_data import ClassData
from course_utils.grading.reports.class_report.item_analysis import (
    FEWEST,
    difficulty,
    discrimination,
    items,
)
from tests.support.invented_class import marked

SHARES = st.integers(0, 8).map(lambda eighths: eighths / 8)
PAIRS = st.lists(st.tuples(SHARES, st.floats(0, 100, allow_nan=False)), min_size=2, max_size=40)


def class_of(*rows: dict[str, float]) -> ClassData:
    """Return a class whose students have these marks."""
    students = tuple(marked(f"s{number}", row) for number, row in enumerate(rows))
    return ClassData("small", ReleasedLesson("small", ()), None, students)


def test_difficulty_is_the_mean_share_of_the_points() -> None:
    assert difficulty([4, 2, 0, 2], 4) == 0.5


def test_discrimination_of_right_and_wrong_is_the_point_biserial_correlation() -> None:
    # (mean of the right - mean of the wrong) / standard deviation * sqrt(p q), with n in both.
    points, rest = [1, 1, 0, 0, 1], [9, 7, 3, 5, 8]
    by_hand = (8 - 4) / sqrt(4.64) * sqrt(0.6 * 0.4)
    assert discrimination(points, rest) == pytest.approx(by_hand)
    assert by_hand == pytest.approx(0.90972, abs=1e-5)


@pytest.mark.parametrize(
    ("points", "rest"), [([1, 1, 1], [1, 2, 3]), ([0, 1], [5, 5]), ([1], [2]), ([], [])]
)
def test_without_spread_there_is_no_discrimination(points: list[float], rest: list[float]) -> None:
    assert discrimination(points, rest) is None


def test_sums_of_tenths_that_differ_in_the_last_digit_have_no_spread() -> None:
    assert 0.1 + 0.2 != 0.3
    assert discrimination([0, 1], [0.1 + 0.2, 0.3]) is None


@given(PAIRS)
def test_discrimination_lies_between_minus_one_and_one(pairs: list[tuple[float, float]]) -> None:
    told = discrimination([one for one, _ in pairs], [two for _, two in pairs])
    assert told is None or -1 <= told <= 1


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_the_students_changes_nothing(
    pairs: list[tuple[float, float]], chance: object
) -> None:
    other = [*pairs]
    chance.shuffle(other)  # type: ignore[attr-defined]
    first, second = (
        discrimination([one for one, _ in some], [two for _, two in some])
        for some in (pairs, other)
    )
    assert first == second


def test_the_item_itself_is_left_out_of_the_total() -> None:
    # With itself in the total, an item that has nothing to do with the rest would correlate.
    rows = [{"a": n % 2, "b": (n // 2) % 2} for n in range(12)]
    (a, b) = items(class_of(*rows))
    assert a.discrimination == pytest.approx(0, abs=1e-9)
    assert b.discrimination == pytest.approx(0, abs=1e-9)


def test_under_ten_students_it_is_too_few_to_say() -> None:
    rows = [{"a": n % 2, "b": n % 2} for n in range(FEWEST)]
    a, _ = items(class_of(*rows[1:]))
    assert (a.students, a.discrimination, a.words) == (9, None, "too few to say")
    assert a.difficulty == pytest.approx(5 / 9)
    a, _ = items(class_of(*rows))
    assert (a.students, a.discrimination) == (10, pytest.approx(1))


def test_an_item_that_the_strong_lose_is_named() -> None:
    rows = [{"a": n % 2, "b": 1 - n % 2} for n in range(10)]
    a, _ = items(class_of(*rows))
    assert a.discrimination == pytest.approx(-1)
    assert a.words == "look at it: who does well elsewhere loses points here"


def test_a_mark_that_a_flag_is_about_does_not_count_until_a_person_has_given_the_points() -> None:
    data = class_of({"a": 0, "b": 1}, {"a": 1, "b": 0})
    flagged = marked("s9", {"a": 1, "b": 1}, flags=(Flag(cell="a", why="Look."),))
    open_ = replace(data, students=(*data.students, flagged))
    assert [(item.students, item.difficulty) for item in items(open_)] == [
        (2, 0.5),
        (3, pytest.approx(2 / 3)),
    ]
    settled = replace(data, students=(*data.students, replace(flagged, manual={"a": 0.5})))
    a, _ = items(settled)
    assert (a.students, a.difficulty) == (3, 0.5)


def test_points_given_by_hand_replace_a_mark() -> None:
    data = class_of({"a": 0})
    by_hand = replace(data, students=(replace(data.students[0], manual={"a": 0.75}),))
    assert items(by_hand)[0].difficulty == 0.75


def test_without_marks_there_is_no_figure() -> None:
    assert items(class_of()) == ()
