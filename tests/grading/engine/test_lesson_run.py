"""A run over a lesson: what is finished stays, whatever ends it, and what a person gave is kept."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from nbgrader.api import Gradebook

from course_utils.grading.marking.record import RECORD_FILE
from course_utils.grading.nbgrader import lesson_run
from course_utils.grading.nbgrader.gradebook import LockedError
from course_utils.grading.nbgrader.graded_folder import read_record
from course_utils.grading.nbgrader.lesson_run import Options
from tests.support import forked
from tests.support.rows import all_rows, scores
from tests.support.small_class import (
    QUIZ,
    RIGHT,
    STUDENTS,
    Marking,
    grade,
    run_of,
    small_class,
)
from tests.support.small_course import LESSON
from tests.support.submissions import hand_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.course import Course

FULL = {"double-test": 4, "double-more": 2, **QUIZ}


@pytest.fixture(autouse=True)
def _no_setting_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HITL_QUIZZES", "HITL_GRADEBOOK", "HITL_FEEDBACK"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(name, "")


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return small_class(tmp_path_factory.mktemp("handed-in"))


@pytest.fixture(scope="module")
def undisturbed(handed_in: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = copy_of(handed_in, tmp_path_factory.mktemp("undisturbed"))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HITL_QUIZZES", "HITL_GRADEBOOK", "HITL_FEEDBACK"):
            patch.setenv(name, "")
        grade(course, Marking())
    return course


@pytest.fixture
def course(handed_in: Course, tmp_path: Path) -> Course:
    """Return a class of which nobody is graded yet."""
    return copy_of(handed_in, tmp_path)


@pytest.fixture
def graded(undisturbed: Course, tmp_path: Path) -> Course:
    """Return a class of which everybody is graded."""
    return copy_of(undisturbed, tmp_path)


def copy_of(course: Course, folder: Path) -> Course:
    shutil.copytree(course.root, folder / "course", symlinks=True)
    return replace(course, root=folder / "course")


def folder_of(course: Course, student: str) -> Path:
    return course.root / "grading" / "autograded" / student / LESSON


def test_each_student_of_the_list_has_a_grade_waits_or_handed_in_nothing(course: Course) -> None:
    standings = grade(course, Marking())
    assert {name: one.status for name, one in standings.items()} == {
        **dict.fromkeys(("ann", "bob", "cy"), "graded"),
        "torn": "waits",
        "dan": "nothing",
    }
    assert scores(course, "ann") == FULL
    assert scores(course, "bob") == {**FULL, "double-test": 0, "double-more": 0}
    assert scores(course, "torn") == {**FULL, "double-test": None, "double-more": None}
    with Gradebook(course.gradebook) as gradebook:
        handed_in = {one.student.id for one in gradebook.assignment_submissions(LESSON)}
        everybody = {student.id for student in gradebook.students}
    assert handed_in == set(STUDENTS), "dan handed in nothing, and has no row of a submission"
    assert everybody == {*STUDENTS, "dan"}, "__MACOSX is no student"
    with (course.root / "grading" / "problems.csv").open() as file:
        rows = {row["student_id"]: row["status"] for row in csv.DictReader(file)}
    assert rows == {"torn": "waits for a person", "dan": "handed in nothing"}


def everything(course: Course) -> dict[str, tuple[int, bytes]]:
    """Return when each file in `grading/` was written, and what it holds."""
    files = [path for path in (course.root / "grading").rglob("*") if path.is_file()]
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def test_a_second_run_writes_nothing_but_its_list(graded: Course) -> None:
    before, marking = everything(graded), Marking()
    standings = grade(graded, marking)
    assert marking.submitted == []
    assert standings["torn"].status == "waits"
    after = everything(graded)
    report = str(graded.root / "grading" / "problems.csv")
    assert after.pop(report)[1] == before.pop(report)[1]
    assert after == before


def test_only_what_was_handed_in_again_is_graded_again(graded: Course) -> None:
    before = everything(graded)
    shutil.rmtree(graded.submitted("bob"))
    hand_in(graded, "bob", {"double": RIGHT}, None)
    marking = Marking()
    grade(graded, marking)
    assert marking.submitted == ["bob"]
    assert scores(graded, "bob") == {**FULL, **dict.fromkeys(QUIZ, 0)}
    others = [path for path in before if "/autograded/" in path and "/bob/" not in path]
    after = everything(graded)
    assert {path: after[path] for path in others} == {path: before[path] for path in others}


@pytest.mark.parametrize("lost", [RECORD_FILE, f"{LESSON}.ipynb"])
def test_a_file_of_a_graded_folder_that_is_gone_comes_back(graded: Course, lost: str) -> None:
    before = (folder_of(graded, "ann") / lost).read_bytes()
    (folder_of(graded, "ann") / lost).unlink()
    marking = Marking()
    grade(graded, marking)
    assert marking.submitted == ["ann"]
    assert (folder_of(graded, "ann") / lost).read_bytes() == before


def test_a_gradebook_that_lost_a_row_gets_it_again(graded: Course, undisturbed: Course) -> None:
    with Gradebook(graded.gradebook) as gradebook:
        gradebook.remove_submission(LESSON, "cy")
    marking = Marking()
    grade(graded, marking)
    assert marking.submitted == ["cy"]
    assert all_rows(graded) == all_rows(undisturbed)


KILLED = """
import os, signal, sys
from pathlib import Path
from course_utils.grading.nbgrader import graded_folder, lesson_run
from tests.support.course import Course
from tests.support.small_class import Marking, grade

moment, number, calls = sys.argv[2], int(sys.argv[3]), 0

def killed_in(module, name):
    theirs = getattr(module, name)
    def killing(*arguments, **options):
        global calls
        calls += 1
        if calls == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return theirs(*arguments, **options)
    setattr(module, name, killing)

killed_in(graded_folder if moment == "_write" else lesson_run, moment)
grade(Course(Path(sys.argv[1]), "01_small"), Marking())
"""


# The second student is being saved: before the gradebook has it, before a file is written, before
# the notebook, the timestamp and the record.
@pytest.mark.parametrize(
    ("moment", "number"), [("forget", 2), ("write_graded", 2), ("_write", 4), ("_write", 6)]
)
def test_a_run_that_was_killed_loses_nothing_finished_and_the_next_one_goes_on(
    course: Course, undisturbed: Course, moment: str, number: int
) -> None:
    ran = forked.run("-c", KILLED, str(course.root), moment, str(number), env=course.environment)
    assert ran.returncode == -9, ran.stderr
    first, *_ = finished = [name for name in STUDENTS if read_record(folder_of(course, name))]
    assert len(finished) == 1, f"one was finished before the run was killed, and not {finished}"
    marking = Marking()
    grade(course, marking)
    assert first not in marking.submitted, f"{first} was finished, and is graded again"
    assert all_rows(course) == all_rows(undisturbed)
    for student in STUDENTS:
        for name in (f"{LESSON}.ipynb", "timestamp.txt", RECORD_FILE):
            ours, theirs = (folder_of(one, student) / name for one in (course, undisturbed))
            assert ours.read_bytes() == theirs.read_bytes(), f"{student}'s {name} differs"


@pytest.fixture
def lock(course: Course) -> Iterator[sqlite3.Connection]:
    """Return a connection that can lock the gradebook."""
    path = course.gradebook.removeprefix("sqlite:///")
    connection = sqlite3.connect(path, isolation_level=None)
    yield connection
    connection.close()


QUICK = Options(wait_seconds=0.1, permissions=0o644)


def test_a_gradebook_that_stays_locked_is_named_and_what_is_finished_is_kept(
    course: Course, lock: sqlite3.Connection
) -> None:
    def lock_for_cy(job: object) -> None:
        if job.student == "cy":  # type: ignore[attr-defined]
            lock.execute("BEGIN IMMEDIATE")

    with run_of(course, Marking(lock_for_cy), QUICK) as run:
        list(run)
    assert "ann" not in run.unsaved
    assert {"cy", "torn"} <= run.unsaved.keys()
    assert f"{course.root}/grading/gradebook.db is locked" in run.unsaved["cy"]
    assert run.standings["cy"].status == "waits"
    assert read_record(folder_of(course, "ann"))
    lock.execute("ROLLBACK")
    marking = Marking()
    standings = grade(course, marking)
    assert "ann" not in marking.submitted
    assert standings["cy"].status == "graded"


def test_a_gradebook_that_is_locked_from_the_start_is_refused_and_nothing_is_changed(
    course: Course, lock: sqlite3.Connection
) -> None:
    lock.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LockedError, match="Close that program and grade again"):
        grade(course, Marking(), QUICK)
    assert not (course.root / "grading" / "autograded").exists()


def test_a_lock_that_goes_while_others_are_graded_costs_nothing(
    course: Course, lock: sqlite3.Connection, undisturbed: Course
) -> None:
    lock.execute("BEGIN IMMEDIATE")

    def unlock_for_cy(job: object) -> None:
        if job.student == "cy":  # type: ignore[attr-defined]
            lock.execute("ROLLBACK")

    with run_of(course, Marking(unlock_for_cy), QUICK) as run:
        list(run)
    assert run.unsaved == {}
    assert all_rows(course) == all_rows(undisturbed)


def test_a_full_disk_costs_one_student_a_second_run_and_nobody_else_anything(
    course: Course, undisturbed: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path, *rest: object) -> None:
        if folder == folder_of(course, "bob"):
            raise OSError(28, "No space left on device", str(folder))
        written(folder, *rest)

    written = lesson_run.write_graded
    with monkeypatch.context() as patch:
        patch.setattr(lesson_run, "write_graded", full)
        with run_of(course, Marking()) as run:
            list(run)
    assert list(run.unsaved) == ["bob"]
    assert "No space left on device" in run.standings["bob"].problem
    assert run.standings["cy"].status == "graded"
    marking = Marking()
    grade(course, marking)
    assert marking.submitted == ["bob"]
    assert all_rows(course) == all_rows(undisturbed)


def give_by_hand(course: Course, student: str, cell: str, points: float) -> None:
    """Give points and extra credit for a cell, as Formgrader does."""
    with Gradebook(course.gradebook) as gradebook:
        grade = gradebook.find_grade(cell, LESSON, LESSON, student)
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = points, 0.5, False
        gradebook.db.commit()


def by_hand(course: Course, student: str, cell: str) -> tuple[float, float, float, bool]:
    with Gradebook(course.gradebook) as gradebook:
        grade = gradebook.find_grade(cell, LESSON, LESSON, student)
        return grade.auto_score, grade.manual_score, grade.extra_credit, grade.needs_manual_grade


def test_what_a_person_gave_is_kept_and_a_new_score_beneath_it_is_told(graded: Course) -> None:
    give_by_hand(graded, "bob", "double-test", 3)
    assert grade(graded, Marking(), Options(force=True))["bob"] == ("graded", "")
    assert by_hand(graded, "bob", "double-test") == (0, 3, 0.5, False)
    shutil.rmtree(graded.submitted("bob"))
    hand_in(graded, "bob", {"double": RIGHT}, None)
    standing = grade(graded, Marking())["bob"]
    assert by_hand(graded, "bob", "double-test") == (4, 3, 0.5, True)
    assert standing.status == "waits"
    said = "double-test: 3 given by hand stays. Grading gave 0 and now gives 4."
    assert said in standing.problem


def test_a_student_whom_a_person_graded_waits_no_longer(graded: Course) -> None:
    assert grade(graded, Marking())["torn"].status == "waits"
    for cell in ("double-test", "double-more"):
        give_by_hand(graded, "torn", cell, 1)
    assert grade(graded, Marking())["torn"].status == "graded"


def test_what_a_person_has_seen_is_not_asked_for_again_when_another_test_is_corrected(
    graded: Course,
) -> None:
    for cell in ("double-test", "double-more"):
        give_by_hand(graded, "torn", cell, 1)
    with Gradebook(graded.gradebook) as gradebook:
        test = gradebook.find_source_cell("double-more", LESSON, LESSON)
        test.source += "\n# corrected"
        gradebook.db.commit()
    marking = Marking()
    assert grade(graded, marking)["torn"].status == "graded"
    assert {"ann", "bob", "cy"} <= set(marking.submitted), "the corrected test marks all again"
    (graded.submitted("torn") / f"{LESSON}.ipynb").write_text("")
    assert grade(graded, Marking())["torn"].status == "waits"


def test_a_student_who_is_not_to_be_created_is_told_and_gets_no_row(course: Course) -> None:
    with run_of(course, Marking(), Options(students="ann", create=False)) as run:
        list(run)
    assert "No student with ID 'ann'" in run.unsaved["ann"]
    assert list(run.standings) == ["ann"], "nobody else was asked for"
    with Gradebook(course.gradebook) as gradebook:
        assert [student.id for student in gradebook.students] == ["dan"]


def test_being_late_costs_what_the_plugin_says_and_a_new_date_counts_at_once(
    course: Course,
) -> None:
    text = (course.root / "nbgrader_config.py").read_text()
    late = "\nfrom nbgrader.plugins import LateSubmissionPlugin\n"
    late += "c.AssignLatePenalties.plugin_class = LateSubmissionPlugin\n"
    late += 'c.LateSubmissionPlugin.penalty_method = "zero"\n'
    (course.root / "nbgrader_config.py").write_text(text + late.replace("\\\n", "\n"))
    set_due(course, "2029-12-31 10:00:00")
    grade(course, Marking())
    assert penalty(course, "ann") == 11
    set_due(course, "2030-12-31 10:00:00")
    marking = Marking()
    grade(course, marking)
    assert marking.submitted == []
    assert penalty(course, "ann") is None


def set_due(course: Course, moment: str) -> None:
    with Gradebook(course.gradebook) as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=moment)


def penalty(course: Course, student: str) -> float | None:
    with Gradebook(course.gradebook) as gradebook:
        notebook = gradebook.find_submission_notebook(LESSON, LESSON, student)
        taken: float | None = notebook.late_submission_penalty
        return taken
