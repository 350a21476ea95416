"""A class in which everybody knew all and most handed it in in an odd shape: who gets what.

Its last test prints the summary that an instructor sees (`-s` shows it).
"""

from __future__ import annotations

import pytest

from course_utils.quiz.bank import load_bank
from tests.hostile.harm import grades
from tests.hostile.ours import grade, listed
from tests.support.course import Course, real_course
from tests.support.odd_submissions import hand_in_odd, hand_in_perfect

FULL, QUIZ, EACH = 30.0, 6.0, 6.0
# No folder of a student's: a Mac puts it into archives.
NO_STUDENT = "__MACOSX"
UNREADABLE = {
    "conflict-of-versions": "git conflict",
    "empty-notebook-file": "is empty",
    "half-uploaded": "is damaged",
    "notebook-of-another-lesson": "02_state_next",
}
LESS = {
    "attempts-of-another-lesson": FULL - QUIZ,
    "no-attempts": FULL - QUIZ,
    "exits-in-a-solution": FULL - EACH,
    "loop-without-an-end": FULL - EACH,
    "untouched": 0.0,
    **dict.fromkeys(UNREADABLE, QUIZ),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, list[str], str]:
    """The course, the names of all students, and what `hitl grade` printed."""
    course = real_course(tmp_path_factory.mktemp("class"), "01_interrupt_before")
    course.release()
    students = hand_in_odd(course)
    hand_in_perfect(course, "good")
    return course, [*students, "good"], grade(course)


def test_each_student_gets_what_the_work_deserves(graded: tuple[Course, list[str], str]) -> None:
    course, students, log = graded
    changed = [q for q in load_bank(course.bank).questions if q.points and q.version == 1]
    less = {**LESS, "older-questions": FULL - float(sum(q.points for q in changed))}
    expected = {student: less.get(student, FULL) for student in students}
    del expected[NO_STUDENT], expected["empty-folder"]
    assert grades(course) == expected, log


def test_whoever_cannot_be_graded_waits_with_the_reason(
    graded: tuple[Course, list[str], str],
) -> None:
    course, _, log = graded
    words = listed(course)
    told = {name: words.get(name, "") for name in UNREADABLE}
    assert {n: w for n, w in told.items() if not w.startswith("waits for a person")} == {}, log
    assert {n: told[n] for n, reason in UNREADABLE.items() if reason not in told[n]} == {}
    assert words["empty-folder"].startswith("handed in nothing")


def test_nobody_else_waits_but_who_ended_the_kernel(
    graded: tuple[Course, list[str], str],
) -> None:
    course, _, _ = graded
    waiting = {n: w for n, w in listed(course).items() if w.startswith("waits for a person")}
    others = waiting.keys() - UNREADABLE.keys()
    assert others == {"quits"}, {name: waiting[name] for name in others}


def test_the_summary_counts_everybody_once(graded: tuple[Course, list[str], str]) -> None:
    _, students, log = graded
    print(log)
    line = next(line for line in log.splitlines() if line.split()[:1] == ["students"])
    # Everybody but what is no student.
    assert line.split()[1] == str(len(students) - 1)
