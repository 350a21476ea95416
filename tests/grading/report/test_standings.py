"""Where each student is with a lesson, and who may need help."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from course_utils.grading.intake.released import ReleasedLesson
from course_utils.grading.marking.record import Answered, Flag
from course_utils.grading.reports.class_report.class_data import ClassData, Student
from course_utils.grading.reports.class_report.standings import (
    standing,
    totals,
    who_needs_help,
    why_waiting,
)
from tests.support.invented_class import marked
from tests.support.small_bank import bank_from

if TYPE_CHECKING:
    from pathlib import Path

FLAG = Flag(cell="a", why="The test was silenced.")
WORTH = {"a": 1.0, "b": 1.0}


def test_who_has_no_record_handed_in_nothing_or_is_not_graded_yet() -> None:
    assert standing(Student("s", handed_in=False), WORTH) == "nothing"
    assert standing(Student("s"), WORTH) == "ungraded"


def test_who_cannot_be_graded_waits_with_the_reason() -> None:
    refused = Student("s", trouble="Its folder is a link.")
    assert standing(refused, WORTH) == "waits"
    assert why_waiting(refused, WORTH) == ("Its folder is a link.",)


def test_who_waits_has_a_grade_once_a_person_has_given_all_that_waited() -> None:
    waits = marked("s", {"a": 1, "b": 1}, status="waits", flags=(FLAG,))
    assert standing(waits, WORTH) == "waits"
    assert why_waiting(waits, WORTH) == ("The test was silenced.",)
    assert standing(replace(waits, manual={"b": 1}), WORTH) == "waits"
    assert standing(replace(waits, manual={"a": 0}), WORTH) == "graded"


def test_a_flag_about_the_whole_submission_is_not_settled_by_one_cell() -> None:
    whole = marked("s", {"a": 1}, status="waits", flags=(Flag(why="Look."),))
    assert standing(replace(whole, manual={"a": 1}), {"a": 1}) == "waits"


def test_what_waits_in_the_gradebook_waits_and_nothing_else() -> None:
    waits = marked("s", {"a": 1, "b": 1}, status="waits", flags=(FLAG,))
    done = replace(waits, waiting=frozenset())
    assert standing(done, WORTH) == "graded"
    again = replace(marked("s", {"a": 1, "b": 1}), waiting=frozenset({"b"}))
    assert standing(again, WORTH) == "waits"
    assert why_waiting(again, WORTH) == ("A person has to give the points of b.",)


def test_a_cell_that_a_person_grades_waits_until_it_has_points() -> None:
    waits = marked("s", {"a": 1}, status="waits")
    assert why_waiting(waits, WORTH) == ("A person has to give the points of b.",)
    assert standing(replace(waits, manual={"b": 0.5}), WORTH) == "graded"


def class_of(*students: Student, bank: object = None) -> ClassData:
    return ClassData("small", ReleasedLesson("small", ()), bank, students)  # type: ignore[arg-type]


def test_a_total_has_points_by_hand_and_extra_credit_and_what_is_still_to_be_given() -> None:
    one = replace(marked("one", {"a": 0.5, "b": 1}), manual={"a": 0}, extra=0.25)
    other = marked("other", {"a": 0.5})
    first, second = totals(class_of(one, other, Student("nobody")))
    assert (first.points, first.maximum, first.by_hand) == (1.25, 2, 0)
    assert (second.points, second.maximum, second.by_hand) == (0.5, 2, 1)


def test_help_is_for_who_has_less_than_half_of_what_is_given_so_far() -> None:
    weak = marked("weak", {"a": 0.4, "b": 0.5})
    half = marked("half", {"a": 0.5, "b": 0.5})
    # Who waits for points by hand is not weak because of that.
    partly = marked("partly", {"a": 0.6})
    data = class_of(weak, half, partly)
    found = who_needs_help(data, totals(data))
    assert [(one.total.student.id, one.reasons) for one in found] == [
        ("weak", ("45 % of the points that are given so far",))
    ]


@pytest.mark.parametrize(("hints", "named"), [(1, True), (0, False)])
def test_help_is_for_who_is_stuck_in_two_questions(
    tmp_path: Path, hints: int, *, named: bool
) -> None:
    quiz = (
        Answered(question="needs", answers=("Luck", "A tool", "A model"), hints=hints),
        Answered(question="parameter", answers=("a", "b", "c"), hints=1),
        Answered(question="effects", answers=("The graph",), hints=1),
        Answered(question="no-such", answers=("x", "y", "z"), hints=1),
    )
    data = class_of(marked("s", {"a": 1}, quiz=quiz), bank=bank_from(tmp_path))
    found = who_needs_help(data, totals(data))
    assert [one.reasons for one in found] == (
        [("2 questions that all scored tries and a hint did not solve",)] if named else []
    )
