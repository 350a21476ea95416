"""Fresh Python processes that need not import anything: `run("-m", "nbgrader", "autograde", ...)`.

They are forked from a process that has imported what most of ours need, and done nothing else: no
setting read, no file open, no thread. Then they run what `python` would run with these arguments,
in an environment and folder of their own, and end as any Python does. An import of nbgrader or of
LangGraph takes a second or two, which is more than most of what is tested here.

Not for what tests an import, or the start of a Python; and the least that must be shown of a
command from outside is shown once with the command itself.

The kernels of notebooks are forked too, where the environment has `with_forked_kernels()`.
"""

from __future__ import annotations

import array
import gc
import json
import os
import random
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

from tests.support.forked_kernel import ask

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
IMPORTED = (
    "course_utils.cli",
    "course_utils.checkpoints",
    "course_utils.grading.nbgrader.autograde",
    "course_utils.grading.nbgrader.exporters",
    "course_utils.grading.nbgrader.feedback_steps",
    "course_utils.grading.nbgrader.release_steps",
    "course_utils.review.deciding.resuming",
    "course_utils.review.inbox.waiting_threads",
    "course_utils.review.record.databases",
    "ipykernel.kernelapp",
    "jupyterlab.labapp",
    "langchain.agents.middleware",
    "langchain.chat_models",
    "langchain_ollama",
    "langgraph.prebuilt",
    "nbgrader.apps.nbgraderapp",
    "nbval.plugin",
    "pytest",
)
# A notebook with a kernel of this name has one that is not forked.
STARTED = "started"
# Of what a process is started with; the last is for whoever waits for it.
STANDARD = (0, 1, 2)


class Process:
    """A forked Python, with the part of `subprocess.Popen` that the tests use.

    Attributes:
        pid: its process id.
        args: what it runs, after `python`.
        stdin, stdout, stderr: text pipes, where one was asked for.
        returncode: how it ended, negative for a signal; None while it runs.
    """

    def __init__(
        self,
        *arguments: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: int | IO[Any] | None = None,
        stdout: int | IO[Any] | None = None,
        stderr: int | IO[Any] | None = None,
    ) -> None:
        self.args = [str(argument) for argument in arguments]
        self.returncode: int | None = None
        self.stdin, theirs_in = _end(stdin, 0)
        self.stdout, theirs_out = _end(stdout, 1)
        self.stderr, theirs_err = (
            (None, os.dup(theirs_out)) if stderr == subprocess.STDOUT else _end(stderr, 2)
        )
        self._told, telling = os.pipe()
        request = {
            "arguments": self.args,
            "cwd": str(cwd or Path.cwd()),
            "env": dict(os.environ if env is None else env),
        }
        given = [theirs_in, theirs_out, theirs_err, telling]
        try:
            _template().start(request, given)
        finally:
            for descriptor in given:
                os.close(descriptor)
        self.pid = int(self._line(None))

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; return its exit code, or minus the signal that ended it."""
        if self.returncode is None:
            self.returncode = int(self._line(timeout))
            os.close(self._told)
        return self.returncode

    def poll(self) -> int | None:
        """Return how it ended, if it has."""
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def communicate(self, told: str = "", timeout: float | None = None) -> tuple[str, str]:
        """Tell it one thing more, and wait for its end; return what it still had to say."""
        if self.stdin:
            self.stdin.write(told)
            self.stdin.close()
        said = [pipe.read() if pipe else "" for pipe in (self.stdout, self.stderr)]
        self.wait(timeout)
        return said[0], said[1]

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash would."""
        self.send_signal(signal.SIGKILL)

    def _line(self, timeout: float | None) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            if not select.select([self._told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            read = os.read(self._told, 1)
            assert read, f"whoever waits for {self.args} has gone"
            line += read
        return line


def run(
    *arguments: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 240,
) -> subprocess.CompletedProcess[str]:
    """Run a Python to its end, with nothing to read, and return what it wrote."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        nothing = subprocess.DEVNULL
        process = Process(*arguments, cwd=cwd, env=env, stdin=nothing, stdout=out, stderr=err)
        try:
            code = process.wait(timeout)
        finally:
            process.kill()
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(process.args, code, out.read(), err.read())


def _end(wanted: int | IO[Any] | None, standard: int) -> tuple[IO[str] | None, int]:
    """Return our end of a pipe, if one is wanted, and what the process gets."""
    if wanted == subprocess.PIPE:
        reading, writing = os.pipe()
        ours, theirs = (writing, reading) if standard == 0 else (reading, writing)
        return os.fdopen(ours, "w" if standard == 0 else "r"), theirs
    if wanted == subprocess.DEVNULL:
        return None, os.open(os.devnull, os.O_RDWR)
    if wanted is None:
        return None, os.dup(standard)
    return None, os.dup(wanted if isinstance(wanted, int) else wanted.fileno())


def with_forked_kernels() -> dict[str, str]:
    """Return the variables with which kernels are forked, of notebooks that name `python3`."""
    return {"JUPYTER_PATH": _template().folder.name}


class _Template:
    """The process that the others are forked from, as seen from here.

    Attributes:
        folder: Jupyter's, with the specs of a kernel that is forked and of one that is started.
    """

    running: _Template | None = None

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        place = f"{self.folder.name}/socket"
        _write_specs(Path(self.folder.name, "kernels"), place)
        self._socket, theirs = socket.socketpair()
        with theirs, socket.socket(socket.AF_UNIX) as kernels:
            kernels.bind(place)
            kernels.listen()
            given = [theirs.fileno(), kernels.fileno()]
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, *map(str, given)], cwd=ROOT, pass_fds=given
            )

    def start(self, request: dict[str, Any], descriptors: list[int]) -> None:
        ask(self._socket, request, descriptors)

    def close(self) -> None:
        self._socket.close()
        self._process.wait()
        self.folder.cleanup()


def _write_specs(folder: Path, place: str) -> None:
    """Write the installed spec as it stands under another name, and in its place a forked one."""
    installed = Path(sys.prefix, "share", "jupyter", "kernels", "python3", "kernel.json")
    started = json.loads(installed.read_text())
    # Isolated, so that its start costs next to nothing.
    forking = [sys.executable, "-I", "-S", str(Path(__file__).with_name("forked_kernel.py")), place]
    forked = {**started, "argv": [*forking, *started["argv"][1:]]}
    for name, spec in (("python3", forked), (STARTED, started)):
        (folder / name).mkdir(parents=True)
        (folder / name / "kernel.json").write_text(json.dumps(spec))


def _template() -> _Template:
    if _Template.running is None:
        _Template.running = _Template()
    return _Template.running


def close() -> None:
    """End the process that the others are forked from, if there is one, after them."""
    if _Template.running is not None:
        _Template.running.close()
        _Template.running = None


def _exactly(connection: socket.socket, size: int) -> bytes:
    read = b""
    while len(read) < size:
        read += connection.recv(size - len(read))
    return read


def _serve(connection: socket.socket, kernels: socket.socket) -> dict[str, Any] | None:
    """Fork for each request; return the request in the process that is to run it, None at the end.

    Between this process and that one stands another, which waits for its end and tells.

    Args:
        connection: has the requests of whoever started this process, one after another.
        kernels: is where each kernel's request comes, by a connection of its own.
    """
    while True:
        asking, _, _ = select.select([connection, kernels], [], [])
        with kernels.accept()[0] if kernels in asking else connection.dup() as asker:
            read = _read(asker)
        if read is None:
            if kernels in asking:
                continue
            return None
        request, descriptors = read
        _reap(os.WNOHANG)
        if os.fork() == 0:
            connection.close()
            kernels.close()
            _wait_for_another(descriptors)
            return request
        for descriptor in descriptors:
            os.close(descriptor)


def _read(asker: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Read what `ask` sent."""
    byte, descriptors, _, _ = socket.recv_fds(asker, 1, array.array("i", [0] * 4).itemsize * 4)
    if not byte:
        return None
    return json.loads(_exactly(asker, int(_exactly(asker, 9)))), descriptors


def _wait_for_another(descriptors: list[int]) -> None:
    """Return in a new process, which has the descriptors; this one waits for it and is gone."""
    *standard, telling = descriptors
    pid = os.fork()
    if pid == 0:
        os.close(telling)
        for descriptor, number in zip(standard, STANDARD, strict=True):
            os.dup2(descriptor, number)
            os.close(descriptor)
        return
    for descriptor in (*standard, *STANDARD):
        os.close(descriptor)
    os.write(telling, b"%d\n" % pid)
    threading.Thread(target=_kill_when_nobody_listens, args=(pid, telling), daemon=True).start()
    _, status = os.waitpid(pid, 0)
    os.write(telling, b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _kill_when_nobody_listens(pid: int, telling: int) -> None:
    """End a process when whoever asked for it has gone, as a killed kernel has."""
    gone = select.poll()
    gone.register(telling, 0)
    gone.poll()
    os.kill(pid, signal.SIGKILL)


def _reap(options: int) -> None:
    try:
        while os.waitpid(-1, options)[0]:
            pass
    except ChildProcessError:
        return


def _become(request: dict[str, Any]) -> NoReturn:
    """Run what `python` would run with these arguments."""
    how, *arguments = request["arguments"]
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    random.seed()
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:1] = [str(Path(how).parent) if not how.startswith("-") else "", *filter(None, paths)]
    if how == "-c":
        code, *arguments = arguments
        sys.argv = [how, *arguments]
        main = {"__name__": "__main__", "__builtins__": __builtins__}
        exec(compile(code, "<string>", "exec"), main)  # noqa: S102 - our own code
    elif how == "-m":
        module, *arguments = arguments
        sys.argv = [how, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    else:
        sys.argv = [how, *arguments]
        runpy.run_path(how, run_name="__main__")
    sys.exit()


def _main() -> None:
    for name in IMPORTED:
        import_module(name)
    alone = threading.active_count()
    assert alone == 1, f"{alone} threads: what has them cannot be forked: {threading.enumerate()}"
    # What is there stays as it is, so that the forked ones can share it.
    gc.freeze()
    connection, kernels = (socket.socket(fileno=int(given)) for given in sys.argv[1:])
    with connection, kernels:
        request = _serve(connection, kernels)
    if request is None:
        _reap(0)
    else:
        _become(request)


if __name__ == "__main__":
    _main()
