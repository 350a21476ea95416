"""What `make` does on machines that lack something; the Pythons here are real, the lack is ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.settings import COURSE_ROOT

INSTALLED = ".venv/.lab-installed"

TOO_OLD = {"sitecustomize.py": "import sys; sys.version_info = (3, 10, 14)"}
# Debian's Python without python3-venv, which holds ensurepip.
WITHOUT_VENV = {"ensurepip.py": "raise ModuleNotFoundError('ensurepip')"}
DISK_FULL = """
if __name__ == "__main__":
    import os
    os.makedirs(".venv/bin")
    raise SystemExit("disk full")
"""

PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "small-course"
version = "1"
"""
# Enough of PEP 660 for pip to install the small course with nothing from outside.
BACKEND = """
from zipfile import ZipFile

FILES = {
    "METADATA": "Metadata-Version: 2.1\\nName: small-course\\nVersion: 1\\n",
    "WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    "RECORD": "",
}

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "small_course-1-py3-none-any.whl"
    with ZipFile(f"{folder}/{name}", "w") as wheel:
        for file, content in FILES.items():
            wheel.writestr(f"small_course-1.dist-info/{file}", content)
    return name
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A folder with the real Makefile and a course that needs nothing."""
    folder = tmp_path / "course"
    folder.mkdir()
    shutil.copy(COURSE_ROOT / "Makefile", folder)
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "backend.py").write_text(BACKEND)
    (folder / "constraints.txt").write_text("")
    return folder


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of commands, for PATH: what `make` itself needs, and no Python yet."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("make", "sh", "rm", "touch"):
        (folder / name).symlink_to(shutil.which(name) or name)
    return folder


def add_python(machine: Path, name: str, lack: dict[str, str]) -> None:
    """Put this Python on the machine, under `name`, without what it is to lack."""
    modules = machine.parent / f"{name} lacks"
    modules.mkdir()
    for file, source in lack.items():
        (modules / file).write_text(source)
    real = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    command = machine / name
    command.write_text(f'#!/bin/sh\nexport PYTHONPATH="{modules}"\nexec "{real}" "$@"\n')
    command.chmod(0o755)


def make(course: Path, machine: Path, target: str) -> subprocess.CompletedProcess[str]:
    # Nothing can be had from outside here, uv least of all.
    environment = {"PATH": str(machine), "HOME": str(course.parent), "PIP_NO_INDEX": "1"}
    return subprocess.run(
        ["make", "--silent", target],
        cwd=course,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def advice(answer: subprocess.CompletedProcess[str]) -> list[str]:
    """Return what `make` printed but for its own last line, which says that it failed."""
    assert answer.returncode != 0, f"make went on: {answer.stdout}"
    printed = (answer.stdout + answer.stderr).splitlines()
    return [line for line in printed if not line.startswith("make: ***")]


@pytest.mark.parametrize("pythons", [{}, {"python3": TOO_OLD}], ids=["none", "too old"])
def test_without_a_new_enough_python_one_line_says_what_to_install(
    course: Path, machine: Path, pythons: dict[str, dict[str, str]]
) -> None:
    for name, lack in pythons.items():
        add_python(machine, name, lack)

    (line,) = advice(make(course, machine, "lab"))

    assert "Python 3.11 or newer" in line, line
    assert "apt install python3" in line, line


def test_without_python3_venv_one_line_says_what_to_install(course: Path, machine: Path) -> None:
    add_python(machine, "python3", WITHOUT_VENV)

    (line,) = advice(make(course, machine, "lab"))

    assert "apt install python3-venv" in line, line
    assert not (course / ".venv").exists(), "a half-made .venv was left behind"


def test_an_environment_that_cannot_be_made_leaves_nothing(course: Path, machine: Path) -> None:
    add_python(machine, "python3", {"venv.py": DISK_FULL})

    (line,) = advice(make(course, machine, "lab"))

    assert line == "disk full", line
    assert not (course / ".venv").exists(), "a half-made .venv was left behind"


def test_a_newer_python_under_its_own_name_is_found_and_pip_stands_in_for_uv(
    course: Path, machine: Path
) -> None:
    add_python(machine, "python3", TOO_OLD)
    add_python(machine, "python3.12", WITHOUT_VENV)
    add_python(machine, "python3.11", {})

    first = make(course, machine, INSTALLED)
    assert first.returncode == 0, first.stderr
    assert "pip installs the same versions" in first.stdout, first.stdout
    packages = [course / ".venv/bin/python", "-m", "pip", "list"]
    installed = subprocess.run(packages, capture_output=True, text=True, check=True).stdout
    assert "small-course" in installed, installed

    second = make(course, machine, INSTALLED)
    assert (second.returncode, second.stdout) == (0, ""), "nothing changed, nothing to install"

    later = (course / INSTALLED).stat().st_mtime + 10
    os.utime(course / "constraints.txt", (later, later))
    assert "Installing" in make(course, machine, INSTALLED).stdout, "new pins install again"


def test_an_environment_whose_python_is_gone_is_made_again(course: Path, machine: Path) -> None:
    add_python(machine, "python3", {})
    (course / ".venv/bin").mkdir(parents=True)
    (course / ".venv/bin/python").symlink_to("/nowhere/python3")
    (course / INSTALLED).touch()

    again = make(course, machine, INSTALLED)

    assert again.returncode == 0, again.stderr
    assert "Installing" in again.stdout, again.stdout


def test_clean_leaves_a_learners_and_an_instructors_work(course: Path, machine: Path) -> None:
    (machine / "find").symlink_to(shutil.which("find") or "find")
    for folder in ("workspace", "grading", ".venv", "course_utils", "tests"):
        (course / folder).mkdir()
        (course / folder / "file").touch()

    cleaned = make(course, machine, "clean")

    assert cleaned.returncode == 0, cleaned.stderr
    assert (course / "workspace/file").exists()
    assert (course / "grading/file").exists()
    assert not (course / ".venv").exists()
