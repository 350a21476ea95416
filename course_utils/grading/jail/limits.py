"""How much a submission may use before it is ended."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one jailed process, with all that it starts, may use.

    Attributes:
        cell_seconds: wall time of one step (a cell, a test).
        seconds: wall time of the whole.
        cpu_seconds: processor time of each process.
        memory: bytes, of all its processes together.
        processes: how many processes and threads at a time.
        open_files: how many files a process has open at a time.
        written: bytes in its folders, which live in memory.
        printed: bytes of messages and outputs.
    """

    cell_seconds: float = 30.0
    seconds: float = 180.0
    cpu_seconds: int = 120
    memory: int = 2048 * MIB
    processes: int = 128
    open_files: int = 256
    written: int = 64 * MIB
    printed: int = 8 * MIB
