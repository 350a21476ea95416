"""What the workflows call is pinned, and they try the Pythons that the course takes."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import pytest
import yaml
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from course_utils.places import COURSE_ROOT
from tests.setup.test_pins import CONDA, PROJECT, PYTHONS

GITHUB = COURSE_ROOT / ".github"
FILES = [*GITHUB.glob("workflows/*.yml"), *GITHUB.glob("actions/*/action.yml")]
WORKFLOWS = {path.name: yaml.safe_load(path.read_text("utf-8")) for path in FILES}
CALLS = [
    (path.name, call.strip())
    for path in FILES
    for call in re.findall(r"uses: (.+)", path.read_text("utf-8"))
]


def test_every_action_is_pinned_by_the_hash_of_its_commit_and_says_the_release() -> None:
    hashes = defaultdict(set)
    for name, call in CALLS:
        if call.startswith("./"):
            assert (COURSE_ROOT / call / "action.yml").is_file(), f"{name} calls {call}"
            continue
        pin = re.fullmatch(r"([\w-]+/[\w-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)", call)
        assert pin, f"{name} calls {call}: want owner/action@<40 hex> # vX.Y.Z"
        hashes[pin[1]].add(pin.group(2, 3))
    assert hashes
    assert all(len(pins) == 1 for pins in hashes.values()), f"an action in two versions: {hashes}"


@pytest.mark.parametrize("name", [path.name for path in FILES if path.parent.name == "workflows"])
def test_a_workflow_may_only_read_and_gives_way_to_its_next_run(name: str) -> None:
    workflow: dict[str, Any] = WORKFLOWS[name]
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"]["cancel-in-progress"] is True
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())


def test_ci_tries_every_python_that_conda_may_give() -> None:
    (asked,) = [entry for entry in CONDA if str(entry).startswith("python")]
    allowed = SpecifierSet(asked.removeprefix("python"))
    minors = [f"3.{minor}" for minor in range(40) if allowed.contains(f"3.{minor}.0")]
    assert minors == PYTHONS, f"CI tries {PYTHONS}, and environment.yml allows {minors}"
    assert SpecifierSet(PROJECT["requires-python"]).contains(Version(PYTHONS[0]))
