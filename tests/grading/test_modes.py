"""The mode of a release: said when it is made, kept until it is graded, never given up silently."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from course_utils.quiz.bank import load_bank
from course_utils.quiz.released import read_released
from tests.support.rows import scores
from tests.support.small_course import BANK, LESSON, small_course
from tests.support.submissions import hand_in, solutions, tried

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.course import Course


def mode(course: Course) -> str:
    return read_released(course.released / "questions.json").mode


def test_a_lesson_is_released_anew_in_the_mode_that_is_set_and_the_log_says_which(
    tmp_path: Path,
) -> None:
    practice = small_course(tmp_path)
    said = practice.must("generate_assignment", LESSON)
    assert f"WARNING] {LESSON} is released as practice: contains the key." in said
    said = replace(practice, feedback="deferred").must("generate_assignment", LESSON)
    assert f"WARNING] {LESSON} is released as deferred: no key." in said
    assert mode(practice) == "deferred"


@pytest.mark.parametrize("options", [[], ["--force"]])
def test_a_deferred_release_does_not_become_practice_by_forgetting_a_variable(
    tmp_path: Path, options: list[str]
) -> None:
    course = small_course(tmp_path, feedback="deferred")
    course.release()
    done = replace(course, feedback="practice").nbgrader("generate_assignment", LESSON, *options)
    assert done.returncode == 1, done.stderr
    assert "Set HITL_FEEDBACK=deferred in .env" in done.stderr
    assert f"remove {course.released} first" in done.stderr
    assert "Traceback" not in done.stderr
    assert mode(course) == "deferred"


def test_a_release_that_is_refused_leaves_the_one_before(tmp_path: Path) -> None:
    course = small_course(tmp_path)
    course.release()
    course.bank.write_text(BANK.replace("points: 2", "points: 3"))
    assert course.nbgrader("generate_assignment", LESSON).returncode == 1
    assert mode(course) == "practice"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A deferred release, graded when the variable is no longer set."""
    course = small_course(tmp_path_factory.mktemp("graded"), feedback="deferred")
    course.release()
    colour = load_bank(course.bank).question("colour")
    events = [tried(colour, answer) for answer in ("blue", "green", "red")]
    hand_in(course, "zoe", solutions(course), events)
    later = replace(course, feedback="practice")
    later.must("autograde", LESSON)
    return later


def refused(graded: Course, root: Path) -> str:
    """Grade a copy again, which has to fail; return what was said."""
    done = replace(graded, root=root).nbgrader("autograde", LESSON, "--force")
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert scores(replace(graded, root=root), "zoe")["quiz-colour"] == 1
    return done.stderr


@pytest.fixture
def copy(graded: Course, tmp_path: Path) -> Course:
    shutil.copytree(graded.root, tmp_path / "copy")
    return replace(graded, root=tmp_path / "copy")


def test_the_mode_of_the_release_counts_and_not_that_of_the_day(graded: Course) -> None:
    assert scores(graded, "zoe")["quiz-colour"] == 1, "practice would have taken two thirds"


def test_without_the_release_nothing_is_scored_in_a_guessed_mode(copy: Course) -> None:
    shutil.rmtree(copy.released)
    said = refused(copy, copy.root)
    assert f"{copy.released / 'questions.json'} is not there" in said
    assert "release the lesson again in that mode" in said


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("id: pick\n    version: 1", "id: pick\n    version: 2"),
        ("id: pick\n", "id: picked\n"),
        ("points: 2", "points: 3"),
        ("{id: four, text", "{id: vier, text"),
    ],
)
def test_a_bank_that_is_no_longer_the_released_one_is_an_error_that_names_the_question(
    copy: Course, before: str, after: str
) -> None:
    copy.bank.write_text(BANK.replace(before, after))
    said = refused(copy, copy.root)
    assert "The bank of 01_small no longer has what was released" in said
    assert "pick (version 1, 2 points). Put it back" in said


def test_a_bank_that_is_not_there_is_an_error_that_names_the_setting(copy: Course) -> None:
    copy.bank.unlink()
    assert "Set HITL_QUIZZES to the folder" in refused(copy, copy.root)


def test_releasing_again_in_the_same_mode_lets_a_changed_bank_be_graded(copy: Course) -> None:
    copy.bank.write_text(BANK.replace("id: pick\n    version: 1", "id: pick\n    version: 2"))
    replace(copy, feedback="deferred").release()
    copy.must("autograde", LESSON, "--force")
    assert scores(copy, "zoe")["quiz-colour"] == 1
