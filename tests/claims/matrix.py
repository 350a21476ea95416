"""Run the claims on the pinned LangGraph and on older ones, and write `docs/matrix.md`.

Each version gets a fresh environment with LangGraph, its SQLite checkpointer and what runs the
tests; the pin's has LangChain too. `make matrix` runs this.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.claims.claim import CLAIMS, FOLDER, LANGCHAIN, Claim

ROOT = FOLDER.parents[1]
MATRIX = ROOT / "docs" / "matrix.md"

NEEDED = ("langgraph-checkpoint-sqlite", "pytest", "PyYAML")
HOLDS, MISSING = "holds", "not in this version"
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

Made by `make matrix`; do not edit. Each line is a claim that the course makes, observed in a fresh
environment on the LangGraph which the course pins ({pin}) and on the newest patch of each earlier
1.x minor. "{holds}" means that what happened is what the claim's data says; "differs" is followed
by what happened instead. The claims, their data and the few lines that make each happen are in
`tests/claims/`, here as of {digest}. Claims about LangChain are observed on the pin alone.
"""

Column = dict[str, str]


def pins() -> dict[str, str]:
    """Read the exact versions that the course requires."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    return dict(pin.split("==") for pin in wanted)


def versions(pin: str, known: str) -> list[str]:
    """Find the newest patch of each 1.x minor before the pin's in a list, and add the pin."""
    found = re.findall(r"\b1\.\d+\.\d+(?=,|\s|$)", known)
    patches = sorted(tuple(map(int, version.split("."))) for version in set(found))
    newest = {minor: patch for _, minor, patch in patches if minor < int(pin.split(".")[1])}
    return [*(f"1.{minor}.{patch}" for minor, patch in newest.items()), pin]


def observe(version: str, pinned: dict[str, str]) -> Column:
    """Run the claims on a version of LangGraph, in an environment of its own."""
    needed = [f"{name}=={pinned[name]}" for name in NEEDED]
    if version == pinned["langgraph"]:
        needed += ["-c", "constraints.txt", "langchain"]
        tests = ["test_claims.py", "test_langchain_claims.py"]
    else:
        # An old version may allow newer langgraph-prebuilts than it can import.
        needed += ["langgraph-prebuilt", "--resolution=lowest-direct"]
        tests = ["test_claims.py"]
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder) / "environment"
        python, report = environment / "bin" / "python", Path(folder) / "report.xml"
        _uv("venv", "--python", sys.executable, environment)
        _uv("pip", "install", "--python", python, f"langgraph=={version}", *needed)
        _observe(python, [FOLDER / test for test in tests], report)
        return read_report(report.read_text(encoding="utf-8"))


def _observe(python: Path, tests: list[Path], report: Path) -> None:
    run = [python, "-m", "pytest", "-q", *tests, f"--junitxml={report}", "-p", "no:cacheprovider"]
    # Nothing of the course is in this environment, nor what its settings ask of pytest.
    apart = [f"--confcutdir={FOLDER}", "--override-ini=addopts=--import-mode=importlib"]
    ran = subprocess.run([*run, *apart], cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode > 1:  # 1 says that some claims do not hold, which is what we are here to see
        raise RuntimeError(f"the claims could not be observed: {ran.stdout}{ran.stderr}")


def read_report(report: str) -> Column:
    """Say of each claim in a JUnit report whether it held."""
    cases = ElementTree.fromstring(report).iter("testcase")  # noqa: S314 - pytest wrote it
    return {claim.id: _outcome(case, claim) for case in cases for claim in [_claim(case)]}


def _claim(case: ElementTree.Element) -> Claim:
    name = case.attrib["name"].partition("[")[2].rstrip("]")
    return next(claim for claim in CLAIMS if claim.id == name)


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


def write(columns: dict[str, Column], pin: str, langchain: str) -> str:
    """Lay the columns out as Markdown, a table a subject."""
    parts = [ABOUT.format(pin=pin, holds=HOLDS, digest=digest())]
    by_subject = {name: list(group) for name, group in groupby(CLAIMS, lambda c: c.subject)}
    for subject, title in SUBJECTS.items():
        shown = [pin] if subject == LANGCHAIN else list(columns)
        heads = [f"{pin}, LangChain {langchain}"] if subject == LANGCHAIN else shown
        rows = [_row("claim", *heads), _row("---", *["---"] * len(heads))]
        rows += [_row(told(c), *(columns[v][c.id] for v in shown)) for c in by_subject[subject]]
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


def _uv(*command: str | Path) -> None:
    _run(sys.executable, "-m", "uv", "--quiet", *command)


def _run(*command: str | Path) -> str:
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {ran.stderr}")
    return ran.stdout


def main() -> None:
    """Write the matrix, and fail if a claim does not hold on the pin."""
    pinned = pins()
    pin = pinned["langgraph"]
    columns = {}
    known = _run(sys.executable, "-m", "pip", "index", "versions", "langgraph")
    for version in versions(pin, known):
        columns[version] = observe(version, pinned)
        held = list(columns[version].values())
        print(f"langgraph {version}: {held.count(HOLDS)} of {len(held)} claims hold")
    MATRIX.write_text(write(columns, pin, pinned["langchain"]), encoding="utf-8")
    print(f"written to {MATRIX.relative_to(ROOT)}")
    if broken := [name for name, outcome in columns[pin].items() if outcome != HOLDS]:
        sys.exit(f"on the pin these do not hold: {', '.join(broken)}")


if __name__ == "__main__":
    main()
