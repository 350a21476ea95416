"""The table of README.md, from what `tests.hostile.stock` and `tests.hostile.ours` wrote.

python -m tests.hostile.table stock.jsonl ours.jsonl
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.hostile.corpus import GROUPS, corpus

Found = dict[str, dict[str, Any]]
_FIGURES = ("points", "read", "changed", "lost", "scripts", "left")


def main(stock: str, ours: str) -> None:
    """Print a table for each group, and what they come to."""
    found = [_read(Path(path)) for path in (stock, ours)]
    for group in GROUPS:
        print(f"\n### {group}\n")
        print("| attack | aim | stock | ours |\n|---|---|---|---|")
        for attack in corpus():
            if attack.group == group:
                both = " | ".join(_in_words(one.get(attack.name)) for one in found)
                print(f"| {attack.name} | {attack.aim} | {both} |")
    print()
    for name, one in zip(("stock nbgrader", "ours"), found, strict=True):
        print(f"- {name}, {len(one)} attacks: {_sums(one)}")


def _read(path: Path) -> Found:
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {line["name"]: line for line in lines}


def _in_words(found: dict[str, Any] | None) -> str:
    """Say in a few words what an attack got and did."""
    if found is None:
        return "not run"
    points, read, changed, lost, scripts, left = (found[name] for name in _FIGURES)
    said = [
        f"{points:g} points" if points else "",
        f"{read} bytes told" if read else "",
        f"{changed} grades changed" if changed else "",
        f"{lost} students lost" if lost else "",
        f"{scripts} scripts" if scripts else "",
        "something left" if left else "",
        "no grade for itself" if points is None else "",
        "a person looks" if found.get("waits") else "",
    ]
    return ", ".join(filter(None, said)) or "nothing"


def _sums(found: Found) -> str:
    unseen = [one for one in found.values() if one["points"] and not one.get("waits")]
    told = sum(one["read"] for one in found.values())
    parts = [
        f"{len(unseen)} earned {sum(one['points'] for one in unseen):g} points without a flag",
        f"{told} bytes told by {sum(bool(one['read']) for one in found.values())}",
        f"{sum(one['changed'] for one in found.values())} grades of others changed",
        f"{sum(one['lost'] for one in found.values())} others lost",
        f"{sum(one['scripts'] for one in found.values())} scripts on pages",
        f"{sum(bool(one['left']) for one in found.values())} left something behind",
    ]
    return "; ".join(parts) + "."


if __name__ == "__main__":
    main(*sys.argv[1:])
