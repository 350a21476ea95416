"""A Dask cluster on this machine: a scheduler and workers, each a process of its own."""

from __future__ import annotations

import os
import queue
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from distributed import Client, WorkerPlugin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parents[2]
BEGUN = "begun"
SECONDS = 60
# A worker that may make no user namespace, and cannot make another without one.
FORBIDDEN = "from tests.support.jailed import forbid_namespaces; forbid_namespaces(); "
DASK = "from dask.__main__ import main; main()"


class Begun(NamedTuple):
    """A task that a worker has begun.

    Attributes:
        key: the task's.
        pid: the worker's process.
    """

    key: str
    pid: int


class Announce(WorkerPlugin):
    """Tells the scheduler of each task of grading that a worker begins."""

    def setup(self, worker: Any) -> None:
        self._worker = worker

    def transition(self, key: Any, _start: str, finish: str, **_: Any) -> None:
        if finish == "executing" and str(key).startswith("hitl-grade"):
            self._worker.log_event(BEGUN, [str(key), os.getpid()])


class Cluster:
    """A scheduler, and its workers.

    Attributes:
        address: the scheduler's.
        client: a client of the tests' own.
        begun: each task that has begun, in order.
    """

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack = folder, stack
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        _, _, port = self.address.rpartition(":")
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", port)
        self.client = stack.enter_context(
            Client(self.address, timeout=SECONDS, set_as_default=False)
        )
        self.begun: queue.Queue[Begun] = queue.Queue()
        self.client.subscribe_topic(BEGUN, lambda event: self.begun.put(Begun(*event[1])))
        self.client.register_plugin(Announce())

    def add_workers(
        self, *names: str, course: Path = ROOT, before: str = "", **variables: str
    ) -> None:
        """Start workers, of one thread each, and wait until the scheduler knows them.

        Args:
            names: of the workers.
            course: the folder of the course that they have.
            before: Python that each runs first.
            variables: of their environment.
        """
        wanted = len(self.client.nthreads()) + len(names)
        for name in names:
            how = ("--nthreads", "1", "--no-nanny", "--name", name, "--host", "127.0.0.1")
            command = ("worker", self.address, *how)
            self._start(*command, before=before, PYTHONPATH=f"{course}:{ROOT}", **variables)
        self.client.wait_for_workers(wanted, timeout=SECONDS)

    def _start(self, *command: str, before: str = "", **variables: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
        with (self._folder / "dask.log").open("ab") as log:
            started = subprocess.Popen(
                [sys.executable, "-c", before + DASK, *command, "--no-dashboard"],
                cwd=self._folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._stack.callback(_end, started)
        return started


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """Start a scheduler without workers, and end all at the end."""
    with ExitStack() as stack:
        yield Cluster(folder, stack)


class Watched:
    """Processes that are to end.

    Args:
        pids: theirs; one that has ended already is none.
    """

    def __init__(self, pids: Iterable[int]) -> None:
        self._handles: dict[int, int] = {}
        for pid in pids:
            try:
                self._handles[os.pidfd_open(pid)] = pid
            except ProcessLookupError:
                continue

    def left(self, seconds: float) -> list[int]:
        """Wait until they have ended, for so long at most; return those that have not."""
        poll = select.poll()
        for handle in self._handles:
            poll.register(handle, select.POLLIN)
        while self._handles and (ended := poll.poll(1000 * seconds)):
            for handle, _ in ended:
                poll.unregister(handle)
                os.close(handle)
                del self._handles[handle]
        return list(self._handles.values())


def below(pid: int) -> dict[int, int]:
    """Return the processes that a process has started, and theirs, with how far below they are."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(folder.name)] = int(told[1])
    found, depth, level = {}, 0, {pid}
    while level:
        depth += 1
        level = {child for child, parent in parents.items() if parent in level}
        found |= dict.fromkeys(level, depth)
    return found


def jail_below(pid: int) -> dict[int, int]:
    """Wait until a worker's template runs a jail; return all that is below the worker then."""
    deadline = time.monotonic() + SECONDS
    # The template's first process, the one that forks, and what it forks.
    while max((found := below(pid)).values(), default=0) < 3:
        assert time.monotonic() < deadline, f"below the worker {pid} there is only {found}"
    return found


def allow_no_failure(dask_scheduler: Any) -> None:
    """Have the scheduler give up a task when the first worker dies of it, and not the fourth."""
    dask_scheduler.allowed_failures = 0


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
