"""What an answer did that no answer does, as Python itself tells it while it happens.

Python reports tracing, frames, the garbage collector, processes, sockets and files to an audit
hook. A report counts if a student's line caused it, by itself or through a module of Python's own
that only carries it out; a text that is run as Python counts as the student's. A hook cannot be
taken away. What it has noted could be: so each piece is told at once, it adds evidence, and it
clears nobody.
"""

from __future__ import annotations

import linecache
import os
import sys
import tempfile
import threading
from typing import TYPE_CHECKING, Any

from course_utils.grading.jail.answered import STUDENT
from course_utils.grading.jail.cells import CELL
from course_utils.grading.jail.run_texts import is_a_text, reaches

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EVENTS = _words("""
    code.__new__ compile exec fcntl.fcntl function.__new__ gc.get_objects gc.get_referents
    gc.get_referrers marshal.loads mmap.__new__ object.__delattr__ object.__getattr__
    object.__setattr__ os.exec os.fork os.forkpty os.kill os.killpg os.posix_spawn os.putenv
    os.spawn os.system os.unsetenv pickle.find_class pty.spawn resource.prlimit
    resource.setrlimit signal.pthread_kill subprocess.Popen sys._current_exceptions
    sys._current_frames sys._getframe sys.addaudithook sys.setprofile sys.settrace
    sys.unraisablehook
""")
_FAMILIES = ("ctypes.", "cpython.", "socket.", "ftplib.", "http.", "urllib.", "smtplib.")
_STARTS_A_THREAD = "_thread.start_new_thread"
# Python's own modules that do what their caller wants of the system.
_CARRIERS = _words("""
    ast bdb code codecs codeop concurrent/futures/thread fileinput functools genericpath glob
    inspect io linecache multiprocessing/context multiprocessing/process ntpath operator os
    pathlib pdb pickle posixpath profile runpy shutil socket subprocess tempfile threading timeit
    tokenize trace traceback zipfile
""")
_MOST = 20  # pieces of evidence


class Seen:
    """Notes what the student's code does, from `begin` to `end`.

    Args:
        tell: is told each piece of evidence as soon as there is one.

    Attributes:
        evidence: what it did, each once: what happened, and the line that caused it.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.evidence: dict[str, None] = {}
        self._tell = tell
        self._is_on = False
        self._inside: set[int] = set()
        self._may_read = tuple(
            f"{os.path.realpath(place)}{os.sep}" for place in (os.curdir, tempfile.gettempdir())
        )

    def begin(self) -> None:
        """Ask Python to report, for as long as the process lives."""
        sys.addaudithook(self._hear)
        self._is_on = True

    def end(self) -> None:
        """Stop noting, and look for what is still going on."""
        self._is_on = False
        if sys.gettrace() or sys.getprofile():
            self._note("tracing is on after the test", "")
        me = threading.get_ident()
        for ident, frame in sys._current_frames().items():
            running = None if ident == me else _students(frame)
            if running is not None:
                self._note("a thread of the answer is still running", _line(running))

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if not self._is_on or not _is_heard(event):
            return
        me = threading.get_ident()
        if me in self._inside:
            return  # looking causes reports too
        self._inside.add(me)
        try:
            caller = sys._getframe(1)
            frame = _students(caller)
            if frame is not None and self._counts(event, args):
                self._note(_named(event, args), _line(frame))
            elif event == "exec" and (reached := _reached(args[0], caller.f_code.co_filename)):
                self._note(f"a text is run as Python, with {', '.join(reached)}", "")
        finally:
            self._inside.discard(me)

    def _counts(self, event: str, args: tuple[Any, ...]) -> bool:
        if event != "open":
            return True
        path = args[0] if args else None
        if not isinstance(path, str | bytes):
            return isinstance(path, int)
        real = os.path.realpath(os.fsdecode(path))
        is_source = real.endswith((".py", ".pyc", ".ipynb", ".so"))
        return is_source or not real.startswith(self._may_read)

    def _note(self, what: str, line: str) -> None:
        piece = f"{what}: {line}" if line else what
        if len(self.evidence) < _MOST and piece not in self.evidence:
            self.evidence[piece] = None
            self._tell(piece)


def _is_heard(event: str) -> bool:
    return event in _EVENTS or event in {"open", _STARTS_A_THREAD} or event.startswith(_FAMILIES)


def _reached(code: object, runner: str) -> tuple[str, ...]:
    """Return through which names a text reaches out; a cell of the tests runs what it wants to."""
    return () if runner.startswith(CELL) else reaches(code, runner)


def _named(event: str, args: tuple[Any, ...]) -> str:
    """Name the event, with the file or the attribute that it is about."""
    if event == "open":
        return f"open {str(args[0])[:200]!r}"
    if event.startswith("object.") and len(args) > 1:
        return f"{event} {args[1]}"
    return event


def _students(frame: FrameType | None) -> FrameType | None:
    """Return the student's frame that causes what a frame does, if it is one."""
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(STUDENT) or is_a_text(file):
            return frame
        if not _carries(file):
            return None
        frame = frame.f_back
    return None


_LIBRARY = os.path.dirname(os.__file__) + os.sep  # noqa: PTH120 - as file names of code are


def _carries(file: str) -> bool:
    if file.startswith("<frozen "):
        return file.removeprefix("<frozen ").removesuffix(">") in _CARRIERS
    if not file.startswith(_LIBRARY):
        return False
    return file.removeprefix(_LIBRARY).removesuffix(".py").replace(os.sep, "/") in _CARRIERS


def _line(frame: FrameType) -> str:
    file, number = frame.f_code.co_filename, frame.f_lineno
    cell = file.removeprefix(STUDENT).removesuffix(">")
    return f"{cell}, line {number}: {linecache.getline(file, number).strip()[:200]}"
