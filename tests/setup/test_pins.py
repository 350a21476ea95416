"""pyproject.toml, constraints.txt and environment.yml say the same."""

from __future__ import annotations

import re
import subprocess
import tomllib
from itertools import chain

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from course_utils.settings import COURSE_ROOT

PROJECT = tomllib.loads((COURSE_ROOT / "pyproject.toml").read_text())["project"]
PINS = [Requirement(line) for line in (COURSE_ROOT / "constraints.txt").read_text().splitlines()]
CONDA = yaml.safe_load((COURSE_ROOT / "environment.yml").read_text())["dependencies"]

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


def test_every_requirement_is_pinned_to_what_constraints_say() -> None:
    pinned = {(key(pin), str(pin.specifier)) for pin in PINS}
    lines = chain(PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
    for requirement in map(Requirement, lines):
        wanted = str(requirement.specifier)
        assert wanted.startswith("=="), f"pyproject.toml: {requirement} is not pinned with =="
        assert (key(requirement), wanted) in pinned, (
            f"constraints.txt does not hold {requirement}: run `make pins`"
        )


def test_every_constraint_is_one_exact_version() -> None:
    loose = [str(pin) for pin in PINS if not re.fullmatch(r"==[^,*]+", str(pin.specifier))]
    assert not loose, f"constraints.txt leaves {loose} open"


def test_conda_installs_the_course_by_the_same_pins() -> None:
    (pip,) = [entry["pip"] for entry in CONDA if isinstance(entry, dict)]
    assert pip == ["--constraint constraints.txt", "--editable ."], pip


def test_conda_and_make_ask_for_the_same_python() -> None:
    (python,) = [entry for entry in CONDA if str(entry).startswith("python")]
    assert SpecifierSet(python.removeprefix("python")) == SpecifierSet(PROJECT["requires-python"])
    oldest = PROJECT["requires-python"].removeprefix(">=").replace(".", ", ")
    assert f"sys.version_info < ({oldest})" in (COURSE_ROOT / "Makefile").read_text()


def test_no_file_names_a_registry() -> None:
    pattern = "|".join(map(re.escape, REGISTRIES))
    search = ["git", "-c", "safe.directory=*", "grep", "-InE", pattern]
    found = subprocess.run(search, cwd=COURSE_ROOT, capture_output=True, text=True, check=False)
    # git grep returns 1 where it looked and found nothing.
    assert found.returncode == 1, f"a registry is named here: {found.stdout}{found.stderr}"
