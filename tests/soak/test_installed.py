"""The wheel, as people install it who have no clone: the library, the lessons, and one command."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING, NamedTuple

import nbformat
import pytest

from course_utils.places import COURSE_ROOT
from tests.support import reviewers_day
from tests.support.running_lab import learners_environment

if TYPE_CHECKING:
    from pathlib import Path

LESSON = "01_interrupt_before"
UV = (sys.executable, "-m", "uv", "--quiet")
# What a kernel of the installed course runs, in the folder of the learner's lesson.
RUN_ALL = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], 4)
NotebookClient(notebook, resources={"metadata": {"path": "."}}).execute()
"""

# What a student's code sees of the lessons that the package carries.
LOOK = """
from course_utils.grading.jail.jail import Jail
from course_utils.grading.jail.task import Task
from course_utils.places import CARRIED
source = f"import os; print(os.listdir({str(CARRIED)!r}))"
cell = {"id": "a", "cell_type": "code", "source": source}
with Jail() as jail:
    run = jail.run(Task("course_utils.grading.jail.notebook_run:run_notebook", {"cells": [cell]}))
print(run.messages[-1]["outputs"][0]["text"], end="")
"""


class Built(NamedTuple):
    """What a release uploads."""

    wheel: Path
    sdist: Path


class Installed(NamedTuple):
    """An environment with the lab, an empty home, and a folder that one works in."""

    bin: Path
    home: Path
    folder: Path

    def run(self, *words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        command = [self.bin / words[0], *words[1:]]
        return ran(command, self.home, cwd or self.folder)


def environment_of(home: Path) -> dict[str, str]:
    environment = {**learners_environment(home), "COLUMNS": "400"}
    # With bytecode, or each command would take seconds of this machine's time.
    for name in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE"):
        environment.pop(name, None)
    return environment


def ran(
    command: list[str | Path], home: Path, cwd: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody who has no clone: no PYTHONPATH leads to this one."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment_of(home) | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("dist")
    # The wheel is made from the sdist, so that is whole too.
    subprocess.run([*UV, "build", "--out-dir", folder, COURSE_ROOT], check=True)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Built(wheel, sdist)


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("environments")


@pytest.fixture(scope="module")
def installed(built: Built, environments: Path) -> Installed:
    """The course as `make` pins it, from its wheel."""
    place = environments / "lab"
    subprocess.run([*UV, "venv", place], check=True)
    pinned = ("--python", place, "--constraint", COURSE_ROOT / "constraints.txt")
    with_lab = f"hitl-course[lab] @ {built.wheel.as_uri()}"
    subprocess.run([*UV, "pip", "install", *pinned, with_lab], check=True)
    folder = environments / "Für mich"
    folder.mkdir()
    return Installed(place / "bin", environments / "home", folder)


def names_below(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*") if "__pycache__" not in path.parts}


def test_what_is_uploaded_has_every_lesson_and_bank_and_nothing_of_anybodys_work(
    built: Built,
) -> None:
    with tarfile.open(built.sdist) as archive:
        source = {name.partition("/")[2] for name in archive.getnames()}
    wheel = set(zipfile.ZipFile(built.wheel).namelist())
    lessons = {
        str(path.relative_to(COURSE_ROOT))
        for pattern in ("notebooks/*/*.ipynb", "quizzes/*.yaml")
        for path in COURSE_ROOT.glob(pattern)
    }
    assert len(lessons) == 23, lessons
    assert lessons <= source, lessons - source
    # With its configuration, a copy of the folder is a course that an instructor can work in.
    carried = {f"course_utils/course/{name}" for name in (*lessons, "nbgrader_config.py")}
    assert carried <= wheel, carried - wheel
    folders = {name.partition("/")[0].partition("-")[0] for name in wheel}
    assert folders == {"course_utils", "hitl_course"}, folders
    work = (".env", "attempts.jsonl", "progress.jsonl", ".sqlite", ".db", ".whl")
    ours = {name for name in source | wheel if not name.startswith("tests/")}
    found = {name for name in ours if name.endswith(work)}
    assert not found, found


def test_lesson_01_is_taken_from_the_wheel_in_an_empty_folder(installed: Installed) -> None:
    package = names_below(installed.bin.parent / "lib")
    lab = subprocess.Popen(
        [installed.bin / "hitl-course", "lab", "--no-browser", "--port", "0"],
        cwd=installed.folder,
        env=environment_of(installed.home),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert lab.stdout is not None
        told = next(line for line in lab.stdout if line.startswith(("JupyterLab: ", "Error")))
    finally:
        lab.terminate()
        lab.wait(timeout=30)
    assert told.startswith("JupyterLab: http://127.0.0.1:"), told
    workspace = installed.folder / "workspace"
    lesson = workspace / LESSON / f"{LESSON}.ipynb"
    assert "BEGIN SOLUTION" not in lesson.read_text(encoding="utf-8")

    _solve(lesson)
    run = installed.run("python", "-c", RUN_ALL, lesson, cwd=lesson.parent)
    assert run.returncode == 0, run.stderr
    # From the lesson's own folder too, the workspace is found.
    numbers = installed.run("hitl", "progress", "--json", cwd=lesson.parent)
    assert numbers.returncode == 0, numbers.stderr
    progress = {each["name"]: each for each in json.loads(numbers.stdout)["lessons"]}
    assert progress[LESSON]["exercises"]["passed"] == 3, progress[LESSON]
    checked = installed.run("hitl", "check", "01", "--no-browser")
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.count(" passed ") == 3, checked.stdout
    assert "no jail" not in checked.stdout, checked.stdout
    seen = installed.run("python", "-c", LOOK)
    assert seen.stdout == "[]\n", seen
    shown = installed.run("hitl", "solution", "01", "1")
    assert "only in the worked solution" in shown.stdout or "the same" in shown.stdout, shown
    assert installed.run("hitl", "reset", "01", "--yes").returncode == 0
    assert "up to date" in installed.run("hitl", "update").stdout
    doctor = installed.run("hitl", "doctor")
    assert doctor.returncode == 0, doctor.stdout
    assert f"workspace {workspace}" in " ".join(doctor.stdout.split()), doctor.stdout
    graded = installed.run("hitl", "grade", LESSON)
    assert "Grading needs a folder of your own. Copy the course: cp -r" in graded.stderr, graded
    assert {path.name for path in installed.folder.iterdir()} == {"workspace"}
    assert names_below(installed.bin.parent / "lib") == package


def _solve(lesson: Path) -> None:
    """Write the worked solutions into a learner's lesson."""
    source = nbformat.read(COURSE_ROOT / "notebooks" / LESSON / lesson.name, 4)
    solved = {cell.id: cell.source for cell in source.cells if "BEGIN SOLUTION" in cell.source}
    mine = nbformat.read(lesson, 4)
    for cell in mine.cells:
        cell.source = solved.get(cell.id, cell.source)
    nbformat.write(mine, lesson)


def test_uvx_brings_the_lab_by_itself(built: Built, installed: Installed, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "uv", "tool", "run", "--from", built.wheel]
    variables = {"UV_CONSTRAINT": str(COURSE_ROOT / "constraints.txt"), "UV_CACHE_DIR": _cache()}
    told = ran([*command, "hitl-course", "progress"], installed.home, tmp_path, **variables)
    assert "JupyterLab comes with hitl-course[lab], so this runs: " in told.stdout, told
    assert "there is no lesson here" in told.stderr, told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("resolution", ["lowest-direct", "highest"])
def test_the_library_works_at_both_ends_of_its_ranges(
    resolution: str, built: Built, environments: Path, tmp_path: Path
) -> None:
    place = environments / resolution
    into = (*UV, "pip", "install", "--python", place)
    subprocess.run([*UV, "venv", place], check=True)
    # By its own file, since only what is asked for directly is taken at its lowest.
    ranges = ("--resolution", resolution, "--requirements", COURSE_ROOT / "pyproject.toml")
    subprocess.run([*into, *ranges], check=True)
    subprocess.run([*into, "--no-deps", built.wheel], check=True)
    home = tmp_path / "home"
    day = ran([place / "bin" / "python", reviewers_day.__file__], home, tmp_path)
    assert day.stdout == "All of it works.\n", day.stderr
    journal = [
        place / "bin" / "hitl-course",
        "journal",
        "--checkpoints",
        "postgresql://ann@here/it",
    ]
    told = ran(journal, home, tmp_path)
    assert 'pip install "hitl-course[postgres]"' in told.stderr, told
    lab = ran([place / "bin" / "hitl-course", "lab"], home, tmp_path)
    assert lab.returncode == 1, lab
    needs = "This needs JupyterLab, which comes with hitl-course[lab]. Run: pip install --upgrade"
    assert lab.stderr.startswith(needs), lab.stderr


def _cache() -> str:
    """Return the cache of whoever tests, so that nothing is downloaded again for an empty home."""
    asked = [sys.executable, "-m", "uv", "cache", "dir"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
