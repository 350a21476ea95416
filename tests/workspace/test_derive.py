"""The learner's workspace: derived once, and never taken away again."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from course_utils.grading.release import ReleaseError
from course_utils.quiz.released import read_released
from course_utils.quiz.sources import find_quiz
from course_utils.workspace.derive import derive_workspace, renumbered
from tests.support.small_course import BANK, LESSON, small_course

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.course import Course


def derive(course: Course, target: Path) -> list[str]:
    """Derive a workspace and return what was written, as paths within it."""
    written = derive_workspace(
        target, notebooks=course.root / "notebooks", quizzes=course.root / "quizzes"
    )
    return [str(path.relative_to(target)) for path in written]


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return small_course(tmp_path / "course", feedback="deferred")


def test_a_new_workspace_has_lessons_without_solutions_and_with_practice_questions(
    course: Course, tmp_path: Path
) -> None:
    target = tmp_path / "workspace"
    assert derive(course, target) == [f"{LESSON}/{LESSON}.ipynb", f"{LESSON}/questions.json"]
    text = (target / LESSON / f"{LESSON}.ipynb").read_text()
    assert "YOUR CODE HERE" in text
    assert "2 * number" not in text
    assert "HIDDEN" not in text
    assert "THE-EXPLANATION" not in text
    assert read_released(target / LESSON / "questions.json").mode == "practice"


def test_a_second_derivation_writes_nothing_and_keeps_the_learners_work(
    course: Course, tmp_path: Path
) -> None:
    derive(course, tmp_path)
    notebook = tmp_path / LESSON / f"{LESSON}.ipynb"
    notebook.write_text("the learner's work")
    assert derive(course, tmp_path) == []
    assert notebook.read_text() == "the learner's work"


def test_a_deleted_file_comes_back_and_the_one_beside_it_is_not_touched(
    course: Course, tmp_path: Path
) -> None:
    derive(course, tmp_path)
    notebook = tmp_path / LESSON / f"{LESSON}.ipynb"
    notebook.write_text("the learner's work")
    (tmp_path / LESSON / "questions.json").unlink()
    assert derive(course, tmp_path) == [f"{LESSON}/questions.json"]
    assert notebook.read_text() == "the learner's work"
    assert sorted(path.name for path in notebook.parent.iterdir()) == [
        f"{LESSON}.ipynb",
        "questions.json",
    ]


def test_a_lesson_that_moved_up_keeps_its_old_copy_beside_the_new_one_and_is_named(
    course: Course, tmp_path: Path
) -> None:
    target = tmp_path / "workspace"
    derive(course, target)
    (target / LESSON / "attempts.jsonl").write_text("mine")
    before = {path.name: path.read_bytes() for path in (target / LESSON).iterdir()}
    moved = LESSON.replace("01", "02")
    for file in (course.source / f"{LESSON}.ipynb", course.bank):
        file.write_text(file.read_text().replace(LESSON, moved))
        file.rename(file.with_stem(moved))
    course.source.rename(course.source.with_name(moved))
    assert derive(course, target) == [f"{moved}/{moved}.ipynb", f"{moved}/questions.json"]
    assert {path.name: path.read_bytes() for path in (target / LESSON).iterdir()} == before
    found = renumbered(target, notebooks=course.root / "notebooks")
    assert found == {LESSON: moved}
    quiz = find_quiz(LESSON, target / LESSON)
    assert quiz is not None, f"{LESSON} asks nothing any more"
    assert quiz.lesson == LESSON, "its questions are its own still"


def test_a_lesson_that_does_not_fit_its_bank_is_not_derived(course: Course, tmp_path: Path) -> None:
    course.bank.write_text(BANK.replace("points: 2", "points: 3"))
    with pytest.raises(ReleaseError, match=r"01_small\.ipynb: cell 'quiz-pick'"):
        derive(course, tmp_path / "workspace")


def test_nothing_missing_is_found_without_loading_nbgrader(course: Course, tmp_path: Path) -> None:
    derive(course, tmp_path)
    script = (
        "import sys, pathlib as p; from course_utils.workspace.derive import derive_workspace; "
        "derive_workspace(p.Path(sys.argv[1]), notebooks=p.Path(sys.argv[2]), "
        "quizzes=p.Path(sys.argv[3])); print('nbgrader' in sys.modules)"
    )
    folders = [str(tmp_path), str(course.root / "notebooks"), str(course.root / "quizzes")]
    done = subprocess.run(
        [sys.executable, "-c", script, *folders], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False", "a start of the lab should not wait for nbgrader"
