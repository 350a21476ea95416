"""How much memory a process and all that it has started use together."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import NamedTuple

_PAGE = resource.getpagesize()


class Used(NamedTuple):
    """What a tree of processes uses: bytes, and the number of processes."""

    memory: int
    processes: int


def used(pid: int, enough: int) -> Used:
    """Add up what a process and its descendants use.

    Pages that several of them share count once; since that takes time to find out, it is done only
    if there may be more than `enough`.

    Args:
        pid: the process's id, as this process sees it.
        enough: bytes.
    """
    pids = _tree(pid)
    resident = sum(_resident(one) for one in pids)
    if resident > enough:
        resident = sum(_proportional(one) for one in pids)
    return Used(resident, len(pids))


def _tree(pid: int) -> list[int]:
    found, at = [pid], 0
    while at < len(found):
        for children in Path(f"/proc/{found[at]}/task").glob("*/children"):
            found += map(int, _read(children).split())
        at += 1
    return found


def _resident(pid: int) -> int:
    words = _read(Path(f"/proc/{pid}/statm")).split()
    return int(words[1]) * _PAGE if words else 0


def _proportional(pid: int) -> int:
    """Return a process's share of what it has in memory."""
    for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) << 10
    return _resident(pid)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""  # it has just ended
