"""Submissions that went wrong: each student ends with a grade or a reason, and nobody waits."""

from __future__ import annotations

import csv
import json
import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from nbgrader.api import Gradebook

from course_utils.quiz.attempts import ATTEMPTS_FILE
from course_utils.quiz.bank import load_bank
from tests.support.rows import scores
from tests.support.small_course import LESSON, small_course
from tests.support.submissions import hand_in, right_answer, solutions, tried

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.course import Course

QUIZ = {"quiz-colour": 1, "quiz-pick": 2, "quiz-truth": 1, "quiz-blank": 1}
FULL = {"double-test": 4, "double-more": 2, **QUIZ}
WAITING = {"double-test": None, "double-more": None, **QUIZ}
NOTEBOOK = f"{LESSON}.ipynb"


def change_notebook(folder: Path, change: Callable[[dict], None]) -> None:
    path = folder / NOTEBOOK
    notebook = json.loads(path.read_text())
    change(notebook)
    path.write_text(json.dumps(notebook))


def insert_after_the_first_test(folder: Path, source: str) -> None:
    def insert(notebook: dict) -> None:
        test = next(c for c in notebook["cells"] if c["id"] == "double-test")
        cell = {"cell_type": "code", "id": "inserted", "source": source, "metadata": {}}
        notebook["cells"].insert(notebook["cells"].index(test) + 1, cell)

    change_notebook(folder, insert)


def end_the_kernel(folder: Path) -> None:
    insert_after_the_first_test(folder, "import os; os._exit(0)")


def loop_for_ever(folder: Path) -> None:
    ignoring = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
    # A pause, so that the wait for the limit costs this machine nothing.
    source = f"{ignoring}\nwhile True: signal.pause()"
    insert_after_the_first_test(folder, source)


def tear(folder: Path) -> None:
    (folder / NOTEBOOK).write_text('{"cells": [')


def rename(folder: Path) -> None:
    (folder / NOTEBOOK).rename(folder / f"{LESSON} (1).ipynb")


def make_a_pipe(folder: Path) -> None:
    (folder / NOTEBOOK).unlink()
    os.mkfifo(folder / NOTEBOOK)


def link_the_bank(folder: Path) -> None:
    (folder / "notes.txt").symlink_to(f"../../../../quizzes/{LESSON}.yaml")
    (folder / "pipe").mkdir()
    os.mkfifo(folder / "pipe" / "pipe")


def shadow_a_module(folder: Path) -> None:
    (folder / "ipykernel.py").write_text("import os; os._exit(3)")


def lead_attempts_nowhere(folder: Path) -> None:
    (folder / ATTEMPTS_FILE).unlink()
    (folder / ATTEMPTS_FILE).symlink_to("/nonexistent")


def muddle_the_cells(folder: Path) -> None:
    def muddle(notebook: dict) -> None:
        cells = {cell["id"]: cell for cell in notebook["cells"]}
        cells["quiz-pick"]["metadata"] = None
        colour = cells["quiz-colour"]
        colour.update(cell_type="markdown", attachments={"a.png": {"image/png": "aa"}})
        del colour["outputs"], colour["execution_count"]
        notebook.update(nbformat_minor="5", metadata=[])

    change_notebook(folder, muddle)


def muddle_the_time(folder: Path) -> None:
    (folder / "timestamp.txt").write_text("garbage")


BREAKS = {
    "ended": end_the_kernel,
    "stuck": loop_for_ever,
    "torn": tear,
    "renamed": rename,
    "piped": make_a_pipe,
    "linked": link_the_bank,
    "shadow": shadow_a_module,
    "nowhere": lead_attempts_nowhere,
    "muddled": muddle_the_cells,
    "untimely": muddle_the_time,
    "new\nline": lambda folder: None,
    "[ab]": lambda folder: None,
    "<b>": lambda folder: None,
    "zoe": lambda folder: None,
}


def hand_in_well(course: Course, student: str) -> None:
    questions = load_bank(course.bank).questions
    events = [tried(question, right_answer(question)) for question in questions if question.points]
    hand_in(course, student, solutions(course), events)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, str]:
    """Grade all of them at once; return the course and nbgrader's log."""
    course = small_course(tmp_path_factory.mktemp("broken"))
    course.release()
    for student, spoil in BREAKS.items():
        hand_in_well(course, student)
        spoil(course.submitted(student))
    # Before a kernel that is forked would see the module in its way, it has imported the real one.
    replace(course, from_scratch=True).must("autograde", LESSON, "--student=shadow")
    log = course.must("autograde", LESSON, "--Execute.timeout=10")
    course.must("generate_feedback", LESSON)
    return course, log


def problems(course: Course) -> dict[str, str]:
    """Return what `problems.csv` says, by student."""
    with (course.root / "grading" / "problems.csv").open() as file:
        return {row["student_id"]: row["problem"] for row in csv.DictReader(file)}


@pytest.mark.parametrize("student", ["zoe", "renamed", "linked", "shadow", "muddled", "untimely"])
def test_what_grading_does_not_need_costs_nobody_a_point(
    graded: tuple[Course, str], student: str
) -> None:
    course, _ = graded
    assert scores(course, student) == FULL


@pytest.mark.parametrize("student", ["torn", "piped"])
def test_without_a_notebook_the_quiz_is_scored_and_the_exercises_wait_for_a_person(
    graded: tuple[Course, str], student: str
) -> None:
    course, log = graded
    assert scores(course, student) == WAITING
    for place in (log, problems(course)[student], course.page(student)):
        assert "The exercises could not be graded" in place


@pytest.mark.parametrize("student", ["ended", "stuck"])
def test_when_the_notebooks_run_ends_the_tests_after_that_wait_for_a_person(
    graded: tuple[Course, str], student: str
) -> None:
    course, log = graded
    assert scores(course, student) == {**FULL, "double-more": None}
    for place in (log, problems(course)[student]):
        assert "double-more: The test passed when run by itself, and not in the notebook" in place
    assert "The kernel had ended before this cell was through" in course.page(student)


def test_attempts_behind_a_link_cost_the_quiz_and_nothing_else(graded: tuple[Course, str]) -> None:
    course, _ = graded
    assert scores(course, "nowhere") == {**FULL, **dict.fromkeys(QUIZ, 0)}
    assert "it is a symbolic link" in problems(course)["nowhere"]


def test_a_folder_nbgrader_cannot_name_is_left_where_it_is_with_a_reason(
    graded: tuple[Course, str],
) -> None:
    course, log = graded
    with Gradebook(course.gradebook) as gradebook:
        students = {student.id for student in gradebook.students}
    assert students == set(BREAKS) - {"new\nline", "[ab]", "<b>"}
    for shown, student in (
        ("[ab]", "[ab]"),
        ("<b>", "<b>"),
        ("new\\nline", "new\nline"),
    ):
        assert "Rename the folder: mv -n -- " in problems(course)[shown]
        assert f"{shown}: nbgrader cannot work with the name of this folder" in log
        assert (course.submitted(student) / NOTEBOOK).exists()


def test_a_date_that_is_none_is_told(graded: tuple[Course, str]) -> None:
    course, _ = graded
    assert problems(course)["untimely"] == "It counts as in time: timestamp.txt is not a date."


def test_nothing_to_tell_is_not_told(graded: tuple[Course, str]) -> None:
    course, _ = graded
    assert not {"zoe", "linked", "muddled"} & set(problems(course))


def test_feedback_is_one_page_and_nothing_a_link_led_to(graded: tuple[Course, str]) -> None:
    course, _ = graded
    folder = course.root / "grading" / "feedback" / "linked"
    assert [path.name for path in folder.rglob("*")] == [LESSON, f"{LESSON}.html"]


def test_a_torn_resubmission_takes_the_place_of_the_good_one_and_a_good_one_of_that(
    tmp_path: Path,
) -> None:
    course = small_course(tmp_path)
    course.release()
    hand_in_well(course, "zoe")
    path = course.submitted("zoe") / NOTEBOOK
    good = path.read_text()
    course.must("autograde", LESSON)
    assert scores(course, "zoe") == FULL
    tear(course.submitted("zoe"))
    (course.submitted("zoe") / "timestamp.txt").write_text("2030-01-01 10:00:00 UTC")
    course.must("autograde", LESSON, "--force")
    assert scores(course, "zoe") == WAITING
    assert list(problems(course)) == ["zoe"]
    path.write_text(good)
    (course.submitted("zoe") / "timestamp.txt").write_text("2030-01-02 10:00:00 UTC")
    course.must("autograde", LESSON)
    assert scores(course, "zoe") == FULL
    assert not (course.root / "grading" / "problems.csv").exists(), "the problem is gone"


def test_what_was_handed_in_again_is_graded_again_whatever_its_timestamp_says(
    tmp_path: Path,
) -> None:
    course = small_course(tmp_path)
    course.release()
    hand_in(course, "zoe", solutions(course), None)
    course.must("autograde", LESSON)
    assert scores(course, "zoe") == {**FULL, **dict.fromkeys(QUIZ, 0)}
    shutil.rmtree(course.submitted("zoe"))
    hand_in_well(course, "zoe")
    course.must("autograde", LESSON)
    assert scores(course, "zoe") == FULL
