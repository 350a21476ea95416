"""What the newest releases broke is told by name, with the first line of what went wrong."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement

from tests.claims.environments import cases, or_newer, pins
from tests.claims.newest import broken, moved, told

FAILED = "<failure message='gone'>\n&gt; assert x\nE  AssertionError: gone\nE  False"


@pytest.mark.parametrize(
    ("case", "line"),
    [
        (
            f"<testcase classname='tests.neighbours.test_langgraph' name='test_scratchpad'>{FAILED}"
            "</failure></testcase>",
            "contract with langgraph `test_scratchpad`: AssertionError: gone",
        ),
        (
            f"<testcase classname='tests.claims.test_claims' name='test_it_is_so[a_pause]'>{FAILED}"
            "</failure></testcase>",
            "claim `test_it_is_so[a_pause]`: AssertionError: gone",
        ),
        (
            "<testcase classname='' name='tests.neighbours.test_nbgrader'><error message='no"
            " module'>import it\nE   ImportError: no Autograde</error></testcase>",
            "contract with nbgrader `tests.neighbours.test_nbgrader`: ImportError: no Autograde",
        ),
    ],
)
def test_what_broke_is_named_with_the_error_of_its_own(case: str, line: str):
    held = "<testcase classname='tests.claims.test_claims' name='test_it_is_so[other]'/>"
    assert broken(cases(f"<testsuite>{held}{case}</testsuite>")) == [line]


def test_the_newest_are_asked_for_every_requirement_and_none_is_older_than_its_pin():
    asked = [Requirement(line) for line in or_newer()]
    assert {r.name: str(r.specifier) for r in asked} == {n: f">={v}" for n, v in pins().items()}
    assert any(requirement.extras for requirement in asked)


def test_what_is_newer_than_its_pin_is_told():
    held = {name.lower(): version for name, version in pins().items()}
    assert moved(held) == []
    (line,) = moved(held | {"pyyaml": "99.0"})
    assert line == f"PyYAML {pins()['PyYAML']} -> 99.0"
    assert f"- {line}\n- others as pinned\n\n2 contracts and claims: 1 broke\n- it" in told(
        [line], ["it"], 2
    )
