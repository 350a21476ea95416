"""A jailed process, from the fork on: it gives up what it may do, and then runs a task.

It has PID 1 in its namespace, and the kernel ends whatever is left when it ends. Where a task asks
for it, PID 1 holds nothing and only waits for a second process, which runs the task.
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import resource
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from course_utils.grading.jail import linux
from course_utils.grading.jail.channel import RAISED, Channel
from course_utils.grading.jail.task import HEADER
from course_utils.grading.jail.tree import HOME, make_fresh

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

INTERRUPT = signal.SIGUSR1
"""Asks the first process to interrupt the second and what that has started."""
END = signal.SIGTERM
"""Asks the first process to end everything; where there is a jail, SIGKILL is surer."""


@dataclass(slots=True)
class Place:
    """Where the processes of one template are forked.

    Attributes:
        procs: a descriptor of the host's /proc; None where there is no jail.
        first_uid: the first user that jails run as; None when they run as who started us.
        kept: what `enter` returned.
        pid_namespace: a descriptor of the template's own.
        calls: the filter for system calls.
    """

    procs: int | None = None
    first_uid: int | None = None
    kept: Sequence[tuple[str, str]] = ()
    pid_namespace: int | None = None
    calls: bytes = b""


def become_jail(
    place: Place,
    slot: int,
    request: Mapping[str, Any],
    status: socket.socket,
    given: list[int],
    alive: int | None,
) -> NoReturn:
    """Make this new process a jail, run one task in it, and end with its exit status.

    Args:
        place: where it was forked.
        slot: tells it from the others that run now.
        request: the limits, whether PID 1 is to be "apart", and "folder" where there is no jail.
        status: where is told why there is no jail.
        given: descriptors of the channel and, for one of a pair, of the peer.
        alive: a descriptor that the first process keeps for as long as it lives, without a jail.
    """
    try:
        # Not yet told apart from its parent, it must not do what that one does at an interrupt.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        limits = request["limits"]
        if place.procs is None:
            home = request["folder"]
            _set_limits(limits, None)
        else:
            home = HOME
            _give_up(place, slot, limits)
        if request["apart"]:
            _run_in_another(home, given, alive)
        _run(home, given, is_jail=place.procs is not None)
    except BaseException as error:
        words = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        status.sendall(b"E" + words.encode() + b"\n")
    finally:
        os._exit(1)


def try_out(_payload: object, channel: Channel, _peer: object) -> None:
    """Run as a task that only shows that tasks can be run, and that packages can be read.

    Raises:
        PermissionError: if they are for another user alone.
    """
    for module in (os, sys.modules["IPython"], sys.modules[__name__]):
        Path(str(module.__file__)).read_bytes()
    channel.send({"runs": True})


def _give_up(place: Place, slot: int, limits: Mapping[str, Any]) -> None:
    uid = None if place.first_uid is None else place.first_uid + slot
    linux.unshare(linux.CLONE_NEWNS | linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS)
    socket.sethostname("jail")
    linux.loopback_up()
    make_fresh(limits["written"], uid, place.kept)
    size = _be_first_to_go(place.procs)
    linux.drop_bounding_set()
    if uid is None:
        # It has no user that it could become, and counts its own processes.
        linux.unshare(linux.CLONE_NEWUSER)
    else:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    linux.drop_capabilities()
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    linux.prctl(linux.PR_SET_DUMPABLE, 0)
    _set_limits(limits, size)
    linux.filter_calls(place.calls)


def _be_first_to_go(procs: int | None) -> int:
    """Have the kernel end this process first when memory is short; return its size in bytes."""
    score = os.open("self/oom_score_adj", os.O_WRONLY, dir_fd=procs)
    os.write(score, b"1000")
    os.close(score)
    sizes = os.open("self/statm", os.O_RDONLY, dir_fd=procs)
    pages = int(os.read(sizes, 100).split()[0])
    os.close(sizes)
    return pages * resource.getpagesize()


def _set_limits(limits: Mapping[str, Any], size: int | None) -> None:
    cpu = limits["cpu_seconds"]
    wanted = {
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_CPU: (cpu, cpu + 1),
        resource.RLIMIT_NOFILE: (limits["open_files"], limits["open_files"]),
    }
    if size is not None:
        # The first process counts too. What a Python takes before it begins is not the task's.
        most, memory = limits["processes"] + 1, limits["memory"] + size
        wanted[resource.RLIMIT_NPROC] = (most, most)
        wanted[resource.RLIMIT_AS] = (memory, memory)
    else:
        wanted[resource.RLIMIT_FSIZE] = (limits["written"], limits["written"])
    for kind, values in wanted.items():
        try:
            resource.setrlimit(kind, values)
        except (OSError, ValueError):
            if size is not None:
                raise


def _run_in_another(home: str, given: list[int], alive: int | None) -> NoReturn:
    """Run the task in another process; this one waits for it, and ends as it ended."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [INTERRUPT, END])
    if alive is not None and sys.platform == "linux":
        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
        linux.prctl(linux.PR_SET_PDEATHSIG, END)
    pid = os.fork()
    if pid == 0:
        for number in (INTERRUPT, END):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [INTERRUPT, END])
        _run(home, given, is_jail=alive is None)
    signal.signal(INTERRUPT, lambda *_: _signal_all(pid, signal.SIGINT))
    signal.signal(END, lambda *_: _signal_all(pid, signal.SIGKILL))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [INTERRUPT, END])
    kept = 4096 if alive is None else alive
    os.closerange(0, kept)
    os.closerange(kept + 1, 4096)
    ended, status = 0, 0
    while ended != pid:
        ended, status = os.waitpid(-1, 0)
    if alive is not None:
        _end_others(pid)
    code = os.waitstatus_to_exitcode(status)
    os._exit(code if code >= 0 else 128 - code)


def _signal_all(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        # It has no group of its own yet.
        os.kill(pid, number)


def _end_others(pid: int) -> None:
    """Without a jail: end what the task has started, as far as it can be found."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    while children.exists() and (left := children.read_text(encoding="ascii").split()):
        for one in left:
            os.kill(int(one), signal.SIGKILL)
        os.waitpid(-1, 0)


def _run(home: str, given: list[int], *, is_jail: bool) -> NoReturn:
    """Run the task that comes through the channel, and end."""
    os.setsid()
    descriptors = _keep_only(given)
    if is_jail:
        # So that whoever supervises it may see how much memory it has.
        linux.prctl(linux.PR_SET_DUMPABLE, 1)
    random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    channel = Channel(descriptors[0])
    peer = socket.socket(fileno=descriptors[1]) if len(descriptors) > 1 else None
    code = 0
    try:
        task = _take(descriptors[0], Path(home))
        signal.signal(signal.SIGINT, signal.default_int_handler)
        module, _, name = task["entry"].partition(":")
        getattr(import_module(module), name)(task["payload"], channel, peer)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException as error:
        code = 1
        channel.send({RAISED: f"{type(error).__name__}: {error}"[:2000]})
    finally:
        os._exit(code & 0xFF)


def _keep_only(given: list[int]) -> list[int]:
    """Close every descriptor but these, which become 3 and 4; the standard ones lead nowhere."""
    kept = [fcntl.fcntl(one, fcntl.F_DUPFD, 3 + len(given)) for one in given]
    kept = [os.dup2(one, 3 + n, inheritable=False) for n, one in enumerate(kept)]
    os.closerange(3 + len(kept), 4096)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.close(nowhere)
    return kept


def _take(descriptor: int, home: Path) -> dict[str, Any]:
    """Read the task, and write its files into its working folder, which becomes the current one."""
    with open(descriptor, "rb", closefd=False) as given:
        task: dict[str, Any] = json.loads(given.read(HEADER.unpack(given.read(HEADER.size))[0]))
        folder = home / task["folder"]
        folder.mkdir()
        for name, size in task["files"]:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(given.read(size))
    os.environ["HOME"] = str(home)
    if str(home) != HOME:
        os.environ["TMPDIR"] = str(home)  # without a jail, /tmp is everybody's
    os.chdir(folder)
    return task
