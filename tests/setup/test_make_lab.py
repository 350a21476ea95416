"""What `make` does on machines that lack something; the Pythons here are real, the lack is ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from course_utils.installing import why
from course_utils.places import COURSE_ROOT

INSTALLED = ".venv/.lab-installed"

TOO_NEW = {"sitecustomize.py": "import sys; sys.version_info = (3, 15, 0)"}
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
# A package whose wheel nobody has, and whose backend cannot make one here.
NEEDS_A_COMPILER = PROJECT.replace("small-course", "needs-a-compiler")
# Enough of PEP 660 for pip to install the small course with nothing from outside.
BACKEND = """
from zipfile import ZipFile

FILES = {
    "METADATA": "Metadata-Version: 2.1\\nName: small-course\\nVersion: 1\\n{needs}",
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
    (folder / "course_utils").mkdir()
    shutil.copy(COURSE_ROOT / "course_utils" / "installing.py", folder / "course_utils")
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "backend.py").write_text(BACKEND.replace("{needs}", ""))
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


def with_source(packages: Path) -> None:
    """Make a folder of packages, with the source of one that cannot be built."""
    folder = packages / "needs-a-compiler-1"
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(NEEDS_A_COMPILER)
    (folder / "backend.py").write_text('raise SystemExit("no compiler here")')
    (folder / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: needs-a-compiler\nVersion: 1\n")
    with tarfile.open(packages / "needs-a-compiler-1.tar.gz", "w:gz") as archive:
        archive.add(folder, folder.name)
    shutil.rmtree(folder)


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


def make(
    course: Path, machine: Path, *targets: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    # Nothing can be had from outside here, uv least of all.
    nothing = variables or {"PIP_NO_INDEX": "1"}
    environment = {"PATH": str(machine), "HOME": str(course.parent), **nothing}
    return subprocess.run(
        ["make", "--silent", *targets],
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


def test_only_too_new_a_python_is_told_before_anything_is_installed(
    course: Path, machine: Path
) -> None:
    add_python(machine, "python3", TOO_NEW)

    (line,) = advice(make(course, machine, "lab"))

    assert line.startswith("python3 is too new: the packages are made for Python 3.11 to 3.14."), (
        line
    )
    assert "conda env create -f environment.yml" in line, line
    assert not (course / ".venv").exists(), "an environment was made that nothing fits"


def test_without_python3_venv_one_line_says_what_to_install(course: Path, machine: Path) -> None:
    add_python(machine, "python3", WITHOUT_VENV)

    (line,) = advice(make(course, machine, "lab"))

    assert "apt install python3-venv" in line, line
    assert not (course / ".venv").exists(), "a half-made .venv was left behind"


def test_an_environment_that_cannot_be_made_leaves_nothing(course: Path, machine: Path) -> None:
    add_python(machine, "python3", {"venv.py": DISK_FULL})

    line, said = advice(make(course, machine, "lab"))

    assert said == "disk full", said
    assert line.startswith("Nothing was installed. Free some space on the disk"), line
    assert not (course / ".venv").exists(), "a half-made .venv was left behind"


def test_a_newer_python_under_its_own_name_is_found_and_what_fails_is_told_and_tried_again(
    course: Path, machine: Path
) -> None:
    add_python(machine, "python3", TOO_OLD)
    add_python(machine, "python3.12", WITHOUT_VENV)
    add_python(machine, "python3.11", {})
    backend = (course / "backend.py").read_text()
    needs = BACKEND.replace("{needs}", "Requires-Dist: needs-a-compiler\\n")
    (course / "backend.py").write_text(needs)
    packages = course.parent / "packages"
    with_source(packages)

    # Nothing listens on the discard port.
    proxy = {"https_proxy": "http://me:sesame@127.0.0.1:9", "PIP_RETRIES": "1"}
    nowhere = {"PIP_INDEX_URL": "https://nowhere.invalid/"}
    printed = advice(make(course, machine, INSTALLED, **proxy, **nowhere))
    assert "https_proxy is set, and nobody answers through 127.0.0.1:9." in printed[-1], printed
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(packages)}
    printed = advice(make(course, machine, INSTALLED, **offline))
    assert printed[-1].startswith("needs-a-compiler has no wheel for this computer ("), printed
    assert "conda env create -f environment.yml" in printed[-1], printed
    assert len(printed) == 3, printed
    log = (course / ".venv/install.log").read_text()
    assert "no compiler here" in log, log

    (course / "backend.py").write_text(backend)
    first = make(course, machine, INSTALLED)
    assert first.returncode == 0, first.stderr
    assert "pip installs the same versions" in first.stdout, first.stdout
    listing = [course / ".venv/bin/python", "-m", "pip", "list"]
    installed = subprocess.run(listing, capture_output=True, text=True, check=True).stdout
    assert "small-course" in installed, installed

    second = make(course, machine, INSTALLED)
    assert (second.returncode, second.stdout) == (0, ""), "nothing changed, nothing to install"

    later = (course / INSTALLED).stat().st_mtime + 10
    os.utime(course / "constraints.txt", (later, later))
    assert "Installing" in make(course, machine, INSTALLED).stdout, "new pins install again"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ERROR: [Errno 28] No space left on device", "The disk is full. Free two gigabytes"),
        ("NewConnectionError('Connection refused')\nERROR: none", "cannot be downloaded: nobody"),
        ("ERROR: Failed building wheel for rpds-py\nerror: x", "rpds-py has no wheel for this"),
        ("Failed to build `tornado==6.6.1`", "tornado has no wheel for this computer"),
        ("ERROR: something else.", "The last line says why: ERROR: something else."),
        ("", "The last line says why: nothing was printed."),
    ],
)
def test_what_pip_or_uv_printed_is_told_in_words(
    said: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in {name for name in os.environ if name.lower().endswith("_proxy")}:
        monkeypatch.delenv(name)
    assert told in why(said), why(said)


def test_an_environment_whose_python_is_gone_or_whose_course_was_moved_is_made_again(
    course: Path, machine: Path
) -> None:
    add_python(machine, "python3", {})
    commands = course / ".venv/bin"
    commands.mkdir(parents=True)
    python = commands / "python"
    as_it_was = (machine / "python3", course)
    moved, gone = (machine / "python3", course.parent / "former place"), ("/nowhere", course)
    for (target, place), again in ((as_it_was, False), (moved, True), (gone, True)):
        python.unlink(missing_ok=True)
        python.symlink_to(target)
        (commands / "pip").write_text(f"#!{place}/.venv/bin/python\nimport pip\n")
        (course / INSTALLED).touch()
        would = make(course, machine, "--dry-run", INSTALLED).stdout
        for step in ("venv --clear .venv", "installing.py"):
            assert (step in would) is again, f"{target}, {place}: {would}"


def test_clean_leaves_a_learners_and_an_instructors_work(course: Path, machine: Path) -> None:
    (machine / "find").symlink_to(shutil.which("find") or "find")
    for folder in ("workspace", "grading", ".venv", "tests"):
        (course / folder).mkdir()
        (course / folder / "file").touch()

    cleaned = make(course, machine, "clean")

    assert cleaned.returncode == 0, cleaned.stderr
    assert (course / "workspace/file").exists()
    assert (course / "grading/file").exists()
    assert not (course / ".venv").exists()
