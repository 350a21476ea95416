"""Real second processes, told what to do a line at a time: `with workers(code, 2) as both`."""

from __future__ import annotations

import os
import subprocess
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

from tests.support import forked

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
ANSWER_SECONDS = 120


class Worker:
    """A Python process of its own, not forked from this one, which answers a line with a line.

    Its code is given the function `lines()`, which yields what it is told, and `answer(line)`.
    """

    _BEGIN = (
        "import sys\n"
        "def lines(): return (line.rstrip('\\n') for line in iter(sys.stdin.readline, ''))\n"
        "def answer(line): print(line, flush=True)\n"
    )

    def __init__(self, code: str, *arguments: str) -> None:
        self.process = forked.Process(
            *("-c", self._BEGIN + code, *arguments),
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def tell(self, line: str) -> None:
        """Send it a line."""
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def answer(self) -> str:
        """Wait for its next line; a worker that dies, or takes too long, fails the test."""
        too_slow = Timer(ANSWER_SECONDS, self.process.kill)
        too_slow.start()
        line = self.process.stdout.readline()
        too_slow.cancel()
        assert line, f"worker {self.process.args[2:]} ended with {self.process.wait()}, no answer"
        return line.rstrip("\n")

    def kill(self) -> None:
        """End it as a crash would, with no chance to tidy up."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """Let it finish what it does, and end it."""
        self.process.stdin.close()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process.stdout.close()


@contextmanager
def workers(code: str, count: int, *arguments: str) -> Iterator[list[Worker]]:
    """Run some workers, which have said "ready", while the `with` lasts.

    Each is given its number, from 0, as its first argument.
    """
    with ExitStack() as stack:
        made = []
        for number in range(count):
            made.append(Worker(code, str(number), *arguments))
            stack.callback(made[-1].close)
        for worker in made:
            assert worker.answer() == "ready"
        yield made


def all_at_once(workers: list[Worker], line: str) -> list[str]:
    """Tell all of them the same, and return what each answers."""
    for worker in workers:
        worker.tell(line)
    return [worker.answer() for worker in workers]
