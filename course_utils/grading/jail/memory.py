"""How much memory a process and all that it has started use together."""

from __future__ import annotations

import os
import resource
from contextlib import suppress
from typing import NamedTuple

_PAGE = resource.getpagesize()


class Used(NamedTuple):
    """What a tree of processes uses: bytes, and which processes it has."""

    memory: int
    pids: list[int]


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
    return Used(resident, pids)


def _tree(pid: int) -> list[int]:
    found, at = [pid], 0
    while at < len(found):
        tasks = f"/proc/{found[at]}/task"
        try:
            threads = os.listdir(tasks)  # noqa: PTH208 - ten times a second, for each jail
        except OSError:
            threads = []  # it has just ended
        for thread in threads:
            found += map(int, _read(f"{tasks}/{thread}/children").split())
        at += 1
    return found


def _resident(pid: int) -> int:
    words = _read(f"/proc/{pid}/statm").split()
    return int(words[1]) * _PAGE if words else 0


def _proportional(pid: int) -> int:
    """Return a process's share of what it has in memory."""
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) << 10
    return _resident(pid)


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:  # noqa: PTH123
            return file.read()
    except OSError:
        return ""  # it has just ended


def put_last(pids: list[int]) -> None:
    """Have processes run only while no others want to, so that many of them take no one's time."""
    for pid in pids:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, 19)
