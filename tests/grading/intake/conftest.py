"""A student's folder with everything right in it, and what intake makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from course_utils.grading.intake.class_list import find_students
from course_utils.grading.marking.submissions import read_submission
from course_utils.quiz.bank import load_bank
from tests.support.course import ROOT
from tests.support.released import hand_in, released_lesson

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from course_utils.grading.marking.submissions import Submission

LESSON = "01_interrupt_before"


@pytest.fixture
def submitted(tmp_path: Path) -> Path:
    """The folder of all submissions: Ann's, and nobody else's."""
    folder = tmp_path / "submitted"
    hand_in(folder / "ann", LESSON)
    return folder


@pytest.fixture
def read(submitted: Path) -> Callable[[], Submission]:
    """Read what is Ann's now."""

    def read_ann() -> Submission:
        entries = find_students(submitted, LESSON, ["ann"])
        (entry,) = (entry for entry in entries if entry.student == "ann")
        bank = load_bank(ROOT / "quizzes" / f"{LESSON}.yaml")
        return read_submission(entry, bank, "deferred", released_lesson(LESSON))

    return read_ann
