"""Run the contracts with our neighbours, and the claims, on the newest releases there are.

`make newest` runs this: all that the course and its tests require is installed in a fresh
environment, not by the pins but as new as fits together. It prints which contract or claim broke,
and in CI puts the same on the run's page.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.claims.environments import (
    ROOT,
    NotObservedError,
    environment,
    installed,
    or_newer,
    pins,
    run_tests,
    run_uv,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree import ElementTree

CONTRACTS = ROOT / "tests" / "neighbours"
CLAIMS = ROOT / "tests" / "claims"
TESTS = [CONTRACTS, CLAIMS / "test_claims.py", CLAIMS / "test_langchain_claims.py"]


def moved(newest: dict[str, str]) -> list[str]:
    """Say which requirements are newer than their pins."""
    by_name = {name.lower().replace("_", "-"): version for name, version in newest.items()}
    return [
        f"{name} {pin} -> {by_name[name.lower()]}"
        for name, pin in pins().items()
        if by_name[name.lower()] != pin
    ]


def broken(seen: Iterable[ElementTree.Element]) -> list[str]:
    """Say which contracts and claims did not hold, each with the first line of what went wrong."""
    return [
        f"{_kind(case)} `{case.attrib['name']}`: {_first_line(wrong)}"
        for case in seen
        for wrong in [*case.findall("failure"), *case.findall("error")]
    ]


def _kind(case: ElementTree.Element) -> str:
    """Name the neighbour whose contract this is, or call it a claim.

    What could not even be imported has its module as its name, and no class.
    """
    module = case.attrib["classname"] or case.attrib["name"]
    if CONTRACTS.name not in module.split("."):
        return "claim"
    return f"contract with {module.rpartition('.')[2].removeprefix('test_')}"


def _first_line(wrong: ElementTree.Element) -> str:
    """Take the error's own line: what pytest calls the message of a collection error is none."""
    lines = [line[1:].strip() for line in (wrong.text or "").splitlines() if line[:1] == "E"]
    return lines[0] if lines else wrong.attrib["message"].partition("\n")[0]


def told(newer: list[str], failures: list[str], count: int) -> str:
    """Say in Markdown what was tried and what came of it."""
    lines = [
        "## On the newest releases",
        "",
        *(f"- {line}" for line in newer),
        "- others as pinned",
    ]
    verdict = "all hold" if not failures else f"{len(failures)} broke"
    lines += ["", f"{count} contracts and claims: {verdict}", *(f"- {line}" for line in failures)]
    return "\n".join(lines) + "\n"


def tried() -> tuple[str, bool]:
    """Run everything on the newest releases; return what came of it, and whether all held."""
    try:
        with environment(*or_newer()) as python:
            run_uv("pip", "install", "--python", python, "--no-deps", "--editable", ROOT)
            newer = moved(installed(python))
            seen = run_tests(python, TESTS)
    except NotObservedError as error:
        return f"## On the newest releases nothing runs\n\n{error}\n", False
    failures = broken(seen)
    return told(newer, failures, len(seen)), not failures


def main() -> None:
    """Print what the newest releases broke, and fail if they broke anything."""
    summary, all_hold = tried()
    print(summary)
    if page := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(page).open("a", encoding="utf-8") as file:
            file.write(summary)
    sys.exit(not all_hold)


if __name__ == "__main__":
    main()
