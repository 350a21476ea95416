"""What runs in the two jailed processes."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from course_utils.exercises.exercise import ExerciseError
from course_utils.grading.jail.apart.remote import Remote
from course_utils.grading.jail.apart.student import Student
from course_utils.grading.jail.apart.students import BrokenError, NotApartError, Students
from course_utils.grading.jail.cells import run_cell

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping

_MOST_WORDS = 20_000


class Channel(Protocol):
    """Takes what a process says to whoever started it."""

    def send(self, message: dict[str, Any]) -> None:
        """Send a message."""


def run_tests(payload: Mapping[str, Any], channel: Channel, peer: socket.socket) -> None:
    """Run tests whose functions are the student's, up to one at which those give no answer.

    Of each it tells what came of it: {"verdict": test, "passed": bool, "words": text}; or
    {"unsupported": why}, if the test has to run in one process with the functions.

    Args:
        payload: `functions`, the names that the tests take from the student; `tests`, of each
            `released`, the sources of the cells that it needs, `test`, its name, and `source`, its
            cell; `seconds`, how long one answer of the student's process may take.
        channel: takes the messages.
        peer: leads to the student's process.
    """
    students = Students(peer, float(payload["seconds"]))
    subprocess.Popen.__init__ = _none_is_started(students)  # type: ignore[method-assign]
    for test in payload["tests"]:
        try:
            passed, words = _run_test(test, payload["functions"], students, channel)
        except NotApartError as error:
            channel.send({"unsupported": str(error)})
            return
        except BrokenError as error:
            channel.send({"verdict": test["test"], "passed": False, "words": str(error)})
            return
        channel.send({"verdict": test["test"], "passed": passed, "words": words[:_MOST_WORDS]})


def _run_test(
    test: Mapping[str, Any], functions: list[str], students: Students, channel: Channel
) -> tuple[bool, str]:
    """Return whether a test passed, and what it says."""
    remotes = {name: Remote(students.call, name) for name in functions}
    namespace: dict[str, Any] = {"__name__": "__main__", **remotes}
    _run_released(test["released"], namespace)
    students.errors.learn(namespace)
    failed = _put_in_place(students, namespace, remotes)
    channel.send({"step": test["test"]})
    passed, words = _tested(test["source"], namespace, students)
    return passed, words if passed or not failed else f"{failed}\n\n{words}"


def run_student(payload: Mapping[str, Any], _channel: Channel, peer: socket.socket) -> None:
    """Run a student's cells, and answer calls of their functions until the tests end.

    Args:
        payload: `sources`, the cells in order; `functions`, the names that the tests know.
        _channel: takes nothing.
        peer: leads to the tests' process.
    """
    _print_nowhere()
    student = Student(peer)
    student.load(list(payload["sources"]), list(payload["functions"]))
    student.serve()


def _run_released(sources: list[str], namespace: dict[str, Any]) -> None:
    """Run the lesson's cells. As in a notebook, an error ends its cell and nothing else."""
    for number, source in enumerate(sources):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
            run_cell(source, namespace, f"of the lesson, number {number}")


def _put_in_place(students: Students, namespace: dict[str, Any], remotes: dict[str, Remote]) -> str:
    """Put the functions into their places, those that there are; return why others are not."""
    ready = students.ready
    kinds = ready["ready"] if type(ready["ready"]) is dict else {}
    missing = [name for name in remotes if kinds.get(name) == "missing"]
    for name, remote in remotes.items():
        if name in missing:
            namespace.pop(name, None)
        elif kinds.get(name) == "function":
            namespace[name] = remote
        else:
            raise students.not_apart(f"{name} is {str(kinds.get(name))[:80]}.")
    return str(ready.get("failed") or "") if missing else ""


def _tested(source: str, namespace: dict[str, Any], students: Students) -> tuple[bool, str]:
    """Return whether a test ran to its end without an error, and what it says."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            run_cell(source, namespace, "of the test")
    except ExerciseError as error:
        passed, words = False, str(error)
    except BaseException as error:  # a verdict in any case
        passed, words = False, f"{type(error).__name__}: {error}"
    else:
        passed, words = True, printed.getvalue().strip()
    if students.ended is not None:
        raise students.ended
    return passed, words


def _none_is_started(students: Students) -> Callable[..., NoReturn]:
    def start(*_: object, **__: object) -> NoReturn:
        raise students.not_apart("The test starts another process.")

    return start


def _print_nowhere() -> None:
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.close(nowhere)
    sys.stdout = sys.stderr = _Nowhere()


class _Nowhere(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)
