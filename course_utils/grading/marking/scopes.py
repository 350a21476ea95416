"""Which names are local where, while a cell's text is gone through."""

from __future__ import annotations

import ast
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Scopes:
    """The functions that are around the place that is looked at, the innermost last."""

    def __init__(self) -> None:
        self._locals: list[set[str]] = []
        self._modules: dict[str, str] = {}

    @property
    def is_in_a_function(self) -> bool:
        """Whether the place is inside a function."""
        return bool(self._locals)

    def is_local(self, name: str) -> bool:
        """Tell a name that a function around the place binds."""
        return any(name in names for names in self._locals)

    def module(self, name: str) -> str:
        """Return what an import has bound to a name; empty if none has."""
        return self._modules.get(name, "")

    def bind_module(self, name: str, module: str) -> None:
        """Note what an import binds."""
        self._modules[name] = module

    @contextmanager
    def function(self, node: Function) -> Iterator[None]:
        """Be inside a function."""
        self._locals.append(_bound(node))
        try:
            yield
        finally:
            self._locals.pop()


def _bound(node: Function) -> set[str]:
    """Return the names that are local to a function; what is inside another one is not."""
    arguments = node.args
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    given += [one for one in (arguments.vararg, arguments.kwarg) if one]
    names = {one.arg for one in given}
    elsewhere: set[str] = set()
    waiting: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else [*node.body]
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.Global):
            elsewhere.update(each.names)
        elif isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load):
            names.add(each.id)
        elif isinstance(each, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and each.name:
            names.add(each.name)
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(each.name)
        elif not isinstance(each, ast.Lambda):
            waiting.extend(ast.iter_child_nodes(each))
    return names - elsewhere
