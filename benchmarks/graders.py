"""The graders that benchmarks/grading.py compares, each run as an instructor would run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbgrader.api import Gradebook
from one_class import FIRST_HALF, LESSON, SECOND_HALF, make_class, source, students
from process_tree import watched_memory

from course_utils.grading.release import QUIZ_PREFIX
from tests.support.course import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.support.course import Course

Marks = dict[str, float | None]
"""What a submission got for each test of an exercise; None where a person must grade."""

OTTER = "otter-grader==7.0.0"
_INSTALL_OTTER = (("-c", str(ROOT / "constraints.txt"), "-e", str(ROOT)), (OTTER,))
# What its documentation has for a folder of submissions on one's own machine. Its command
# `otter run` does the same for one submission, and starts a Python for each.
_OTTER_LOOP = """
import json, sys
from otter.api import grade_submission
for path in sys.argv[2:]:
    results = grade_submission(path, sys.argv[1], quiet=True)
    marks = {name: results.get_score(name) for name in results.results}
    print(json.dumps([path, marks]), flush=True)
"""
_OTTER_TEST = """from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = {points!r}

@test_case()
def test(env):
    exec({code!r}, env)
"""


@dataclass(frozen=True)
class Graded:
    """What a grader did.

    Attributes:
        count: how many submissions it had.
        seconds: from the start of its first process to the end of its last.
        cpu_seconds: of all its processes, and of all that they started and waited for.
        marks: by student.
        memory: bytes that all its processes had at once, at the most; 0 if nobody looked.
    """

    count: int
    seconds: float
    cpu_seconds: float
    marks: Mapping[str, Marks]
    memory: int = 0


def stock(folder: Path, count: int, processes: int) -> Graded:
    """Grade with stock nbgrader; two processes have half of the students each, in one gradebook."""
    course = make_class(folder, count, stock=True)
    halves = ["*"] if processes == 1 else [f"{FIRST_HALF}*", f"{SECOND_HALF}*"]
    command = [sys.executable, "-m", "nbgrader", "autograde", LESSON]
    commands = [[*command, "--student", half] for half in halves]
    seconds, cpu_seconds, _ = timed(commands, course.root, _environment(course))
    return Graded(count, seconds, cpu_seconds, marks_of(course, count))


def ours(folder: Path, count: int, jobs: int, *, looks: bool = False) -> Graded:
    """Grade with this course's own command, jailed.

    Args:
        folder: an empty folder.
        count: how many submissions.
        jobs: how many are marked at a time.
        looks: whether memory is looked at, which takes time of its own.
    """
    course = make_class(folder, count, stock=False)
    command = [*_HITL, "grade", LESSON, "--jobs", str(jobs)]
    with watched_memory() if looks else nullcontext(0) as most:
        seconds, cpu_seconds, _ = timed([command], course.root, _environment(course))
    return Graded(count, seconds, cpu_seconds, marks_of(course, count), int(most))


_HITL = (sys.executable, "-c", "from course_utils.cli import app; app()")


def otter(folder: Path, count: int, python: Path) -> Graded:
    """Grade with otter-grader on this machine, without a container.

    Args:
        folder: an empty folder.
        count: how many submissions.
        python: a Python that has otter-grader and the course.
    """
    course = make_class(folder, count, stock=True)
    autograder = _otter_tests(folder / "otter", python)
    paths = []
    for student in students(count):
        path = folder / "otter" / student / f"{LESSON}.ipynb"
        path.parent.mkdir()
        _write_for_otter(course.submitted(student) / f"{LESSON}.ipynb", path)
        paths.append(str(path))
    command = [str(python), "-c", _OTTER_LOOP, str(autograder), *paths]
    seconds, cpu_seconds, (said,) = timed([command], folder / "otter", _environment(course))
    told = [json.loads(line) for line in said.splitlines()]
    marks = {Path(path).parent.name: marks for path, marks in told}
    return Graded(count, seconds, cpu_seconds, marks)


def python_with_otter(folder: Path) -> Path:
    """Return a Python that has otter-grader, in an environment of its own that is kept.

    The course and its dependencies come first, in the course's own pins.

    Args:
        folder: where the environment is, or is made.
    """
    python = folder / "bin" / "python"
    if not (folder / "bin" / "otter").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--compile-bytecode"]
        for what in _INSTALL_OTTER:
            subprocess.run([*uv, "--python", python, *what], check=True)
    return python


def timed(
    commands: Sequence[Sequence[str]], cwd: Path, environment: Mapping[str, str]
) -> tuple[float, float, list[str]]:
    """Run commands at the same time.

    Returns:
        the seconds until all have ended; the CPU-seconds of all their processes; what each wrote.

    Raises:
        RuntimeError: if a command failed.
    """
    with tempfile.TemporaryDirectory() as name:
        outs = [Path(name, str(number)) for number in range(len(commands))]
        begun, cpu_seconds = time.perf_counter(), 0.0
        running = []
        for command, out in zip(commands, outs, strict=True):
            with out.open("w") as stdout, out.with_suffix(".err").open("w") as stderr:
                streams = {"stdin": subprocess.DEVNULL, "stdout": stdout, "stderr": stderr}
                running.append(subprocess.Popen(command, cwd=cwd, env=environment, **streams))
        for process, out in zip(running, outs, strict=True):
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            cpu_seconds += used.ru_utime + used.ru_stime
            if process.returncode:
                raise RuntimeError(out.with_suffix(".err").read_text()[-2000:])
        return time.perf_counter() - begun, cpu_seconds, [out.read_text() for out in outs]


def marks_of(course: Course, count: int) -> dict[str, Marks]:
    """Return what stands in a course's gradebook for the exercises of each student."""
    found: dict[str, Marks] = {}
    with Gradebook(course.gradebook) as gradebook:
        for student in students(count):
            notebook = gradebook.find_submission_notebook(LESSON, LESSON, student)
            found[student] = {
                grade.name: None if grade.needs_manual_grade else grade.auto_score
                for grade in notebook.grades
                if not grade.name.startswith(QUIZ_PREFIX)
            }
    return found


def _environment(course: Course) -> dict[str, str]:
    own = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HITL_MODEL": "offline"}
    return {**course.environment, **own}


def _otter_tests(folder: Path, python: Path) -> Path:
    """Write each test cell of an exercise as a file of otter's, and pack them as it wants them."""
    (folder / "tests").mkdir(parents=True)
    for name, cell in _tests(nbformat.read(source(), as_version=4)).items():
        points = cell.metadata.nbgrader.points
        test = _OTTER_TEST.format(name=name, points=points, code=cell.source)
        (folder / "tests" / f"{name}.py").write_text(test)
    make = [python.with_name("otter"), "generate", "--no-config", "--no-requirements"]
    subprocess.run([*make, "--no-environment"], cwd=folder, check=True, capture_output=True)
    return folder / "autograder.zip"


def _tests(notebook: nbformat.NotebookNode) -> dict[str, nbformat.NotebookNode]:
    graded = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]
    named = {cell.metadata.nbgrader.grade_id: cell for cell in graded}
    return {name: cell for name, cell in named.items() if not name.startswith(QUIZ_PREFIX)}


def _write_for_otter(submitted: Path, path: Path) -> None:
    """Write a submission as otter has it: in place of a test cell, its name in the cell before."""
    notebook = nbformat.read(submitted, as_version=4)
    tests, cells = _tests(notebook), []
    for cell in notebook.cells:
        name = cell.metadata.pop("nbgrader", {}).get("grade_id")
        if name in tests:
            cells[-1].metadata.setdefault("otter", {"tests": []})["tests"].append(name)
        else:
            cells.append(cell)
    notebook.cells = cells
    nbformat.write(notebook, path)
