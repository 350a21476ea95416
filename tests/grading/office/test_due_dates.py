"""Due dates, extensions and the late rule, in stock nbgrader and afterwards, without a new run."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from nbgrader.api import Gradebook

from course_utils.grading.marking.late_rule import LateRule, LateRuleError, read_late_rule
from course_utils.grading.nbgrader.due_dates import DueDateError, due_dates, read_moment
from tests.grading.office.conftest import hitl

if TYPE_CHECKING:
    from tests.support.course import Course

DAY = 86400
RULE = "10% a day, at most 50%, grace 10 minutes"


@pytest.mark.parametrize(
    ("rule", "seconds", "left"),
    [
        (RULE, 600, 10),
        (RULE, 601, 9),
        (RULE, DAY, 9),
        (RULE, DAY + 1, 8),
        (RULE, 30 * DAY, 5),
        ("5 % per hour", 3 * 3600, 8.5),
        ("zero", 1, 0),
        ("zero, grace 1 hour", 3600, 10),
        ("none", 30 * DAY, 10),
    ],
)
def test_what_is_left_of_ten_points(rule: str, seconds: float, left: float) -> None:
    read = read_late_rule(rule)
    assert 10 - read.penalty(10, seconds) == left, f"{rule}, {seconds} seconds late"
    assert read_late_rule(str(read)) == read, f"{read} is not read as it was written"


@pytest.mark.parametrize("words", ["", "10%", "10% a day, soon", "zero, none", "grace 5 minutes"])
def test_a_rule_that_means_nothing_is_refused(words: str) -> None:
    with pytest.raises(LateRuleError, match="Write none, zero, or a rule such as"):
        read_late_rule(words)


def test_moments_are_kept_in_utc() -> None:
    at_six = datetime(2026, 12, 24, 17)
    assert read_moment("2026-12-24 18:00", "Europe/Berlin") == at_six
    assert read_moment("2026-12-24 18:00+01:00", "Asia/Tokyo") == at_six
    for words, zone in (("24.12.2026", None), ("2026-12-24", None), ("2026-12-24 18:00", "Mars")):
        with pytest.raises(DueDateError, match=r"date with a time|time zone"):
            read_moment(words, zone)


def points(course: Course) -> dict[str, float]:
    """Return what each student has for the lesson, as `nbgrader export` works it out."""
    with Gradebook(course.gradebook) as gradebook:
        submissions = gradebook.find_assignment(course.lesson).submissions
        return {one.student.id: one.score - one.late_submission_penalty for one in submissions}


def test_dates_and_rules_change_grades_without_grading_again(graded: Course) -> None:
    lesson = graded.lesson
    assert points(graded) == {"ann": 11, "bob": 11, "cem": 9}
    hitl(graded, "due", lesson, "2026-12-24 18:00", "--timezone=UTC")
    assert points(graded) == {"ann": 11, "bob": 11, "cem": 9}
    told = hitl(graded, "due", lesson, "--late", RULE).stdout
    assert "bob: 11 points before, 8.8 now.\nThe points of 1 submission changed." in told
    assert "1 submission has no timestamp.txt, and counts as in time." in told
    assert points(graded) == {"ann": 11, "bob": pytest.approx(8.8), "cem": 9}
    hitl(graded, "due", lesson, "2026-12-24 19:00", "--student=bob", "--timezone=UTC")
    hitl(graded, "due", lesson, "2026-12-25 12:00", "--student=bob", "--timezone=UTC")
    assert points(graded)["bob"] == pytest.approx(9.9)
    # Earlier for all, and the extension still counts for Bob.
    hitl(graded, "due", lesson, "2026-12-24 15:30", "--timezone=UTC")
    assert points(graded) == {"ann": pytest.approx(9.9), "bob": pytest.approx(9.9), "cem": 9}
    listed = hitl(graded, "due", "--timezone=Europe/Berlin").stdout
    assert "2026-12-24 16:30 CET" in listed
    assert "2026-12-25 13:00 CET" in listed
    assert "10% a day, at most" in listed
    hitl(graded, "due", lesson, "none", "--student=bob")
    hitl(graded, "due", lesson, "--late=none")
    assert points(graded) == {"ann": 11, "bob": 11, "cem": 9}


def test_stock_nbgrader_takes_the_same_points_away(graded: Course) -> None:
    lesson = graded.lesson
    hitl(graded, "due", lesson, "2026-12-24 15:30", "--late", RULE, "--timezone=UTC")
    hitl(graded, "due", lesson, "2026-12-26 09:00", "--student=bob", "--timezone=UTC")
    ours = points(graded)
    assert ours == {"ann": pytest.approx(9.9), "bob": pytest.approx(9.9), "cem": 9}
    graded.must("autograde", lesson, "--force")
    assert points(graded) == ours


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("02_none", "2026-12-24 18:00"), "There is no lesson '02_none'. There are 01_small."),
        (("01_small", "tomorrow"), "Write it as '2026-12-24 18:00'"),
        (("01_small", "2026-12-24 18:00", "--student=bob"), "Set the date for all students first"),
        (("01_small", "2026-12-24 18:00", "--student=eve"), "has no student 'eve'"),
        (("01_small", "--student=bob"), "Say until when"),
        (("01_small", "2026-12-24 18:00", "--late=soon"), "Write none, zero"),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(graded_once: Course, arguments, says) -> None:
    done = hitl(graded_once, "due", *arguments, ends=1)
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
    with Gradebook(graded_once.gradebook) as gradebook:
        dates = due_dates(gradebook, graded_once.lesson)
    assert (dates.due, dates.extensions, dates.rule) == (None, {}, None)


def test_the_late_rule_is_plain_to_build() -> None:
    assert str(LateRule(percent=10, at_most=50, grace=600)) == RULE
