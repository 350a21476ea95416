"""How many checks a test makes, counted in its source, since a failed test says how many passed.

Tests check in loops and through functions of their own. Where the source alone does not say how
often, there is a least and a most.
"""

from __future__ import annotations

import ast
import math
from typing import NamedTuple

_LATER = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_PERHAPS = (ast.IfExp, ast.BoolOp)


class Count(NamedTuple):
    """At least and at most so many."""

    least: float
    most: float

    def plus(self, other: Count) -> Count:
        """Count both, one after the other."""
        return Count(self.least + other.least, self.most + other.most)

    def perhaps(self) -> Count:
        """Count what may not happen."""
        return Count(0, self.most)

    def often(self) -> Count:
        """Count what may happen never, or many times."""
        return Count(0, math.inf if self.most else 0)


_NONE = Count(0, 0)


def count_checks(source: str) -> Count:
    """Count the checks of a test: the calls of what a `with exercise(...) as check` block names."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return Count(0, math.inf)
    return _Counter(tree).of(tree.body)


class _Counter:
    def __init__(self, tree: ast.Module) -> None:
        self._checks = {
            item.optional_vars.id
            for node in ast.walk(tree)
            if isinstance(node, ast.With)
            for item in node.items
            if isinstance(item.optional_vars, ast.Name)
        }
        self._functions = {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef)}
        self._inside: list[str] = []

    def of(self, statements: list[ast.stmt]) -> Count:
        """Count the checks of statements that run in a row."""
        total = _NONE
        for statement in statements:
            total = total.plus(self._statement(statement))
        return total

    def _statement(self, node: ast.stmt) -> Count:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return _NONE
            case ast.For(iter=(ast.Tuple() | ast.List()) as over, body=body, orelse=[]):
                inside, times = self.of(body), len(over.elts)
                return Count(inside.least * times, inside.most * times if inside.most else 0)
            case ast.With(items=items, body=body):
                return self._in(*items).plus(self.of(body))
            case ast.If(test=test, body=body, orelse=other):
                one, two = self.of(body), self.of(other)
                either = Count(min(one.least, two.least), max(one.most, two.most))
                return self._in(test).plus(either)
            case ast.Try():
                return self._try(node)
        counted = self._in(node)
        repeats = isinstance(node, ast.For | ast.While | ast.AsyncFor | ast.Match)
        return counted.often() if repeats else counted

    def _try(self, node: ast.Try) -> Count:
        tried = self.of(node.body)
        total = tried.perhaps() if node.handlers else tried
        for part in (*(handler.body for handler in node.handlers), node.orelse):
            total = total.plus(self.of(part).perhaps())
        return total.plus(self.of(node.finalbody))

    def _in(self, *nodes: ast.AST) -> Count:
        """Count the checks of expressions, each of which runs once."""
        total = _NONE
        for node in nodes:
            for below in ast.iter_child_nodes(node):
                inside = self._in(below)
                if isinstance(below, _LATER):
                    inside = inside.often()
                elif isinstance(below, _PERHAPS):
                    inside = inside.perhaps()
                total = total.plus(inside)
            if isinstance(node, ast.Call):
                total = total.plus(self._call(node))
        return total

    def _call(self, node: ast.Call) -> Count:
        match node.func:
            case ast.Attribute(value=ast.Name(id=name)) if name in self._checks:
                return Count(1, 1)
            case ast.Name(id=name) if name in self._inside:
                return Count(0, math.inf)
            case ast.Name(id=name) if name in self._functions:
                self._inside.append(name)
                body = self._functions[name].body
                counted = self.of(body)
                self._inside.pop()
                return counted.perhaps() if any(map(_returns, body[:-1])) else counted
        return _NONE


def _returns(node: ast.AST) -> bool:
    """Tell whether a statement may end the function that it stands in."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return False
    return isinstance(node, ast.Return) or any(map(_returns, ast.iter_child_nodes(node)))
