"""One small course that has been graded, copied for each test that changes it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from course_utils.quiz.bank import load_bank
from tests.support.small_course import small_course
from tests.support.submissions import hand_in, right_answer, solutions, tried

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

    from tests.support.course import Course

DOUBLE_MORE = {"double": "def double(number):\n    return 2 * int(number)"}
TIMES = {"ann": "2026-12-24 16:00:00 UTC", "bob": "2026-12-26 10:00:00 UTC"}


@pytest.fixture(scope="session")
def graded_once(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Ann and Bob handed in, Ann on the 24th and Bob two days later, Cem without a time."""
    course = small_course(tmp_path_factory.mktemp("graded"))
    course.release()
    questions = load_bank(course.bank).questions
    tries = [tried(question, right_answer(question)) for question in questions if question.points]
    for student in ("ann", "bob", "cem"):
        answers = DOUBLE_MORE if student == "cem" else solutions(course)
        hand_in(course, student, answers, tries)
        if student in TIMES:
            (course.submitted(student) / "timestamp.txt").write_text(TIMES[student])
    course.must("autograde", course.lesson)
    return course


@pytest.fixture
def graded(graded_once: Course, tmp_path: Path) -> Course:
    """A copy of the graded course."""
    root = tmp_path / "course"
    shutil.copytree(graded_once.root, root)
    return replace(graded_once, root=root)


def hitl(course: Course, *arguments: str, ends: int = 0) -> CompletedProcess[str]:
    """Run `hitl` in a course's folder, and check how it ends."""
    done = course.python("-c", "from course_utils.cli import app; app()", *arguments)
    assert done.returncode == ends, (
        f"hitl {' '.join(arguments)} ended with {done.returncode}, expected {ends}:\n"
        f"{done.stdout}{done.stderr}"
    )
    return done
