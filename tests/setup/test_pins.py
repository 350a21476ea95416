"""pyproject.toml, constraints.txt, environment.yml and the hooks before a commit say the same."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
import yaml
from packaging.requirements import Requirement

from course_utils.places import COURSE_ROOT

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = tomllib.loads((COURSE_ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
# An extra may stand for others, which are here themselves.
LINES = [
    line
    for lines in (PROJECT["dependencies"], *EXTRAS.values())
    for line in lines
    if not line.startswith(f"{PROJECT['name']}[")
]
PINS = [Requirement(line) for line in (COURSE_ROOT / "constraints.txt").read_text().splitlines()]
CONDA = yaml.safe_load((COURSE_ROOT / "environment.yml").read_text())["dependencies"]
(PIP,) = [entry["pip"] for entry in CONDA if isinstance(entry, dict)]
PYTHONS = yaml.safe_load((COURSE_ROOT / ".github/workflows/ci.yml").read_text())["jobs"]["tests"][
    "strategy"
]["matrix"]["python"]
HOOKS = {
    hook["id"]: hook
    for repo in yaml.safe_load((COURSE_ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    for hook in repo["hooks"]
}

# In two parts each, so that this file names none of them either.
REGISTRIES = [
    f"{name}.{ending}"
    for name, ending in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("anaconda", "org"),
        ("npmjs", "org"),
        ("yarnpkg", "com"),
    ]
]


def key(requirement: Requirement) -> str:
    return re.sub(r"[-_.]+", "-", requirement.name).lower()


def version(pin: Requirement) -> str:
    return str(pin.specifier).removeprefix("==")


def test_every_requirement_begins_somewhere_and_has_its_pin_in_its_range() -> None:
    pinned = {key(pin): version(pin) for pin in PINS}
    for requirement in map(Requirement, LINES):
        kinds = {each.operator for each in requirement.specifier}
        assert kinds & {">=", "=="}, f"pyproject.toml: {requirement} has no oldest version"
        assert requirement.specifier.contains(pinned.get(key(requirement), "0")), (
            f"constraints.txt does not hold {requirement}: run `make pins`"
        )


def test_who_installs_the_course_is_bound_to_no_single_version() -> None:
    """Only the tools of the tests are: beside a project of one's own, a pin would not fit."""
    tools = set(map(key, map(Requirement, EXTRAS["test"])))
    bound = [line for line in LINES if "==" in line and key(Requirement(line)) not in tools]
    assert not bound, f"pyproject.toml pins {bound}"


def test_every_constraint_is_one_exact_version() -> None:
    loose = [str(pin) for pin in PINS if not re.fullmatch(r"==[^,*]+", str(pin.specifier))]
    assert not loose, f"constraints.txt leaves {loose} open"


def test_conda_installs_the_course_and_its_tests_by_the_same_pins() -> None:
    assert PIP == ["--constraint constraints.txt", "--editable .[test]"], PIP


@pytest.mark.parametrize("python", [PYTHONS[0], PYTHONS[-1]])
def test_what_conda_users_get_is_the_whole_course_at_its_pins(python: str, tmp_path: Path) -> None:
    """Conda hands the `pip:` section to pip as a requirements file, in the folder of its own.

    Wheels only, because a conda user has no compiler.
    """
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(COURSE_ROOT / name, tmp_path)
    (tmp_path / "requirements.txt").write_text("\n".join(PIP))
    resolve = [
        *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "requirements.txt"),
        *("--python-version", python, "--only-binary", ":all:", "--no-header", "--no-annotate"),
    ]
    run = subprocess.run(resolve, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"Python {python} cannot have {PIP}: {run.stderr}"
    given = {line for line in run.stdout.splitlines() if not line.startswith("-e ")}
    pinned = {f"{pin.name}{pin.specifier}" for pin in PINS}
    assert given <= pinned, f"not at their pins: {given - pinned}"
    names = {line.partition("==")[0] for line in given}
    wanted = {key(Requirement(line)) for line in LINES}
    assert wanted <= names, f"not installed by conda: {wanted - names}"
    assert names >= {"nbval", "pytest", "jupyterlab", "langgraph", "langchain-ollama", "nbgrader"}


def test_conda_and_make_ask_for_the_same_python() -> None:
    (python,) = [entry for entry in CONDA if str(entry).startswith("python")]
    required = PROJECT["requires-python"]
    assert python.removeprefix("python") == required
    oldest, too_new = (end.strip("<>=").replace(".", ", ") for end in required.split(","))
    makefile = (COURSE_ROOT / "Makefile").read_text()
    assert f"({oldest}) <= sys.version_info < ({too_new})" in makefile


def hooked(name: str) -> list[Requirement]:
    return [Requirement(line) for line in HOOKS[name]["additional_dependencies"]]


def test_the_hooks_before_a_commit_use_the_same_pins_and_need_no_environment_of_ours() -> None:
    for name, hook in HOOKS.items():
        assert hook["language"] == "python", f"{name} wants its tool on the PATH"
        asked = {(key(each), version(each)) for each in hooked(name)}
        loose = asked - {(key(pin), version(pin)) for pin in PINS}
        assert not loose, (
            f".pre-commit-config.yaml: {name} has {loose}, not what constraints.txt has"
        )


def test_mypy_reads_all_that_the_course_requires_before_a_commit() -> None:
    read = [*PROJECT["dependencies"], *EXTRAS["grading"], *EXTRAS["lab"], *EXTRAS["postgres"]]
    wanted = {line for line in LINES if line in read or line.startswith("types-")}
    missing = {key(Requirement(line)) for line in wanted} - set(map(key, hooked("mypy")))
    assert not missing, f".pre-commit-config.yaml: mypy lacks {missing}"


def test_no_file_names_a_registry() -> None:
    pattern = "|".join(map(re.escape, REGISTRIES))
    search = ["git", "-c", "safe.directory=*", "grep", "-InE", pattern]
    found = subprocess.run(search, cwd=COURSE_ROOT, capture_output=True, text=True, check=False)
    # git grep returns 1 where it looked and found nothing.
    assert found.returncode == 1, f"a registry is named here: {found.stdout}{found.stderr}"
