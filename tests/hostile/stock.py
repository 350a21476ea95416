"""Stock nbgrader on the same submissions, each alone in a course that is thrown away.

    python -m tests.hostile.stock [NAME ...] > stock.jsonl

As root. Each runs as nobody, in namespaces of its own for processes, mounts, network and IPC, in
folders that live in memory, so that what it kills, fills or deletes is its own.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import resource
import shutil
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tests.hostile.attack import LESSON
from tests.hostile.corpus import corpus
from tests.hostile.harm import Harm, grades, left_behind, page_of, scripts, told
from tests.hostile.listener import Listener
from tests.hostile.scene import (
    Scene,
    WatchedCourse,
    make_course_with_secrets,
    new_secrets,
    remember_a_student,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.hostile.attack import Attack

CONFIG = """c = get_config()
c.CourseDirectory.source_directory = "notebooks"
c.CourseDirectory.release_directory = "grading/release"
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.feedback_directory = "grading/feedback"
c.CourseDirectory.db_url = "sqlite:///grading/gradebook.db"
# Twice what it is by default: nothing honest runs out of time on a busy machine.
c.Execute.timeout = 60
"""
NOBODY = 65534
# Where the folders in memory are mounted; both are there on any Linux.
COURSE, CODE = Path("/mnt"), Path("/media")
REPOSITORY = Path(__file__).resolve().parents[2]
# For one attack with the victim after it, and for each attack more.
SECONDS, MORE_SECONDS = 240, 60
SHOWN = {"hooks", "pages"}
GIB = 1 << 30


def main(names: list[str]) -> None:
    """Run the attacks of these names, or all."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder)
        _make_template(template)
        wanted = [attack for attack in corpus() if not names or attack.name in names]
        for batch in _batches(wanted):
            found = _isolated(template, batch)
            if len(batch) > 1 and any(harm.changed or harm.lost for harm in found):
                found = [harm for attack in batch for harm in _isolated(template, [attack])]
            for harm in found:
                print(harm.as_json(), flush=True)


def _batches(attacks: list[Attack]) -> Iterator[list[Attack]]:
    """Put together what does nothing to others, as far as its aim says."""
    alone = [a for a in attacks if a.soak or (a.group == "machine" and not _only_reads(a))]
    together = [attack for attack in attacks if attack not in alone]
    yield from (together[first : first + 8] for first in range(0, len(together), 8))
    yield from ([attack] for attack in alone)


def _only_reads(attack: Attack) -> bool:
    return attack.name.startswith(("reads-", "connects", "sends-"))


def _make_template(folder: Path) -> None:
    """Make a course in which the two before the attack have been graded."""
    secrets = new_secrets()
    course = make_course_with_secrets(folder / "course", folder / "home", secrets)
    (course.root / "nbgrader_config.py").write_text(CONFIG)
    course.release()
    remember_a_student(course, secrets["gradebook"])
    scene = Scene(course, folder / "home", Path(), 0, secrets, "")
    scene.hand_in_victims()
    for student in ("ann", "idle"):
        course.must("autograde", LESSON, "--student", student)
    (folder / "secrets.json").write_text(json.dumps(secrets))


def _isolated(template: Path, attacks: list[Attack]) -> list[Harm]:
    """Grade attacks, and the victim after them, in a forked process with namespaces of its own."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        # What stops this process itself leaves no harm to be told.
        with os.fdopen(writing, "w") as out:
            _leave_the_others()
            _mount(template)
            _bring_the_loopback_up()
            for harm in _grade(attacks):
                print(harm.as_json(), file=out)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told_by_it:
        found = [Harm(**json.loads(line)) for line in told_by_it]
    os.waitpid(pid, 0)
    return found


def _leave_the_others() -> None:
    """Go on as the first process of new namespaces; the process outside waits for it and ends."""
    # CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNET
    if ctypes.CDLL(None, use_errno=True).unshare(0x00020000 | 0x08000000 | 0x20000000 | 0x40000000):
        raise OSError(ctypes.get_errno(), "no namespaces: run this as root")
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        os._exit(0)


def _grade(attacks: list[Attack]) -> Iterator[Harm]:
    secrets = json.loads((COURSE / "secrets.json").read_text())
    variables = {
        **{"HOME": str(COURSE / "home"), "COURSE_TOKEN": secrets["environment"]},
        **{"PYTHONPATH": str(CODE), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
    }
    course = WatchedCourse(COURSE / "course", LESSON, from_scratch=True, variables=variables)
    with Listener(COURSE / "listener") as listener:
        left = f"left-{os.urandom(4).hex()}"
        place, port = COURSE / "listener", listener.port
        scene = Scene(course, COURSE / "home", place, port, secrets, left)
        before = grades(course)
        for attack in attacks:
            scene.hand_in(attack)
        _give_to_nobody(course.root)
        began = time.monotonic()
        seconds = SECONDS + MORE_SECONDS * len(attacks)
        _command(course, seconds, "autograde", LESSON)
        # What was left running has until then to do its work.
        while _runs(scene) and time.monotonic() - began < SECONDS:
            time.sleep(0.5)
        _wait_for_the_gradebook(course)
        if any(attack.group in SHOWN for attack in attacks):
            _command(course, seconds, "generate_feedback", LESSON)
        after = grades(course)
        others = {**before, "zoe": before["ann"]}
        changed = [name for name, points in others.items() if after.get(name) not in {None, points}]
        for attack in attacks:
            student = attack.student_id
            heard = [read for read in listener.heard if student.encode() in read]
            found = told(scene, student, heard, page=False)
            # What reached who listens counts, a secret or not.
            read = sum(len(secrets[secret]) for secret in found) or sum(map(len, heard))
            yield Harm(
                attack.name,
                max(after[student] - before["idle"] - attack.worth, 0)
                if student in after
                else None,
                read,
                len(changed),
                sum(name not in after for name in others),
                len(scripts(page_of(course, student))),
                tuple(sorted(left_behind(scene))),
            )


def _command(course: WatchedCourse, seconds: float, *arguments: str) -> None:
    """Run a command as nobody, with an end; tell when it was ended."""
    try:
        subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=course.root,
            env=course.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=sys.stderr,
            check=False,
            timeout=seconds,
            preexec_fn=_become_nobody,
        )
    except subprocess.TimeoutExpired as error:
        print(f"ENDED {error}", file=sys.stderr)


def _wait_for_the_gradebook(course: WatchedCourse) -> None:
    """Return once nobody has locked the gradebook any more."""
    address = course.gradebook.removeprefix("sqlite:///")
    with closing(sqlite3.connect(address, timeout=SECONDS, isolation_level=None)) as gradebook:
        gradebook.execute("BEGIN EXCLUSIVE")


def _become_nobody() -> None:
    for what, most in (
        (resource.RLIMIT_AS, 8 * GIB),
        (resource.RLIMIT_NPROC, 1500),
        (resource.RLIMIT_FSIZE, GIB),
    ):
        resource.setrlimit(what, (most, most))
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def _runs(scene: Scene) -> bool:
    return any(found.startswith("process") for found in left_behind(scene))


def _mount(template: Path) -> None:
    """Put folders in memory wherever somebody could write."""
    mounts = [
        ("--make-rprivate", "/"),
        ("--bind", str(REPOSITORY), str(CODE)),
        ("-t", "tmpfs", "-o", "size=1g,mode=755", "tmpfs", str(COURSE)),
    ]
    for mount in mounts:
        subprocess.run(["mount", *mount], check=True)
    shutil.copytree(template, COURSE, dirs_exist_ok=True)
    _give_to_nobody(COURSE)
    interpreter = Path(sys.base_prefix)
    keep = COURSE / "python"
    keep.mkdir()
    hidden = ("/tmp", "/var/tmp", "/run", "/dev/shm")  # noqa: S108 - mounted anew
    mounts = [("-t", "tmpfs", "-o", "size=512m,mode=1777", "tmpfs", place) for place in hidden]
    mounts.insert(0, ("--bind", str(interpreter), str(keep)))
    if interpreter.is_relative_to("/root"):
        # Only root may enter that folder.
        mounts.append(("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/root"))
    for mount in mounts:
        subprocess.run(["mount", *mount], check=True)
    if interpreter.is_relative_to("/root"):
        interpreter.mkdir(parents=True)
        subprocess.run(["mount", "--bind", str(keep), str(interpreter)], check=True)
    subprocess.run(["mount", "-t", "proc", "proc", "/proc"], check=True)


def _give_to_nobody(folder: Path) -> None:
    subprocess.run(["chown", "-R", "-h", f"{NOBODY}:{NOBODY}", str(folder)], check=True)


def _bring_the_loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        # SIOCSIFFLAGS, with the flags for up and running.
        fcntl.ioctl(device, 0x8914, struct.pack("16sH", b"lo", 0x1 | 0x40))


if __name__ == "__main__":
    main(sys.argv[1:])
