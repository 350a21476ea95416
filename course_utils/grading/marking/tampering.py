"""Where an answer changes what it was given, or reaches into it.

It reads a cell's text and runs nothing. What is local to a function and made there may be changed.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from course_utils.grading.marking.allowed import CHANGES, INSIDES
from course_utils.grading.marking.uses import root_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Found: TypeAlias = "Iterator[tuple[int, str]]"

_GETTERS = frozenset({"attrgetter", "methodcaller", "wraps"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def tampering(tree: ast.Module) -> Found:
    """Yield each line with what it does, in no order.

    Args:
        tree: a cell of the student's.
    """
    yield from _getters(tree)
    yield from _attributes(tree)
    for node in ast.walk(tree):
        if isinstance(node, _Function):
            yield from _changes(node)


def _getters(tree: ast.Module) -> Found:
    """What reads or copies attributes by names, other than by its own name, where it is used."""
    used = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    decorators = {
        id(each)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for each in node.decorator_list
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for each in node.names:
                if each.name in {"*", *_GETTERS} and each.asname not in {None, each.name}:
                    yield node.lineno, f"it gives {each.name} another name"
                elif each.name == "*":
                    yield node.lineno, "it imports whatever there is"
        elif isinstance(node, ast.Call) and _name(node.func) == "wraps":
            if id(node) not in decorators:
                yield node.lineno, "it uses wraps on what it does not define there"
        elif _name(node) in _GETTERS and id(node) not in used:
            yield getattr(node, "lineno", 1), f"it passes {_name(node)} on"


def _attributes(tree: ast.Module) -> Found:
    """Attributes that are bound on what no line here made, and the insides of graphs."""
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    made = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if _name(node.value.func) in own
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        if isinstance(node.ctx, ast.Load):
            if node.attr in INSIDES and root_of(node) not in {"self", "cls"}:
                yield node.lineno, f"it reads the attribute {node.attr}"
        elif root_of(node) not in {"self", "cls", *made}:
            yield node.lineno, f"it changes the attribute {node.attr} of what it did not make"


def _changes(function: _Function) -> Found:
    """Lists and dicts that are changed and were given, or lie in what was given."""
    arguments = function.args
    given = {one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    given |= {one.arg for one in (arguments.vararg, arguments.kwarg) if one}
    given -= {"self", "cls"}
    body = [function.body] if isinstance(function, ast.Lambda) else function.body
    nodes = [node for each in body for node in ast.walk(each)]
    for node in nodes:
        given |= _aliases(node, given)
    for node in nodes:
        if _is_changed(node) and root_of(_changed(node)) in given:
            yield getattr(node, "lineno", 1), f"it changes {root_of(_changed(node))}, a given value"


def _aliases(node: ast.AST, given: set[str]) -> set[str]:
    """The names that a line gives to a part of what was given."""
    if not isinstance(node, ast.Assign) or root_of(node.value) not in given:
        return set()
    bound = [each for target in node.targets for each in ast.walk(target)]
    names = [each for each in bound if isinstance(each, ast.Name)]
    return {each.id for each in names if isinstance(each.ctx, ast.Store)}


def _is_changed(node: ast.AST) -> bool:
    if isinstance(node, ast.Subscript):
        return not isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.AugAssign):
        return isinstance(node.target, ast.Name) and isinstance(node.op, ast.BitOr)
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return is_call and node.func.attr in CHANGES  # type: ignore[attr-defined]  # as the line above


def _changed(node: ast.AST) -> ast.expr:
    if isinstance(node, ast.AugAssign):
        return node.target
    return node.func if isinstance(node, ast.Call) else node  # type: ignore[return-value]


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
