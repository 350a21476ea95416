"""`hitl grade --scheduler` with real workers of Dask, and with the gradebook in PostgreSQL."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from course_utils.grading.nbgrader.graded_folder import read_record
from course_utils.quiz.bank import load_bank
from tests.support import forked
from tests.support.course import ROOT, Course
from tests.support.dask_cluster import (
    FORBIDDEN,
    SECONDS,
    Begun,
    Cluster,
    Watched,
    allow_no_failure,
    jail_below,
    running_cluster,
)
from tests.support.rows import all_rows
from tests.support.running_lab import HITL
from tests.support.small_course import LESSON, small_course
from tests.support.submissions import hand_in, right_answer, solutions, tried

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.postgres import Server

SLOW = ("aa-slow", "ab-slow")
RIGHT = ("ann", "bob", "cy", "dan", "eve")
WRONG = ("fay", "gus")
STUDENTS = (*SLOW, *RIGHT, *WRONG, "blank", "mallory", "torn")
TOLD = "sesame-of-the-worker"
# All that a worker has and a student may not: its environment, and the instructor's folders.
READ_ALL = """import os, pathlib, subprocess
print(dict(os.environ))
for path in ["/proc/1/environ", "/proc/self/environ", *map(str, pathlib.Path("/").glob("*/*"))]:
    try:
        print(path, pathlib.Path(path).read_bytes()[:200000])
    except OSError as error:
        print(path, error)
for folder in {folders!r}:
    print(folder, os.path.exists(folder))"""


@dataclass(frozen=True)
class InPostgresql(Course):
    """A course whose gradebook is in PostgreSQL.

    Attributes:
        address: the gradebook's.
    """

    address: str = ""

    @property
    def gradebook(self) -> str:
        return self.address


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A released lesson and twelve submissions: two slow ones, and one that reads what it can."""
    course = small_course(tmp_path_factory.mktemp("handed-in"))
    course.release()
    questions = [one for one in load_bank(course.bank).questions if one.points]
    events = [tried(question, right_answer(question)) for question in questions]
    for student in STUDENTS:
        answers = solutions(course)
        if student in WRONG:
            answers = {"double": "def double(number):\n    return number"}
        hand_in(course, student, {} if student == "blank" else answers, events)
        (course.submitted(student) / "timestamp.txt").write_text("2030-01-01 10:00:00 UTC")
    for student in SLOW:
        add_cell(course, student, "import time\ntime.sleep(3)")
    add_cell(course, "mallory", READ_ALL.format(folders=[str(course.root), str(ROOT / "quizzes")]))
    (course.submitted("torn") / f"{LESSON}.ipynb").write_text('{"cells": [')
    return course


@pytest.fixture(scope="module")
def graded_here(handed_in: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = copy_of(handed_in, tmp_path_factory.mktemp("here"))
    done = forked.run(*(str(HITL), "grade", LESSON), cwd=course.root, env=course.environment)
    assert done.returncode == 0, done.stderr
    return course


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler with two workers, in whose environment there is a secret."""
    with running_cluster(tmp_path_factory.mktemp("dask")) as running:
        running.add_workers("one", "two", SECRET=TOLD)
        yield running


def add_cell(course: Course, student: str, source: str) -> None:
    path = course.submitted(student) / f"{LESSON}.ipynb"
    notebook = json.loads(path.read_text())
    code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    notebook["cells"].append({**code, "id": "added", "source": source})
    path.write_text(json.dumps(notebook))


def copy_of(course: Course, folder: Path) -> Course:
    shutil.copytree(course.root, folder / "course", symlinks=True)
    return replace(course, root=folder / "course")


def begin(course: Course, cluster: Cluster, *options: str) -> forked.Process:
    while not cluster.begun.empty():
        cluster.begun.get()
    return forked.Process(
        *(str(HITL), "grade", LESSON, "--scheduler", cluster.address, *options),
        cwd=course.root,
        env=course.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def begun(cluster: Cluster) -> Begun:
    return cluster.begun.get(timeout=SECONDS)


def said_by(grading: forked.Process) -> tuple[int, str]:
    assert grading.stdout is not None
    try:
        said = grading.stdout.read()
        return grading.wait(SECONDS), said
    finally:
        grading.kill()


def test_ctrl_c_and_a_killed_worker_lose_nothing_and_postgresql_has_what_sqlite_has(
    handed_in: Course, graded_here: Course, cluster: Cluster, postgresql: Server, tmp_path: Path
) -> None:
    shutil.copytree(handed_in.root, tmp_path / "course")
    (tmp_path / "course" / "grading" / "gradebook.db").unlink()
    address = postgresql.new_database()
    # HITL_CHECKPOINTS may be written so too.
    short = address.replace("postgresql:", "postgres:")
    course = InPostgresql(tmp_path / "course", LESSON, address=short)
    course.release()

    stopped = begin(course, cluster)
    first = begun(cluster)
    inside = Watched(jail_below(first.pid))
    stopped.send_signal(signal.SIGINT)
    code, said = said_by(stopped)
    assert code == 130, said
    assert "go on with: hitl grade" in said
    assert not inside.left(SECONDS), "the jails of a stopped run go on"

    grading = begin(course, cluster)
    first = begun(cluster)
    inside = Watched(jail_below(first.pid))
    os.kill(first.pid, signal.SIGKILL)
    assert not inside.left(SECONDS), "the template or a jail of a killed worker goes on"
    code, said = said_by(grading)
    assert code == 0, said
    others = [cluster.begun.get() for _ in range(cluster.begun.qsize())]
    again = [one.pid for one in others if one.key == first.key]
    assert again, f"{first} was not begun again: {others}"
    assert first.pid not in again

    here, there = all_rows(graded_here), all_rows(replace(course, address=address))
    assert here == there
    assert {*there} == {*STUDENTS}
    for student in STUDENTS:
        ours, theirs = (read_record(graded(one, student)) for one in (graded_here, course))
        assert ours is not None
        assert ours == theirs
        assert ours.jailed
    shown = (graded(course, "mallory") / f"{LESSON}.ipynb").read_text()
    assert "/proc/self/environ" in shown, "the hostile cell was not run"
    assert TOLD not in shown
    assert "/course True" not in shown
    assert "/quizzes True" not in shown


def graded(course: Course, student: str) -> Path:
    return course.root / "grading" / "autograded" / student / LESSON


def test_a_worker_with_another_course_or_without_a_jail_gets_no_work(
    handed_in: Course, cluster: Cluster, tmp_path: Path
) -> None:
    course = copy_of(handed_in, tmp_path)
    other = tmp_path / "other"
    shutil.copytree(ROOT / "course_utils", other / "course_utils")
    (other / "course_utils" / "loops.py").open("a").write("# Changed.\n")
    with running_cluster(tmp_path) as only:
        only.add_workers("other", course=other)
        code, said = said_by(begin(course, only))
        assert code == 1, said
        assert " is refused. It has the course at " in said
        only.add_workers("bare", before=FORBIDDEN)
        code, said = said_by(begin(course, only))
        assert code == 1, said
        assert f"No worker of {only.address} can mark." in said
        assert "So are 1 more." in said
        assert not (course.root / "grading" / "autograded").exists()
        code, said = said_by(begin(course, only, "--no-sandbox", "--student", "ann"))
        assert code == 0, said
        assert said.count(" is refused. ") == 1
    assert "ann graded" in said


def test_who_kills_workers_waits_for_a_person_and_a_lost_scheduler_ends_a_run_in_one_line(
    handed_in: Course, cluster: Cluster, tmp_path: Path
) -> None:
    course = copy_of(handed_in, tmp_path)
    cluster.add_workers("three")
    cluster.client.run_on_scheduler(allow_no_failure)
    grading = begin(course, cluster)
    os.kill(begun(cluster).pid, signal.SIGKILL)
    code, said = said_by(grading)
    assert code == 0, said
    assert "12 of 12" in said
    killed = [line for line in said.splitlines() if "was killed, 1 times" in line]
    assert any(line.startswith(SLOW) for line in killed), said

    again = begin(course, cluster)
    begun(cluster)
    cluster.scheduler.kill()
    code, said = said_by(again)
    assert code == 1, said
    assert f"The scheduler at {cluster.address} has gone" in said
    assert "Traceback" not in said
    assert f"Grading {LESSON}: {len(killed)} to do." in said


def test_nobody_at_the_address_is_said_in_one_line(handed_in: Course, tmp_path: Path) -> None:
    course = copy_of(handed_in, tmp_path)
    command = ("grade", LESSON, "--scheduler", "tcp://127.0.0.1:1")
    done = forked.run(str(HITL), *command, cwd=course.root, env=course.environment)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("No Dask scheduler answers at tcp://127.0.0.1:1. Start one")
    assert done.stderr.count("\n") == 1
