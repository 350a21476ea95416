"""Code in the jail that reaches for what is outside finds nothing: files, network, processes."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from course_utils.places import COURSE_ROOT
from tests.grading.jail.conftest import SECRET

if TYPE_CHECKING:
    from tests.support.jailed import Jailed

TRYING = """
import ctypes, json, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
def tried(act):
    try:
        return act() or "done"
    except Exception as error:
        return type(error).__name__
def called(name, *arguments):
    ctypes.set_errno(0)
    result = getattr(libc, name)(*arguments)
    return os.strerror(ctypes.get_errno()) if result == -1 else "done"
"""


def test_no_file_of_the_host_is_there(jail: Jailed, tmp_path: Path):
    gradebook = tmp_path / "gradebook.db"
    gradebook.write_text(SECRET)
    inside_course = (".env", "notebooks", "quizzes", "grading", ".git", "tests")
    paths = [gradebook, *(COURSE_ROOT / name for name in inside_course)]
    paths += map(Path, ("/etc/shadow", "/proc/1/environ", "/sys/kernel", "/run", "/var/lib"))
    result = jail.run(
        TRYING,
        f"print(json.dumps([path for path in {[str(p) for p in paths]} if os.path.exists(path)]))",
        f"print(json.dumps(os.listdir({str(COURSE_ROOT)!r})))",
        "print(json.dumps(sorted(os.listdir('/tmp') + os.listdir('/dev/shm'))))",
    )
    assert result.said(1) == []
    assert set(result.said(2)) <= {"course_utils", ".venv"}
    # The course may lie in /tmp itself, and then the way to it is there.
    assert set(result.said(3)) <= {COURSE_ROOT.parts[2]}


def test_no_variable_of_whoever_grades_is_there(jail: Jailed):
    result = jail.run(TRYING, "print(json.dumps(dict(os.environ)))")
    assert SECRET not in result.text()
    assert set(result.said()) == {
        *("HITL_MODEL", "HOME", "LANG", "LOGNAME", "PATH", "PIP_NO_INDEX", "PYTHONPATH"),
        *("TMPDIR", "USER"),
    }


def test_no_socket_of_the_host_is_reached(jail: Jailed):
    name = f"\0{uuid4()}"
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(name)
        unix.listen()
        port = tcp.getsockname()[1]
        socket.create_connection(("127.0.0.1", port)).close()
        tcp.accept()[0].close()
        result = jail.run(
            TRYING,
            f"print(tried(lambda: socket.create_connection(('127.0.0.1', {port}), 2)))",
            f"print(tried(lambda: socket.socket(socket.AF_UNIX).connect({name!r})))",
            "print(tried(lambda: socket.create_connection(('192.0.2.1', 80), 2)))",
            "print(tried(lambda: socket.socket(socket.AF_VSOCK)))",
            "with socket.create_server(('127.0.0.1', 0)) as own:\n"
            "    print(tried(lambda: socket.create_connection(own.getsockname()).close()))",
        )
        tcp.setblocking(False)
        unix.setblocking(False)
        assert [result.text(n).strip() for n in (1, 2)] == ["ConnectionRefusedError"] * 2
        assert [result.text(n).strip() for n in (3, 4, 5)] == ["OSError", "OSError", "done"]


def test_no_process_of_the_host_is_signalled_or_traced(jail: Jailed):
    with subprocess.Popen(["sleep", "600"]) as bystander:
        pids = [bystander.pid, os.getpid(), jail.pid, jail.template]
        result = jail.run(
            TRYING,
            f"print([tried(lambda: os.kill(pid, 9)) for pid in {pids} if pid > 200])",
            "print(called('ptrace', 16, 1, 0, 0), called('ptrace', 0, 0, 0, 0), sep=';')",
            "print(called('process_vm_readv', 1, 0, 0, 0, 0, 0))",
            "tried(lambda: os.kill(-1, 9)); print('alive')",
        )
        assert set(result.text(1).strip("[]\n").split(", ")) == {"'ProcessLookupError'"}
        assert result.text(2).strip() == "Operation not permitted;Operation not permitted"
        assert result.text(3).strip() == "Operation not permitted"
        assert result.text(4).strip() == "alive"
        assert bystander.poll() is None
        bystander.send_signal(signal.SIGKILL)
    assert jail.run("print(1)").text().strip() == "1"


def test_no_memory_of_the_host_is_shared(jail: Jailed):
    libc = ctypes.CDLL(None, use_errno=True)
    segment = libc.shmget(0x5EC4E7, 4096, 0o1666)
    assert segment >= 0
    shared = Path("/dev/shm", str(uuid4()))  # noqa: S108
    try:
        shared.write_text(SECRET)
        result = jail.run(
            TRYING,
            f"print(called('shmat', {segment}, 0, 0), called('shmget', 0x5EC4E7, 1, 0), sep=';')",
            f"print(tried(lambda: open('{shared}').read()))",
        )
    finally:
        libc.shmctl(segment, 0, 0)
        shared.unlink()
    assert result.text(1).strip() == "Operation not permitted;Operation not permitted"
    assert result.text(2).strip() == "FileNotFoundError"


def test_no_descriptor_of_the_host_is_inherited(jail: Jailed):
    result = jail.run(
        """
import os, stat
kinds = []
for number in range(3, 1024):
    try:
        kinds.append(stat.S_IFMT(os.fstat(number).st_mode))
    except OSError:
        pass
print([kind for kind in kinds if kind in (stat.S_IFREG, stat.S_IFDIR)])
print(len(kinds))
"""
    )
    files, count = result.text().split("\n")[:2]
    assert files == "[]"
    # The channel; the ends of two pipes; the loop's poll and its own socket pair.
    assert int(count) == 1 + 2 + 3


def test_no_rights_are_gained(jail: Jailed):
    before = Path(sys.executable).stat(), (COURSE_ROOT / "course_utils/settings.py").read_bytes()
    result = jail.run(
        TRYING,
        "print(called('prctl', 39, 0, 0, 0, 0), libc.prctl(39, 0, 0, 0, 0))",
        "print(bool(os.statvfs('/usr').f_flag & os.ST_NOSUID), os.getuid() != 0, os.getgroups())",
        "import subprocess\nprint('uid=0' in subprocess.getoutput('su -c id root'))",
        "import course_utils.settings, IPython\n"
        "for path in (sys.executable, course_utils.settings.__file__, IPython.__file__):\n"
        "    print(tried(lambda: open(path, 'a')) in ('OSError', 'PermissionError'))",
        "print(called('unshare', 0x10000000), called('mount', b'x', b'/tmp', b'tmpfs', 0, 0))",
        "print(called('memfd_create', b'x', 0))",
        "print(tried(lambda: os.setuid(0)))",
    )
    assert result.text(1).strip() == "done 1"
    assert result.text(2).strip() in ("True True []", "True True [65534]")
    assert result.text(3).strip() == "False"
    assert result.text(4).split() == ["True"] * 3
    assert result.text(5).strip() == "Operation not permitted Operation not permitted"
    assert result.text(6).strip() == "Function not implemented"
    assert result.text(7).strip() in ("PermissionError", "OSError")
    after = Path(sys.executable).stat(), (COURSE_ROOT / "course_utils/settings.py").read_bytes()
    assert (after[0].st_mtime, after[1]) == (before[0].st_mtime, before[1])
