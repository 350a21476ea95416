"""Fresh environments, away from the course's own, to run tests in and see what happened there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[2]


class NotObservedError(RuntimeError):
    """An environment could not be made, or its tests could not be run; the message says why."""


def requirements() -> list[Requirement]:
    """Read what the course, its extras and its tests require."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = (project["dependencies"], *project["optional-dependencies"].values())
    found = [Requirement(line) for lines in groups for line in lines]
    return [each for each in found if each.name != project["name"]]


def pins() -> dict[str, str]:
    """Read the exact version of each requirement, which `make` installs."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    held = {canonicalize_name(pin.name): pin.specifier for pin in map(Requirement, lines)}
    return {
        each.name: str(held[canonicalize_name(each.name)]).removeprefix("==")
        for each in requirements()
    }


def or_newer(*names: str) -> list[str]:
    """Ask for the newest releases, none older than the pin, of these requirements or of all."""
    wanted, pinned = [pin for pin in requirements() if not names or pin.name in names], pins()
    for requirement in wanted:
        requirement.specifier = SpecifierSet(f">={pinned[requirement.name]}")
    return [*map(str, wanted)]


@contextmanager
def environment(*needed: str) -> Iterator[Path]:
    """Make an environment with what is needed, yield its Python, and remove it at the end.

    Args:
        needed: requirements and options, as `uv pip install` takes them.

    Raises:
        NotObservedError: if it cannot be made.
    """
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "bin" / "python"
        run_uv("venv", "--clear", "--python", sys.executable, folder)
        run_uv("pip", "install", "--python", python, "--compile-bytecode", *needed)
        yield python


def installed(python: Path) -> dict[str, str]:
    """List what an environment holds, name and version."""
    listed = json.loads(run_uv("pip", "list", "--python", python, "--format", "json"))
    return {package["name"]: package["version"] for package in listed}


def run_tests(python: Path, tests: Sequence[Path], *options: str) -> list[ElementTree.Element]:
    """Run tests in an environment and return what pytest reports of each.

    Raises:
        NotObservedError: if they could not be run at all.
    """
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        run = subprocess.run(
            [
                *(python, "-m", "pytest", "-q", *tests, *options),
                *("-p", "no:cacheprovider", "--continue-on-collection-errors"),
                f"--junitxml={report.name}",
            ],
            cwd=ROOT,
            env=os.environ | {"PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode > 1:  # 1 says that some tests failed, which is what we are here to see
            raise NotObservedError(f"the tests could not be run: {run.stdout}{run.stderr}")
        return cases(Path(report.name).read_text(encoding="utf-8"))


def cases(report: str) -> list[ElementTree.Element]:
    """Take the tests out of a JUnit report."""
    return [*ElementTree.fromstring(report).iter("testcase")]  # noqa: S314 - pytest wrote it


def run_uv(*command: str | Path) -> str:
    """Run uv and return what it printed.

    Raises:
        NotObservedError: if it failed.
    """
    whole: list[Any] = [sys.executable, "-m", "uv", "--quiet", *command]
    run = subprocess.run(whole, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode:
        raise NotObservedError(f"uv {' '.join(map(str, command))}: {run.stderr}")
    return run.stdout
