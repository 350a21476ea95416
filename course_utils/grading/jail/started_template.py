"""The template as its owner sees it: started once, asked for one jail after another."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.grading.jail.inside import END, INTERRUPT
from course_utils.grading.jail.task import JailError
from course_utils.grading.jail.template import receive, send
from course_utils.places import CARRIED, course_folder, data_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from course_utils.grading.jail.limits import Limits

_COURSE = Path(__file__).resolve().parents[3]
_RUN = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); "
    "from course_utils.grading.jail.template import main; main()"
)
# What lessons import, what runs them, and what their first cells load late.
IMPORTED = (
    "course_utils.checkpoints",
    "course_utils.grading.jail.notebook_run",
    "course_utils.exercises.exercise",
    "course_utils.model",
    "course_utils.quiz.bank",
    "course_utils.review.deciding.resuming",
    "course_utils.review.deciding.shown",
    "course_utils.widgets.card.approval_card",
    "course_utils.widgets.drawings.graph_view",
    "course_utils.widgets.drawings.history_view",
    "course_utils.widgets.drawings.run_view",
    "course_utils.widgets.inbox.inbox",
    "course_utils.widgets.journal_view",
    "course_utils.widgets.progress_view",
    "course_utils.widgets.quiz.quiz_card",
    "IPython.core.interactiveshell",
    "ipywidgets",
    "langchain.agents",
    "langchain.agents.middleware",
    "langchain_core.messages",
    "langchain_core.tools",
    "langgraph.checkpoint.memory",
    "langgraph.checkpoint.sqlite",
    "langgraph.checkpoint.sqlite.aio",
    "langgraph.func",
    "langgraph.graph",
    "langgraph.prebuilt",
    "langgraph.types",
    # It keeps what all of them are, to see later what has changed: last.
    "course_utils.grading.jail.together",
)
NO_JAIL = (
    "No jail can be made here: {why}. Grade on a Linux with user namespaces, or with --no-sandbox, "
    "where students' code can do what you can."
)


_ENDED = "The process that jails are made from has ended: run the same command again."


class Started:
    """A jailed process, seen from outside.

    Args:
        told: tells its id, and its exit status when all of it has ended.
        folder: what it writes to where there is no jail; it goes with it.
        apart: whether that process only waits for the task's.

    Attributes:
        pid: its id as the template sees it, 0 until it is known.
        host_pid: its id as this process sees it.
        status: its exit status; None until all of it has ended.
    """

    def __init__(self, told: socket.socket, folder: str | None, *, apart: bool) -> None:
        self.told, self._folder, self._apart = told, folder, apart
        self.pid, self.host_pid = 0, 0
        self.status: int | None = None
        self._handle: int | None = None
        self._heard = b""
        self._is_to_end = False

    def hear(self) -> None:
        """Take in what is told.

        Raises:
            JailError: if it could not be jailed, or the template has ended.
        """
        data, handles, _, _ = socket.recv_fds(self.told, 4096, 1)
        if handles:
            self._handle = handles[0]
        self._heard += data
        *lines, self._heard = self._heard.split(b"\n")
        for line in lines:
            self._understand(line[:1], line[1:].decode(errors="replace"))
        if not data and self.status is None:
            self.status = -1
            raise JailError(_ENDED)

    def interrupt(self) -> None:
        """Interrupt what runs."""
        self._signal(INTERRUPT if self._apart else signal.SIGINT)

    def _signal(self, number: int) -> None:
        """Send a signal to its first process, if that still runs."""
        try:
            if self._handle is not None:
                signal.pidfd_send_signal(self._handle, number)
            elif self.pid:
                os.kill(self.pid, number)
        except ProcessLookupError:
            return

    def kill(self) -> None:
        """End all of it, now or as soon as its id is known."""
        self._is_to_end = True
        # Without a jail its first process ends the others, and then itself.
        self._signal(signal.SIGKILL if self._folder is None else END)

    def close(self) -> None:
        """Wait until all of it has ended, and let go of it."""
        while self.status is None:
            try:
                self.hear()
            except JailError:
                break
        self.told.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _understand(self, kind: bytes, words: str) -> None:
        if kind == b"P":
            self.pid = int(words)
            self.host_pid = self.pid if self._handle is None else _pid_of(self._handle)
            if self._is_to_end:
                self.kill()
        elif kind == b"X":
            self.status = int(words)
        else:
            raise JailError(NO_JAIL.format(why=words))


def _pid_of(handle: int) -> int:
    """Return the id of the process that a descriptor stands for, as this process sees it."""
    lines = Path(f"/proc/self/fdinfo/{handle}").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))


class StartedTemplate:
    """A running template; thread-safe.

    Args:
        sandbox: whether it jails what it forks.
        preload: modules that it imports too.

    Raises:
        JailError: if it cannot start.
    """

    def __init__(self, *, sandbox: bool, preload: Sequence[str]) -> None:
        self._lock = threading.Lock()
        self._folder = None if sandbox else Path(tempfile.mkdtemp(prefix="hitl-"))
        self._control, theirs = socket.socketpair()
        with theirs:
            # Isolated: neither the environment nor the current folder decides what is imported.
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", _RUN, str(_COURSE), str(theirs.fileno())],
                env=_environment(),
                cwd="/",
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        secret = (_COURSE, Path.cwd(), CARRIED, course_folder(), data_folder())
        hidden = [str(folder) for folder in secret if folder.is_dir()]
        modules = [*IMPORTED, *preload]
        wanted = {
            "sandbox": sandbox, "course": str(_COURSE), "hidden": hidden, "modules": modules
        }  # fmt: skip
        try:
            send(self._control, wanted)
            answer = receive(self._control)
        except OSError:
            answer = None
        problem = "it ended at once" if answer is None else answer[0].get("error", "")
        if problem:
            self.close()
            raise JailError(NO_JAIL.format(why=problem) if sandbox else f"Grading: {problem}.")

    def start(
        self, limits: Limits, channel: socket.socket, peer: socket.socket | None, *, apart: bool
    ) -> Started:
        """Have one task begun; it reads what it is to do from its end of the channel.

        Args:
            limits: what it may use.
            channel: its end of the channel.
            peer: its end of the socket pair that two tasks share.
            apart: whether PID 1 is another process.

        Raises:
            JailError: if the template has ended.
        """
        told, theirs = socket.socketpair()
        apart = apart or self._folder is not None
        request: dict[str, object] = {"limits": asdict(limits), "apart": apart}
        folder = None if self._folder is None else tempfile.mkdtemp(dir=self._folder)
        if folder is not None:
            request["folder"] = folder
        given = [one.fileno() for one in (theirs, channel, peer) if one is not None]
        with theirs:
            try:
                with self._lock:
                    send(self._control, request, given)
            except OSError:
                told.close()
                raise JailError(_ENDED) from None
        return Started(told, folder, apart=apart)

    @property
    def is_alive(self) -> bool:
        """Whether it still serves."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it, and all that it has forked."""
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _environment() -> dict[str, str]:
    """Return all that is set inside."""
    programs = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    return {
        "PATH": programs,
        "HOME": "/home/learner",
        "LANG": "C.UTF-8",
        "USER": "nobody",
        "LOGNAME": "nobody",
        "TMPDIR": tempfile.gettempdir() if os.name != "posix" else "/tmp",  # noqa: S108
        # For a Python that is started inside.
        "PYTHONPATH": str(_COURSE),
        # There is no network: pip gives up at once.
        "PIP_NO_INDEX": "1",
        "HITL_MODEL": "offline",
    }
