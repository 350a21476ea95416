"""What the marks of a submission depend on beside the submission: this course, and its packages.

Two machines that differ in it may not mark one class.
"""

from __future__ import annotations

import hashlib
import platform
import re
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_CODE = Path(__file__).resolve().parents[2]
_COURSE = "hitl-course"
# Of no use to a mark; Dask is among the names by itself.
_OPTIONAL = re.compile(r"extra == .(?:test|cluster|postgres)")
_DASK = ("dask", "distributed")
_SHOWN = 3
_MISSING = "none"


def installed() -> dict[str, str]:
    """Return the versions of what marks depend on, by name; the course's own is a digest."""
    required = [line for line in metadata.requires(_COURSE) or () if not _OPTIONAL.search(line)]
    names = sorted({re.split(r"[^\w.-]", line)[0] for line in required} - {_COURSE} | {*_DASK})
    python = ".".join(platform.python_version_tuple()[:2])
    return {
        "Python": python,
        "the course at": _digest(),
        **{name: _version(name) for name in names},
    }


def difference(ours: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    """Return how another machine differs from this one, in words; "" where it does not."""
    differ = [name for name in (*ours, *theirs) if ours.get(name) != theirs.get(name)]
    told = [
        f"{name} {theirs.get(name, _MISSING)} and not {ours.get(name, _MISSING)}"
        for name in dict.fromkeys(differ)
    ]
    more = len(told) - _SHOWN
    return ", ".join(told[:_SHOWN]) + (f", and {more} more" if more > 0 else "")


def _digest() -> str:
    code = hashlib.sha256()
    for path in sorted(_CODE.rglob("*.py")):
        code.update(f"{path.relative_to(_CODE)}\0".encode())
        code.update(hashlib.sha256(path.read_bytes()).digest())
    return code.hexdigest()[:12]


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return _MISSING
