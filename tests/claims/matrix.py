"""Run the claims on older LangGraphs, the pinned one and the newest, and write `docs/matrix.md`.

Each column gets a fresh environment with LangGraph, its SQLite checkpointer and what runs the
tests; the pins and the newest releases have LangChain too. `make matrix` runs this.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from tests.claims.claim import CLAIMS, FOLDER, LANGCHAIN, Claim
from tests.claims.environments import (
    ROOT,
    NotObservedError,
    environment,
    installed,
    or_newer,
    pins,
    run_tests,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree import ElementTree

MATRIX = ROOT / "docs" / "matrix.md"

RUNNERS = ("langgraph-checkpoint-sqlite", "pytest", "PyYAML")
NEWEST = ("langgraph", "langchain", "langchain-core", *RUNNERS)
HOLDS, MISSING, UNSEEN = "holds", "not in this version", "not observed"
SUBJECTS = {
    "tutorial": "The tutorial",
    "showing": "How a pause shows",
    "breakpoints": "Breakpoints",
    "reruns": "What runs again",
    "answers": "Answers",
    "editing": "Editing",
    "people": "People and time",
    "keeping": "What is kept",
    LANGCHAIN: "LangChain's middleware",
}
ABOUT = """# Which claims hold where

Made by `make matrix` on {day}; do not edit. Each line is a claim that the course makes, observed
in a fresh environment: on the newest patch that each earlier LangGraph 1.x minor had on that day,
on the LangGraph which the course pins ({pin}), and on the newest releases of that day:
{newest}.

"{holds}" means that what happened is what the claim's data says; "differs" is followed by what
happened instead; "{unseen}" means that this version could not be installed or imported. The course
promises its claims on the pin; the other columns inform. The claims, their data and the few lines
that make each happen are in `tests/claims/`, here as of {digest}. Claims about LangChain are
observed on the pin and on the newest releases.
"""


@dataclass(frozen=True)
class Column:
    """What was seen in one environment.

    Attributes:
        versions: the version of each package in it.
        outcomes: of each claim, whether it held.
        label: what stands before LangGraph's version in the column's head.
    """

    versions: dict[str, str]
    outcomes: dict[str, str]
    label: str = ""

    @property
    def head(self) -> str:
        """Name the column by its LangGraph."""
        return f"{self.label}{self.versions['langgraph']}"

    @property
    def langchain_head(self) -> str:
        """Name the column by its LangGraph and its LangChain."""
        return f"{self.head}, LangChain {self.versions['langchain']}"


def versions(pin: str, known: str) -> list[str]:
    """Find the newest patch of each 1.x minor before the pin's in a list."""
    found = re.findall(r"\b1\.\d+\.\d+(?=,|\s|$)", known)
    patches = sorted(tuple(map(int, version.split("."))) for version in set(found))
    newest = {minor: patch for _, minor, patch in patches if minor < int(pin.split(".")[1])}
    return [f"1.{minor}.{patch}" for minor, patch in newest.items()]


def observe_older(version: str) -> Column:
    """Run the claims about LangGraph on an older version, which may not even import."""
    pinned = pins()
    # An old version may allow newer langgraph-prebuilts than it can import.
    needed = [f"langgraph=={version}", "langgraph-prebuilt", "--resolution=lowest-direct"]
    try:
        return _observe(*needed, *(f"{name}=={pinned[name]}" for name in RUNNERS), langchain=False)
    except NotObservedError as error:
        print(f"langgraph {version}: {error}", file=sys.stderr)
        return Column({"langgraph": version}, {claim.id: UNSEEN for claim in CLAIMS})


def observe_pinned() -> Column:
    """Run all claims on the versions that the course pins."""
    return _observe("-c", "constraints.txt", *NEWEST)


def observe_newest() -> Column:
    """Run all claims on the newest releases that there are."""
    return _observe(*or_newer(*NEWEST), label="newest: ")


def _observe(*needed: str, label: str = "", langchain: bool = True) -> Column:
    tests = [FOLDER / "test_claims.py", *[FOLDER / "test_langchain_claims.py"] * langchain]
    # Nothing of the course is in this environment, nor what its settings ask of pytest.
    apart = [f"--confcutdir={FOLDER}", "--override-ini=addopts=--import-mode=importlib"]
    with environment(*needed) as python:
        outcomes = read_outcomes(run_tests(python, tests, *apart))
        return Column(installed(python), outcomes, label)


def read_outcomes(cases: Iterable[ElementTree.Element]) -> dict[str, str]:
    """Say of each claim in pytest's report whether it held.

    Raises:
        NotObservedError: if the claims could not be imported.
    """
    outcomes = {}
    for case in cases:
        name = case.attrib["name"].partition("[")[2].rstrip("]")
        claim = next((claim for claim in CLAIMS if claim.id == name), None)
        if claim is None:
            raise NotObservedError("".join(case.itertext()))
        outcomes[claim.id] = _outcome(case, claim)
    return outcomes


def _outcome(case: ElementTree.Element, claim: Claim) -> str:
    if case.find("skipped") is not None:
        return MISSING
    if case.find("failure") is None and case.find("error") is None:
        return HOLDS
    seen = [p.attrib["value"] for p in case.iter("property") if p.attrib["name"] == "seen"]
    return f"differs: `{difference(json.loads(seen[0]), claim.truth)}`" if seen else "differs"


def difference(seen: Any, truth: Any) -> str:
    """Put what was seen in a short phrase, without the part of it that is true."""
    if isinstance(seen, dict) and isinstance(truth, dict):
        seen = {key: value for key, value in seen.items() if value != truth.get(key)}
    phrase = str(seen).replace("|", "/").replace("`", "'")
    return phrase if len(phrase) <= 80 else f"{phrase[:79]}…"


def write(columns: list[Column]) -> str:
    """Lay the columns out as Markdown, a table a subject; the pin and the newest come last."""
    *_, pinned, newest = columns
    releases = ", ".join(
        f"{name} {version}"
        for name, version in newest.versions.items()
        if name.startswith(("langchain", "langgraph"))
    )
    about = {"day": datetime.now(UTC).date(), "pin": pinned.head, "newest": releases}
    parts = [ABOUT.format(**about, holds=HOLDS, unseen=UNSEEN, digest=digest())]
    by_subject = {name: list(group) for name, group in groupby(CLAIMS, lambda c: c.subject)}
    for subject, title in SUBJECTS.items():
        shown = [pinned, newest] if subject == LANGCHAIN else columns
        heads = [c.langchain_head if subject == LANGCHAIN else c.head for c in shown]
        rows = [_row("claim", *heads), _row("---", *["---"] * len(heads))]
        rows += [
            _row(told(c), *(column.outcomes[c.id] for column in shown)) for c in by_subject[subject]
        ]
        parts.append(f"## {title}\n\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def digest() -> str:
    """Name what is observed, so that a matrix made before it changed is known for old."""
    modules = [FOLDER / "scene.py", *sorted((FOLDER / "observations").glob("*.py"))]
    truths = json.dumps([[claim.id, claim.truth, claim.needs] for claim in CLAIMS])
    observed = truths.encode() + b"".join(module.read_bytes() for module in modules)
    return f"`{hashlib.sha256(observed).hexdigest()[:12]}`"


def told(claim: Claim) -> str:
    """Say a claim in a cell; Markdown would take the underscores of `__interrupt__` for bold."""
    says = claim.says.replace("__", r"\_\_")
    return f"{says}<br>`{claim.id}`"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Write the matrix, and fail if a claim does not hold on the pin."""
    index = [sys.executable, "-m", "pip", "index", "versions", "langgraph"]
    known = subprocess.run(index, capture_output=True, text=True, check=True).stdout
    columns = [observe_older(version) for version in versions(pins()["langgraph"], known)]
    pinned, newest = observe_pinned(), observe_newest()
    columns += [pinned, newest]
    for column in columns:
        held = list(column.outcomes.values())
        print(f"langgraph {column.head}: {held.count(HOLDS)} of {len(held)} claims hold")
    MATRIX.write_text(write(columns), encoding="utf-8")
    print(f"written to {MATRIX.relative_to(ROOT)}")
    if broken := [name for name, outcome in pinned.outcomes.items() if outcome != HOLDS]:
        sys.exit(f"on the pin these do not hold: {', '.join(broken)}")


if __name__ == "__main__":
    main()
