"""Texts that are run as Python while a test runs, as a library does with annotations.

A hint that is written as a text is such a text too. It names types, and reaches nothing.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING

from course_utils.grading.jail.cells import CELL

if TYPE_CHECKING:
    from collections.abc import Iterator

_COURSE = Path(__file__).resolve().parents[2]
_FILES = tuple(
    f"{place}{os.sep}"
    for place in {sys.prefix, sys.base_prefix, os.path.dirname(os.__file__), str(_COURSE)}  # noqa: PTH120
)
# What makes classes from texts that nobody else writes: of Python's own, and attrs, whose import
# no answer is allowed.
_MAKERS = (
    *(
        os.path.join(os.path.dirname(os.__file__), *name)  # noqa: PTH118, PTH120
        for name in (("dataclasses.py",), ("collections", "__init__.py"))
    ),
    os.path.join(sysconfig.get_path("purelib"), "attr", "_make.py"),  # noqa: PTH118
)
_REACHING = frozenset(
    {
        *("breakpoint", "compile", "delattr", "eval", "exec", "get_ipython", "getattr", "globals"),
        *("input", "locals", "memoryview", "open", "setattr", "vars"),
    }
)
_MOST = 5


def is_a_text(file: str) -> bool:
    """Tell whether code comes from no file and from no cell, by what it says its file is."""
    return not file.startswith((*_FILES, CELL, "<frozen ", "/", "<__array_function__"))


def reaches(code: object, runner: str) -> tuple[str, ...]:
    """Return the names in a text's code through which it could reach beyond itself.

    Args:
        code: what is to be run.
        runner: the file of the code that has it run.
    """
    if not isinstance(code, CodeType) or not is_a_text(code.co_filename) or runner in _MAKERS:
        return ()
    found = (name for name in _names(code) if "__" in name or name in _REACHING)
    return tuple(dict.fromkeys(found))[:_MOST]


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for value in code.co_consts:
        if isinstance(value, str):
            yield value[:80]
        elif isinstance(value, CodeType):
            yield from _names(value)
