"""`hitl grade` and `nbgrader autograde` in the jail: one gradebook, one list, and a way to stop."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from course_utils.grading.nbgrader.graded_folder import read_record
from tests.support import forked
from tests.support.rows import all_rows, scores
from tests.support.running_lab import HITL
from tests.support.small_class import STUDENTS, small_class
from tests.support.small_course import LESSON

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.course import Course


def hitl(course: Course, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**course.environment, **variables}
    return forked.run(str(HITL), "grade", *arguments, cwd=course.root, env=environment)


def copy_of(course: Course, folder: Path) -> Course:
    shutil.copytree(course.root, folder / "course", symlinks=True)
    return replace(course, root=folder / "course")


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return small_class(tmp_path_factory.mktemp("handed-in"))


@pytest.fixture(scope="module")
def graded(
    handed_in: Course, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Course, subprocess.CompletedProcess[str]]:
    course = copy_of(handed_in, tmp_path_factory.mktemp("graded"))
    return course, hitl(course, LESSON, "--jobs", "2")


Graded = tuple["Course", "subprocess.CompletedProcess[str]"]


def test_the_list_has_every_student_and_names_those_who_wait_with_the_reason(
    graded: Graded,
) -> None:
    _, done = graded
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert f"Grading {LESSON}: 4 to do." in lines
    for line in ("graded 3", "waits for a person 1", "handed in nothing 1", "students 5"):
        assert line in lines, f"{line!r} is not in {lines}"
    (torn,) = (line for line in lines if line.startswith("torn: "))
    assert f"{LESSON}.ipynb is damaged" in torn
    assert any("problems.csv" in line for line in lines)
    assert any(f"hitl report {LESSON}" in line for line in lines)


@pytest.mark.parametrize("command", ["hitl", "nbgrader"])
def test_a_file_that_is_nobodys_is_told(graded: Graded, tmp_path: Path, command: str) -> None:
    course = copy_of(graded[0], tmp_path)
    stray = f"{LESSON}.zip"
    (course.root / "grading" / "submitted" / stray).write_bytes(b"PK")
    done = hitl(course, LESSON) if command == "hitl" else course.nbgrader("autograde", LESSON)
    assert done.returncode == 0, done.stderr
    told = " ".join(f"{done.stdout} {done.stderr}".split())
    assert f"{stray} lies beside the students' folders, and nothing tells whose it is." in told
    assert f"Put it into the folder of its student: submitted/<student>/{LESSON}." in told


def test_nbgrader_autograde_writes_the_same_gradebook_and_the_same_files(
    graded: Graded, handed_in: Course, tmp_path: Path
) -> None:
    ours, _ = graded
    stock = copy_of(handed_in, tmp_path)
    log = stock.must("autograde", LESSON)
    assert all_rows(stock) == all_rows(ours)
    assert "torn: " in log
    assert "Handed in nothing: dan." in log
    for student in STUDENTS:
        one, other = (
            read_record(course.root / "grading" / "autograded" / student / LESSON)
            for course in (ours, stock)
        )
        assert one == other, f"{student} has another record"


def test_feedback_is_made_of_what_was_graded_and_a_torn_notebook_has_a_page_too(
    graded: Graded,
) -> None:
    course, _ = graded
    course.must("generate_feedback", LESSON)
    assert "Right answer:" in course.page("ann")
    assert "The exercises could not be graded" in course.page("torn")


def test_a_second_run_has_nothing_to_do(graded: Graded) -> None:
    course, _ = graded
    done = hitl(course, LESSON)
    assert done.returncode == 0
    assert f"Grading {LESSON}: nothing is new or changed." in done.stdout


@pytest.mark.parametrize("how", [["--no-sandbox"], []])
def test_without_the_jail_every_report_says_so(
    handed_in: Course, tmp_path: Path, how: list[str]
) -> None:
    course = copy_of(handed_in, tmp_path)
    done = hitl(course, LESSON, "--student", "ann", *how, HITL_SANDBOX="" if how else "off")
    assert done.returncode == 0, done.stderr
    assert "Students' code ran without the jail" in done.stdout
    record = read_record(course.root / "grading" / "autograded" / "ann" / LESSON)
    assert record is not None
    assert not record.jailed
    problems = (course.root / "grading" / "problems.csv").read_text()
    assert "ann,graded,Graded without the jail." in problems
    assert "bob" not in done.stdout, "bob was not asked for"


@pytest.mark.parametrize(
    ("lesson", "said"),
    [
        ("02_none", "nbgrader generate_assignment 02_none"),
        (LESSON, f"{LESSON}/questions.json is not there"),
    ],
)
def test_what_cannot_be_graded_is_refused_in_one_line_that_says_what_to_do(
    handed_in: Course, tmp_path: Path, lesson: str, said: str
) -> None:
    course = copy_of(handed_in, tmp_path)
    shutil.rmtree(course.released)
    done = hitl(course, lesson)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (course.root / "grading" / "autograded").exists()


def test_ctrl_c_keeps_what_is_graded_and_says_how_to_go_on(
    handed_in: Course, tmp_path: Path
) -> None:
    course = copy_of(handed_in, tmp_path)
    endless(course, "cy")
    command = ("grade", LESSON, "--jobs", "1")
    running = forked.Process(
        *(str(HITL), *command),
        cwd=course.root,
        env=course.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    said = []
    assert running.stdout is not None
    try:
        for line in running.stdout:
            said.append(line)
            if "bob" in line:
                running.send_signal(signal.SIGINT)
        code = running.wait(30)
    finally:
        running.kill()
    assert code == 130, said
    assert f"go on with: hitl grade {LESSON} --jobs 1" in "".join(said)
    lines = [" ".join(line.split()) for line in said]
    assert "not graded yet 2" in lines, lines
    assert not any(line.startswith("cy:") for line in lines), "cy waits for no person"
    problems = (course.root / "grading" / "problems.csv").read_text()
    assert f"{LESSON},cy,not graded yet," in problems
    assert scores(course, "bob")["double-test"] == 0
    assert read_record(course.root / "grading" / "autograded" / "bob" / LESSON)
    assert not read_record(course.root / "grading" / "autograded" / "cy" / LESSON)


def endless(course: Course, student: str) -> None:
    """Put a cell into a student's notebook that ends only when it is ended."""
    path = course.submitted(student) / f"{LESSON}.ipynb"
    notebook = json.loads(path.read_text())
    code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    pause = "import time\nwhile True:\n    time.sleep(60)"
    notebook["cells"].append({**code, "id": "endless", "source": pause})
    path.write_text(json.dumps(notebook))
