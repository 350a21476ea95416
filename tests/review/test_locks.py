"""The lock of a thread: one holder among threads and processes, none once its process has died."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from course_utils.review.record.locks import FileLocks, LocksInMemory, ThreadLockedError
from course_utils.review.record.opening import journal_of
from tests.support import forked

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from course_utils.review.record.journal import Journal

HOLDER = """
import os, signal, subprocess, sys
from course_utils.checkpoints import checkpoints
from course_utils.review.record.opening import journal_of

place, thread_id, child = sys.argv[1:]
with checkpoints(place) as saver, journal_of(saver).lock(thread_id):
    pid = 0
    if child == "program":
        nowhere = subprocess.DEVNULL
        pid = subprocess.Popen(["sleep", "600"], close_fds=False, stdout=nowhere).pid
    if child == "fork":
        pid = os.fork()
        if not pid:
            os.closerange(0, 3)
            signal.pause()
    print(pid, flush=True)
    sys.stdin.read()
"""
WATCHER = """
import sys, threading
from course_utils.checkpoints import checkpoints
from course_utils.review.record.opening import journal_of

with checkpoints(sys.argv[1]) as saver:
    locks = journal_of(saver)._locks
    threading.Thread(target=lambda: [locks.held("a") for _ in iter(int, 1)], daemon=True).start()
    print("looking", flush=True)
    sys.stdin.read()
"""
ANSWER_SECONDS = 60


class Holder:
    """A second process that holds a thread's lock until it is let go or killed."""

    def __init__(self, place: str, thread_id: str, child: str = "none") -> None:
        self._process = forked.Process(
            *("-c", HOLDER, place, thread_id, child),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout
        said = self._process.stdout.readline()
        assert said, f"the holder ended with {self._process.wait()}"
        self.child = int(said)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        self._process.communicate(timeout=ANSWER_SECONDS)


@pytest.fixture
def journal(saver: BaseCheckpointSaver[str]) -> Journal:
    return journal_of(saver)


@pytest.fixture(params=["in memory", "durable"])
def any_journal(request: pytest.FixtureRequest, journal: Journal) -> Journal:
    memory = InMemorySaver()
    return journal_of(memory) if request.param == "in memory" else journal


def is_free(journal: Journal, thread_id: str) -> bool:
    """Whether the lock can be taken; it is given back."""
    try:
        with journal.lock(thread_id):
            return True
    except ThreadLockedError:
        return False


def becomes_free(journal: Journal, thread_id: str) -> bool:
    """Whether the lock can be taken before long, where a server has to notice a death first."""
    clock = threading.Event()
    return any(is_free(journal, thread_id) or clock.wait(0.01) for _ in range(1000))


def test_a_lock_is_refused_to_the_same_thread_and_to_another_until_it_is_let_go(any_journal):
    answers: list[bool] = []
    with any_journal.lock("a"):
        answers.append(is_free(any_journal, "a"))
        other = threading.Thread(target=lambda: answers.append(is_free(any_journal, "a")))
        other.start()
        other.join()
        answers.append(is_free(any_journal, "b"))
    answers.append(is_free(any_journal, "a"))
    assert answers == [False, False, True, True], answers


def test_a_lock_is_let_go_when_what_it_guards_fails(any_journal):
    def failing():
        with any_journal.lock("a"):
            raise ConnectionError("smtp down")

    with pytest.raises(ConnectionError):
        failing()
    assert is_free(any_journal, "a")


def test_of_many_threads_that_want_a_lock_at_once_one_gets_it(any_journal):
    start = threading.Barrier(8)
    tried = threading.Barrier(8)
    got: list[int] = []

    def want(number: int) -> None:
        start.wait(ANSWER_SECONDS)
        try:
            with any_journal.lock("a"):
                got.append(number)
                tried.wait(ANSWER_SECONDS)
        except ThreadLockedError:
            tried.wait(ANSWER_SECONDS)

    threads = [threading.Thread(target=want, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1, f"{len(got)} threads held the lock at once"


def test_another_process_is_refused_while_one_holds_the_lock(journal, place):
    with closing(Holder(place, "a")):
        assert not is_free(journal, "a"), "two processes held the lock of one thread"
        assert is_free(journal, "b"), "the lock of one thread kept another thread's"
    assert becomes_free(journal, "a"), "the lock was not free after its holder let it go"


@pytest.mark.parametrize("child", ["none", "program", "fork"])
def test_a_killed_holder_leaves_the_lock_free_though_what_it_started_lives_on(
    journal, place, child
):
    holder = Holder(place, "a", child)
    assert not is_free(journal, "a"), "the holder does not hold the lock"
    holder.kill()
    try:
        assert becomes_free(journal, "a"), "the lock outlived the process that held it"
    finally:
        if child != "none":
            os.kill(holder.child, signal.SIGKILL)


def test_looking_at_a_lock_without_end_never_makes_anyone_fail_to_take_it(journal, place):
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            journal._locks.held("a")

    lookers = [threading.Thread(target=look) for _ in range(4)]
    pipe = subprocess.PIPE
    watcher = forked.Process("-c", WATCHER, place, stdin=pipe, stdout=pipe)
    assert watcher.stdout
    assert watcher.stdout.readline() == "looking\n"
    for looker in lookers:
        looker.start()
    try:
        free = [is_free(journal, "a") for _ in range(100)]
    finally:
        stop.set()
        for looker in lookers:
            looker.join()
        watcher.communicate(timeout=ANSWER_SECONDS)
    assert all(free), f"{free.count(False)} of {len(free)} claims were refused because of a look"


def test_a_look_tells_a_held_lock_from_a_free_one(any_journal):
    locks = any_journal._locks
    seen = [locks.held("a")]
    with any_journal.lock("a"):
        seen += [locks.held("a"), locks.held("b")]
    seen.append(locks.held("a"))
    assert seen == [False, True, False, False], seen


def test_a_threads_id_is_never_a_path(tmp_path):
    locks = FileLocks(tmp_path / "locks")
    for foreign in ("../../evil", "/etc/passwd", "a" * 5000, "", "\ud800"):
        with locks.hold(foreign):
            assert locks.held(foreign), foreign
    assert [path.name for path in tmp_path.iterdir()] == ["locks"]
    names = {path.name for path in (tmp_path / "locks").iterdir()}
    assert all(len(name) == len(f"{'0' * 64}.lock") for name in names), names


def test_two_locks_in_memory_know_nothing_of_each_other():
    one, other = LocksInMemory(), LocksInMemory()
    with one.hold("a"):
        assert not other.held("a")
