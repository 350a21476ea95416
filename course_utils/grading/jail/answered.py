"""A unit inside the jail: its pieces run in order, the answer in global names of its own."""

from __future__ import annotations

import builtins
import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from types import ModuleType
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython
from IPython.display import display

from course_utils.exercises.exercise import ExerciseError
from course_utils.grading.jail.cells import CELL, run_cell
from course_utils.printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

STUDENT = f"{CELL} student: "
"""How the file name of code begins that a student wrote."""

# What IPython gives to every cell.
_GIVEN = {"display": display, "get_ipython": get_ipython}
_INTERRUPTED = "It was interrupted. That happens when it takes too long."
_MOST = 2000  # characters of what a test says


class Kept(io.TextIOBase):
    """A place to print to, which keeps the end of what is printed."""

    def __init__(self) -> None:
        self._text = ""

    def writable(self) -> bool:
        """Tell that it can be printed to."""
        return True

    def write(self, text: str) -> int:
        """Keep the end of the text."""
        self._text = (self._text + text)[-4 * _MOST :]
        return len(text)

    def last_line(self) -> str:
        """Return the last line that is not empty."""
        lines = [line for line in self._text.splitlines() if line.strip()]
        return lines[-1][:_MOST] if lines else ""


class Answered:
    """What a unit needs has run, and its test can run.

    The lesson's cells run once. The answer has global names of its own, which begin with what it
    needs of the lesson's. It shares their objects, as in a notebook, and binds no name of the
    test's.

    Attributes:
        unit: the unit, as `Unit.as_data` gives it.
        tests: the global names of the lesson's cells and of the test.
        answer: those of the answer.
        ended: how the first cell of the student's ended that raised an error; empty if none did.
    """

    def __init__(self, unit: Mapping[str, Any]) -> None:
        self.unit = unit
        main = ModuleType("__main__")
        self.tests, self.answer = dict(_GIVEN, __name__="__main__"), vars(main)
        # So that what the answer binds there is nobody else's.
        self.answer.update(_GIVEN, __builtins__=dict(vars(builtins)))
        self.ended = ""
        # Where the module of a class is looked for, as LangGraph does to read its annotations.
        sys.modules["__main__"] = main

    def run_lesson_cell(self, piece: Mapping[str, Any]) -> None:
        """Run a cell of the lesson, and give the answer what it needs of it.

        An error ends the cell, as it does in a notebook, and nothing else.
        """
        self._run(piece, self.tests)
        if piece["for_answer"]:
            self.answer.update({n: self.tests[n] for n in piece["binds"] if n in self.tests})

    def run_students_cell(self, piece: Mapping[str, Any]) -> None:
        """Run a cell of the student's, and give the test what it names of it."""
        error = self._run(piece, self.answer)
        self.ended = self.ended or error
        for name in (*self.unit["functions"], *self.unit["helpers"]):
            if name in piece["binds"] and name in self.answer:
                self.tests[name] = self.answer[name]

    def test(self) -> tuple[bool, str]:
        """Run the test; return whether it ran to its end, and what it said."""
        printed = Kept()
        try:
            with redirect_stdout(printed), redirect_stderr(Kept()):
                run_cell(self.unit["source"], self.tests, f"test: {self.unit['test']}")
        except ExerciseError as error:
            return False, _short(str(error))
        except BaseException as error:  # whatever ends a cell
            return False, _short("\n".join(filter(None, [self.ended, _told(error)])))
        line = printed.last_line()
        return True, line if " passed: " in line else ""

    def _run(self, piece: Mapping[str, Any], names: dict[str, Any]) -> str:
        try:
            with redirect_stdout(Kept()), redirect_stderr(Kept()):
                run_cell(piece["source"], names, f"{piece['whose']}: {piece['name']}")
        except BaseException as error:  # whatever ends a cell
            return f"The cell {piece['name']} ended with an error. {_told(error)}"
        return ""


def _told(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return _INTERRUPTED
    try:
        words = printable(str(error))
    except Exception:  # a class of the student's may have a broken one
        words = ""
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _short(words: str) -> str:
    return words if len(words) <= _MOST else f"{words[:_MOST]} ..."
