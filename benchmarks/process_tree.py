"""What a process and all that it has started take: processor time and memory, read in /proc."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOK_SECONDS = 0.2
_TICK = os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> list[int]:
    """Return the id of a process and those of its descendants."""
    children: dict[int, list[int]] = {}
    for process, fields in _processes().items():
        children.setdefault(int(fields[1]), []).append(process)
    found, at = [pid], 0
    while at < len(found):
        found += children.get(found[at], [])
        at += 1
    return found


def cpu_seconds(pid: int) -> float:
    """Return the CPU-seconds of a process's descendants, with those that have ended."""
    fields = _processes()
    alive = sum(sum(map(int, fields[one][11:15])) for one in tree(pid)[1:] if one in fields)
    return (alive + sum(map(int, fields[pid][13:15]))) / _TICK


def memory(pid: int) -> int:
    """Return the bytes that a process's descendants have in memory now.

    A page that several of them share counts once. Where the kernel does not tell how much that is,
    a process counts as if it shared nothing.
    """
    return sum(_share(Path(f"/proc/{one}")) for one in tree(pid)[1:])


class Most:
    """The most that was seen, as a number."""

    def __init__(self) -> None:
        self.seen = 0

    def __int__(self) -> int:
        return self.seen


@contextmanager
def watched_memory() -> Iterator[Most]:
    """Look at the memory of what this process starts in the block, five times a second.

    Yields:
        What becomes the most bytes that all of them had at once.
    """
    most, done = Most(), threading.Event()

    def look() -> None:
        while not done.wait(LOOK_SECONDS):
            most.seen = max(most.seen, memory(os.getpid()))

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield most
    finally:
        done.set()
        watching.join()


def _processes() -> dict[int, list[str]]:
    """Return the fields of each process's `stat` from the state on, by its id."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                found[int(folder.name)] = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
    return found


def _share(folder: Path) -> int:
    try:
        lines = (folder / "smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
    except PermissionError:
        resident = (folder / "statm").read_text().split()[1]
        return int(resident) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, StopIteration):
        return 0  # it has just ended
