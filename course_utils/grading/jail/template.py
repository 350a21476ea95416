"""The process that jailed ones are forked from: imports done, no secrets, one thread.

It is started as `python -I`, with an environment from a list. It goes into namespaces of its own,
so that not even a module imported later is read from the host, and forks once more: the first
process only waits, and ends everything when whoever started it has gone. The second has PID 1, so
that the kernel ends all jails with it.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import struct
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from course_utils.grading.jail import inside, linux
from course_utils.grading.jail.forbidden_calls import filter_program, is_known_processor
from course_utils.grading.jail.tree import UIDS, enter, needed_tree

# Each template takes its users from here on, far above those that anybody has.
_FIRST_UID = 1 << 30
_MOST_DESCRIPTORS = 4
_LARGE = 2 << 20
_HEADER = struct.Struct("!I")


def main() -> None:
    """Serve whoever started this process, over the socket that is its argument."""
    control = socket.socket(fileno=int(sys.argv[1]))
    os.umask(0o022)
    read = receive(control)
    if read is None:
        return
    wanted = read[0]
    try:
        place = _go_inside(wanted) if wanted["sandbox"] else inside.Place()
    except Exception as error:  # whatever it is, there is no jail
        send(control, {"error": getattr(error, "strerror", None) or str(error)})
        return
    if wanted["sandbox"]:
        _stay_behind(control)
    try:
        for name in wanted["modules"]:
            import_module(name)
        if threading.active_count() > 1:
            raise ImportError(f"threads were started: {threading.enumerate()[1:]}")
    except ImportError as error:
        send(control, {"error": f"an import failed: {error}"})
        return
    gc.collect()
    # What is there stays as it is, so that the forked ones share it.
    gc.freeze()
    if place.procs is not None:
        _join_pages(place.procs)
    send(control, {"jailed": wanted["sandbox"]})
    _serve(control, place)


def send(
    control: socket.socket, message: dict[str, Any], descriptors: list[int] | None = None
) -> None:
    """Send one message of the control socket, with descriptors."""
    data = json.dumps(message).encode()
    socket.send_fds(control, [_HEADER.pack(len(data))], descriptors or [])
    control.sendall(data)


def receive(control: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Receive one message of the control socket, None when the other side has gone."""
    head, descriptors, _, _ = socket.recv_fds(control, _HEADER.size, _MOST_DESCRIPTORS)
    if not head:
        return None
    head += _exactly(control, _HEADER.size - len(head))
    data = _exactly(control, _HEADER.unpack(head)[0])
    message = json.loads(data) if data else None
    return (message, descriptors) if isinstance(message, dict) else None


def _exactly(control: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = control.recv(size - len(data))
        if not part:
            return b""
        data += part
    return data


def _go_inside(wanted: dict[str, Any]) -> inside.Place:
    """Enter namespaces and the tree; the next fork has PID 1.

    Raises:
        OSError: if this machine does not let us.
    """
    if sys.platform != "linux" or not is_known_processor():
        raise OSError("this is not Linux on x86_64 or aarch64")
    procs = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    tree = needed_tree(Path(wanted["course"]), map(Path, wanted["hidden"]))
    first_uid = _FIRST_UID + (os.getpid() << 8)
    is_root = os.geteuid() == 0 and _has_users(first_uid)
    new = linux.CLONE_NEWNS | linux.CLONE_NEWPID | linux.CLONE_NEWNET | linux.CLONE_NEWIPC
    if is_root:
        try:
            linux.unshare(new)
        except PermissionError:
            is_root = False  # root of a container, perhaps
    if not is_root:
        uid, gid = os.geteuid(), os.getegid()
        linux.unshare(new | linux.CLONE_NEWUSER)
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"65534 {uid} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"65534 {gid} 1", encoding="ascii")
    kept = enter(tree, first_uid)
    first = first_uid if is_root else None
    return inside.Place(procs, first, kept, calls=filter_program())


def _has_users(first: int) -> bool:
    """Tell whether this user namespace has the users that jails of root run as."""
    for line in Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines():
        start, _, count = map(int, line.split())
        if start <= first and first + UIDS <= start + count:
            return True
    return False


def _stay_behind(control: socket.socket) -> None:
    """Return in a new process with PID 1; this one ends with it, or when nobody wants it."""
    watched = select.poll()
    # Its end is seen even if a process forked from it still holds the other end of the socket.
    watched.register(os.pidfd_open(os.getppid()), select.POLLIN)
    pid = os.fork()
    if pid == 0:
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watched.register(os.pidfd_open(pid), select.POLLIN)
    watched.register(control, select.POLLRDHUP)
    watched.poll()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os._exit(0)


def _join_pages(procs: int) -> None:
    """Join the pages of this process's own memory, of which each fork copies the list."""
    opened = os.open("self/maps", os.O_RDONLY, dir_fd=procs)
    with open(opened, encoding="utf-8", errors="replace") as maps:  # noqa: PTH123 - it has no path
        lines = [line.split() for line in maps]
    for places, rights, *_, name in (words for words in lines if len(words) in (5, 6)):
        if rights == "rw-p" and name in ("0", "[heap]"):
            start, end = (int(place, 16) for place in places.split("-"))
            first = -(-start // _LARGE) * _LARGE
            if first + _LARGE <= end:
                linux.join_pages(first, end // _LARGE * _LARGE - first)


def _serve(control: socket.socket, place: inside.Place) -> NoReturn:
    """Fork a jail for each request, and tell of each jail's end."""
    running: dict[int, _Running] = {}
    waiting = select.poll()
    waiting.register(control, select.POLLIN)
    while True:
        for descriptor, _ in waiting.poll():
            if descriptor != control.fileno():
                waiting.unregister(descriptor)
                running.pop(descriptor).end()
                continue
            request = receive(control)
            if request is None:
                _end_all(running, signal.SIGKILL if place.procs is not None else inside.END)
            started = _start(place, *request, {one.slot for one in running.values()})
            running[started.alive] = started
            waiting.register(started.alive, select.POLLIN)


class _Running:
    """A jail that runs.

    Attributes:
        pid: its first process, as this process sees it.
        slot: tells it from the others that run now.
        alive: a descriptor that can be read when that process has ended.
    """

    def __init__(self, pid: int, slot: int, alive: int | None, status: socket.socket) -> None:
        self.pid, self.slot, self._status = pid, slot, status
        self.alive = os.pidfd_open(pid) if alive is None else alive
        handles = [self.alive] if alive is None else []
        try:
            socket.send_fds(status, [b"P%d\n" % pid], handles)
        except OSError:
            os.kill(pid, signal.SIGKILL)  # who asked for it has gone

    def end(self) -> None:
        """Take in its exit status, which is there only when all of the jail has ended."""
        _, status = os.waitpid(self.pid, 0)
        os.close(self.alive)
        with self._status:
            try:
                self._status.sendall(b"X%d\n" % os.waitstatus_to_exitcode(status))
            except OSError:
                return  # who asked for it has gone


def _start(
    place: inside.Place, request: dict[str, Any], descriptors: list[int], taken: set[int]
) -> _Running:
    slot = next(n for n in range(UIDS) if n not in taken)
    status = socket.socket(fileno=descriptors[0])
    alive, kept = None, None
    if place.procs is None:
        alive, kept = os.pipe()
    else:
        if place.pid_namespace is None:
            place.pid_namespace = os.open("self/ns/pid", os.O_RDONLY, dir_fd=place.procs)
        linux.unshare(linux.CLONE_NEWPID)
    pid = os.fork()
    if pid == 0:
        inside.become_jail(place, slot, request, status, descriptors[1:], kept)
    if place.pid_namespace is not None:
        # So that the next one is not below this one.
        linux.setns(place.pid_namespace, linux.CLONE_NEWPID)
    for descriptor in (kept, *descriptors[1:]):
        if descriptor is not None:
            os.close(descriptor)
    return _Running(pid, slot, alive, status)


def _end_all(running: dict[int, _Running], how: int) -> NoReturn:
    for one in running.values():
        os.kill(one.pid, how)
    os._exit(0)
