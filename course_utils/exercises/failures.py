"""An error in words: the lines of a learner's that led to it, and its message last."""

from __future__ import annotations

import linecache
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, NamedTuple

from course_utils.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import CodeType, TracebackType

_Functions = tuple["Callable[..., Any]", ...]
# Of a recursion without an end, these many lines at its start and at its end.
_MOST = 8


class _Step(NamedTuple):
    """What was running in a cell: its lines, and the columns where it begins and ends in them."""

    code: CodeType
    first: int
    last: int
    begin: int | None
    end: int | None

    @property
    def lines(self) -> list[str]:
        """The lines as they stand in the cell."""
        numbers = range(self.first, self.last + 1)
        return [linecache.getline(self.code.co_filename, n).rstrip("\n") for n in numbers]

    @property
    def call(self) -> str:
        """The call alone, of lines that may hold more."""
        # Python counts a column in bytes.
        *before, last = (line.encode() for line in self.lines)
        whole = b"\n".join([*before, last[: self.end]])
        return whole[self.begin :].decode(errors="replace").strip()


def is_not_done(error: Exception, functions: _Functions) -> bool:
    """Tell whether the given start still stands where the learner's code should.

    Its line `raise NotImplementedError()` may have run, or a test may have called it where its
    error is lost, as in another process.

    Args:
        error: how the test ended.
        functions: what the learner is to write.
    """
    if any(map(_only_raises, functions)):
        return True
    if type(error) is not NotImplementedError or error.args:
        return False
    # LangGraph raises this too, where a checkpointer lacks a method.
    steps = list(_steps(error, functions))
    return bool(steps) and steps[-1].code is _innermost(error) and _is_theirs(steps[-1], functions)


def told_error(error: Exception, functions: _Functions) -> str:
    """Tell an error in the learner's code: what was called, their lines, the message.

    Lines of LangGraph, of ours and of the test are left out, and so are notes that were added to
    the error: LangGraph's name a task by a random id. Where no line of the learner's was running,
    the test's line is told.

    Args:
        error: what the test ended with.
        functions: what the learner wrote.
    """
    steps = list(_steps(error, functions))
    theirs = next((n for n, step in enumerate(steps) if _is_theirs(step, functions)), len(steps))
    calls = [step.call for step in steps[:theirs][-1:]]
    lines = [_numbered(step) for step in steps[theirs:] if _is_theirs(step, functions)]
    if len(lines) > 2 * _MOST:
        lines = [*lines[:_MOST], "    ...", *lines[-_MOST:]]
    called = [f"Called:    {call}" for call in calls]
    told = "\n".join([*called, *(["Your code:", *lines] if lines else [])])
    return "\n\n".join(filter(None, [told, _message(error)]))


def _message(error: Exception) -> str:
    words = printable(str(error)).strip()
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _numbered(step: _Step) -> str:
    numbered = enumerate(step.lines, start=step.first)
    return "\n".join(f"  line {number}: {line}" for number, line in numbered)


def _steps(error: Exception, functions: _Functions) -> Iterator[_Step]:
    """Go through the lines of cells that were running, from the test's own on.

    The test's is the outermost; whatever shares its globals is in a cell too. Grading gives what
    the learner wrote globals of its own.
    """
    names = [getattr(function, "__globals__", None) for function in functions]
    if error.__traceback__ is not None:
        names.append(error.__traceback__.tb_frame.f_globals)
    for at in _all(error.__traceback__):
        if any(at.tb_frame.f_globals is each for each in names):
            yield _step(at)


def _all(at: TracebackType | None) -> Iterator[TracebackType]:
    while at is not None:
        yield at
        at = at.tb_next


def _step(at: TracebackType) -> _Step:
    code = at.tb_frame.f_code
    first, last, begin, end = list(code.co_positions())[at.tb_lasti // 2]
    return _Step(code, first or at.tb_lineno, last or at.tb_lineno, begin, end)


def _innermost(error: Exception) -> CodeType | None:
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    return frames[-1].f_code if frames else None


def _is_theirs(step: _Step, functions: _Functions) -> bool:
    return step.code.co_filename in {code.co_filename for code in _codes(functions)}


def _codes(functions: Iterable[Any]) -> Iterator[CodeType]:
    for function in functions:
        code = getattr(function, "__code__", None)
        if code is not None:
            yield code


def _only_raises(function: Any) -> bool:
    """Tell a function that does nothing but raise NotImplementedError, as a given start does."""
    for code in _codes([function]):
        says = {None, function.__doc__}
        return code.co_names == ("NotImplementedError",) and says.issuperset(code.co_consts)
    return False
