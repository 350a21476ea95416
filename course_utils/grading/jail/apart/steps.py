"""The steps of a student's function, for a test that follows its lines to come in between.

The lines run in the other process, which could say of them what it likes. What a function does for
others to see goes through this process: each such moment counts as a line. The text of the lines is
never here: a test that runs it, or writes it into a program, fails.
"""

from __future__ import annotations

import linecache
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import CodeType

_MOST_STEPS = 2000


def code_without_text(name: str) -> CodeType:
    """Return code that a remote function can show as its own; it does nothing."""
    file = _file(name)
    lines = [f"step {number} of {name}\n" for number in range(1, _MOST_STEPS + 1)]
    linecache.cache[file] = (sum(map(len, lines)), None, lines, file)
    return compile("0", file, "exec")


class Steps:
    """The steps of one call, as seen by whatever traces this thread.

    Args:
        name: the function's.
    """

    def __init__(self, name: str) -> None:
        self._file = _file(name)
        self._done = 0

    def one_more(self) -> None:
        """Run a line that does nothing, if this thread is traced."""
        self._done += 1
        if sys.gettrace() is not None and self._done <= _MOST_STEPS:
            line = "\n" * (self._done - 1) + "0"
            exec(compile(line, self._file, "exec"), {})  # noqa: S102 - a zero


def _file(name: str) -> str:
    return f"<the student's {name}>"
