"""Whether what a test stands on is still what it was before a student's code ran.

Compared are the names of modules, of their classes, and the code of their functions, each by
identity. Nothing of it is called.
"""

from __future__ import annotations

import builtins
import sys
from functools import cache
from operator import is_
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OURS = "course_utils"
_PACKAGES = ("course_utils", "langchain", "langchain_core", "langgraph")
_MODULES = _words("""
    IPython.core.display_functions IPython.core.formatters IPython.core.getipython IPython.display
    abc asyncio collections contextlib contextvars copy copyreg dataclasses enum functools inspect
    io json json.decoder json.encoder linecache operator os pathlib pickle posix pydantic.main
    random re reprlib shutil sqlite3 subprocess sys tempfile threading traceback types typing
    typing_extensions uuid warnings
""")
# Names that change while honest code runs, or that this process changes itself.
_RESTLESS = _words("""
    __abstractmethods__ __annotations__ __warningregistry__ _abc_impl __dict__ __weakref__
    _active _active_limbo_lock _dangling _limbo _main_thread _shutdown_locks _shutdown_locks_lock
    _inst _name_sequence _once_lock tempdir
    last_exc last_traceback last_type last_value stdout stderr stdin argv flags path
""")
# What is added to a class while it is used.
_ADDED = ("__pydantic", "_abc", "__signature", "__parameters", "__orig")


class Unchanged:
    """What was there, kept to be compared with what is there later.

    Args:
        since: what was kept earlier; only modules that have been loaded since are added to it.
    """

    def __init__(self, since: Unchanged | None = None) -> None:
        self._modules: dict[str, ModuleType] = dict(since._modules) if since else {}
        loaded = {n: m for n, m in [*sys.modules.items()] if n not in self._modules}
        loaded = {name: module for name, module in loaded.items() if _counts(name, module)}
        self._modules.update(loaded)
        self._names: list[_Names] = [*(since._names if since else ()), *_all_names(loaded)]

    def changes(self) -> list[str]:
        """Return what is no longer as it was, each as the name of what changed."""
        found = [n for n, module in self._modules.items() if sys.modules.get(n) is not module]
        for names in self._names:
            found += names.changes()
        return sorted(dict.fromkeys(found))


@cache
def prepared() -> Unchanged:
    """Keep what is there now, once: done before processes are forked, it costs them nothing."""
    return Unchanged()


class _Names:
    """The names of a module or a class, as they were.

    Most are unchanged: that is seen at once, and only else looked at name by name.
    """

    def __init__(self, where: str, names: Mapping[str, object], *, is_class: bool) -> None:
        self._where, self._names, self._is_class = where, names, is_class
        self._before = dict(names)
        self._functions = [(n, f) for n, value in self._before.items() for f in _functions(value)]
        self._parts = [_parts(function) for _, function in self._functions]

    def changes(self) -> Iterator[str]:
        now = self._names
        if len(now) != len(self._before) or not all(map(is_, self._before.values(), now.values())):
            for name in self._changed({**now}):
                yield f"{self._where}.{name}"
        for (name, function), parts in zip(self._functions, self._parts, strict=True):
            if not all(map(is_, parts, _parts(function))):
                yield f"{self._where}.{name}, its code"

    def _changed(self, now: dict[str, object]) -> Iterator[str]:
        missing = object()
        for name, value in self._before.items():
            later = now.get(name, missing)
            restless = name in _RESTLESS or (_counts_up(value) and _counts_up(later))
            if later is not value and not restless:
                yield name
        for name in now.keys() - self._before.keys() - _RESTLESS:
            if self._hides(name, now[name]):
                yield name

    def _hides(self, name: str, value: object) -> bool:
        """Tell a new name that hides another: a method, a builtin, what is loaded late."""
        if self._is_class:
            return not name.startswith(_ADDED)
        ours = self._where.partition(".")[0] == _OURS and not isinstance(value, ModuleType)
        return ours or name in vars(builtins)


def _all_names(modules: Mapping[str, ModuleType]) -> Iterator[_Names]:
    for name, module in modules.items():
        yield _Names(name, vars(module), is_class=False)
        for each in list(vars(module).values()):
            if isinstance(each, type) and getattr(each, "__module__", None) == name:
                yield _Names(f"{name}.{each.__qualname__}", vars(each), is_class=True)


def _counts(name: str, module: object) -> bool:
    if not isinstance(module, ModuleType):
        return False
    return name.partition(".")[0] in _PACKAGES or name in _MODULES or name == "builtins"


def _counts_up(value: object) -> bool:
    """Tell what counts, or remembers a time, as LangGraph's ids do."""
    return value is None or type(value) in {int, float}


def _functions(value: object) -> Iterator[FunctionType]:
    if isinstance(value, staticmethod | classmethod):
        value = value.__func__
    if isinstance(value, property):
        value = value.fget
    if isinstance(value, FunctionType):
        yield value


def _parts(function: FunctionType) -> tuple[object, ...]:
    """Return what can be changed of a function while it stays the same object."""
    return function.__code__, function.__defaults__, function.__kwdefaults__
