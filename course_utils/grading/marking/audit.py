"""What stands in an answer that no answer needs: read from its text, and never run.

It is a list of what is allowed, not of what is bad. Whatever is found is for a person to look at:
it takes no points by itself.
"""

from __future__ import annotations

import ast
import re
import string
from typing import TYPE_CHECKING

from course_utils.grading.jail.cells import CellError, as_python
from course_utils.grading.marking import allowed
from course_utils.grading.marking.names import names_of
from course_utils.grading.marking.tampering import tampering
from course_utils.grading.marking.uses import Uses, root_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from course_utils.grading.marking.unit import Unit

_MOST = 20


def audit(unit: Unit) -> tuple[str, ...]:
    """Return what a person has to look at in what a student wrote for a test.

    Args:
        unit: the test, with the answer and the student's cells that came along.

    Returns:
        A line for each thing: the cell, the line's number, what it is, and the line.
    """
    lesson = allowed.of_the_lesson(tuple(p.source for p in unit.pieces if p.whose == "lesson"))
    looked_at = names_of(unit.source).reads
    own = frozenset[str]().union(*(piece.binds for piece in unit.own))
    found: dict[str, None] = {}
    for piece in unit.own:
        for line, what in _found(piece.source, lesson, own, looked_at):
            found[f"{piece.name}, line {line}: {what}"] = None
    return tuple(found)[:_MOST]


def _found(
    source: str, lesson: allowed.OfTheLesson, own: frozenset[str], looked_at: frozenset[str]
) -> Iterator[tuple[int, str]]:
    try:
        text = as_python(source)
        tree = ast.parse(text)
        audited = _Audit(lesson, own, looked_at)
        audited.visit(tree)
        audited.found |= set(tampering(tree))
    except (CellError, SyntaxError, ValueError):
        return  # it is not run either
    except (RecursionError, MemoryError):
        yield 1, "it is nested too deeply to be read"
        return
    lines = text.split("\n")
    for line, what in sorted(audited.found):
        yield line, f"{what}: {lines[line - 1].strip()[:200]}"


class _Audit(Uses, ast.NodeVisitor):
    """Looks also at what is called, changed and defined."""

    def __init__(
        self, lesson: allowed.OfTheLesson, own: frozenset[str], looked_at: frozenset[str]
    ) -> None:
        super().__init__(lesson, own)
        self._looked_at = looked_at & (lesson.binds - own)

    # What it calls.

    def visit_Call(self, node: ast.Call) -> None:
        called = _called(node)
        if called in {"getattr", "hasattr"} and not self._scopes.is_local(called):
            self._by_name(node, node.args[1:2])
        elif called in {"attrgetter", "methodcaller"}:
            self._by_name(node, node.args if called == "attrgetter" else node.args[:1])
        else:
            self._called_as(node, called)
            self._formatted(node)
            self._changes(node)
            self._is_called = True
            self.visit(node.func)
            self._is_called = False
        for each in node.keywords:
            self._passed(node, each.arg or "")
        for argument in (*node.args, *(each.value for each in node.keywords)):
            self.visit(argument)

    def _called_as(self, node: ast.Call, called: str) -> None:
        is_plain = len(node.args) == 1 and not node.keywords
        if called in {"make_dataclass", "new_class"} or (called == "type" and not is_plain):
            self.note(node, "it makes a class by a call")
        if called == "wraps" and not is_plain:
            self.note(node, "it copies attributes that it names")
        if called == "open" and _is_a_number(node.args[:1]):
            self.note(node, "it opens a descriptor")

    def _passed(self, node: ast.Call, name: str) -> None:
        if name == "from_attributes":
            self.note(node, "it reads attributes by their names")
        if name.startswith("__") and name not in allowed.OF_A_MODEL:
            self.note(node, f"it passes {name}")

    def _by_name(self, node: ast.Call, names: Iterable[ast.expr]) -> None:
        for each in names:
            written = each.value if isinstance(each, ast.Constant) else None
            parts = written.split(".") if isinstance(written, str) else ["_"]
            if any(allowed.refused_attribute(p) or p in allowed.INSIDES for p in parts):
                self.note(node, "it reads an attribute by a name that is not written here")
        if node.keywords or not node.args:
            self.note(node, "it reads an attribute by a name that is not written here")

    def _formatted(self, node: ast.Call) -> None:
        method = node.func
        if not (isinstance(method, ast.Attribute) and method.attr == "format"):
            return
        text = method.value.value if isinstance(method.value, ast.Constant) else None
        if isinstance(text, str) and any(map(allowed.refused_attribute, _attributes_in(text))):
            self.note(node, "it reads an attribute in a format")

    def _changes(self, node: ast.Call) -> None:
        method = node.func
        is_change = isinstance(method, ast.Attribute) and method.attr in allowed.CHANGES
        if is_change and self._is_the_lessons(method):
            self.note(node, f"it changes {root_of(method)}, which the test looks at")

    # What it binds and changes.

    def _assigned(self, node: ast.Attribute) -> None:
        root = root_of(node)
        mine = self._scopes.is_local(root) or (root in self._own and root not in self._lesson.binds)
        own_object = self._is_self(node.value)
        if not mine or self._scopes.module(root):
            self.note(node, f"it changes the attribute {node.attr} of what it did not make")
        elif not own_object and (node.attr in allowed.METHODS or node.attr.startswith("_")):
            self.note(node, f"it replaces the method {node.attr}")

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load) and self._is_the_lessons(node):
            self.note(node, f"it changes {root_of(node)}, which the test looks at")
        self.generic_visit(node)

    def _is_the_lessons(self, node: ast.expr) -> bool:
        root = root_of(node)
        is_global = self._scopes.is_in_a_function and not self._scopes.is_local(root)
        return is_global and root in self._looked_at

    def visit_Assign(self, node: ast.Assign) -> None:
        replaces = isinstance(node.value, ast.Lambda) or (
            isinstance(node.value, ast.Name) and node.value.id in self._own
        )
        attributes = [target for target in node.targets if isinstance(target, ast.Attribute)]
        for target in attributes if replaces else ():
            if not self._is_self(target.value):
                self.note(node, f"it replaces the attribute {target.attr}")
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        for name in node.names:
            if name in self._lesson.binds and name not in self._own:
                self.note(node, f"it rebinds {name}, which is the lesson's")

    # What it defines.

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        if node.name in allowed.CLASSES:
            self.note(node, f"it makes a {node.name} of its own")
        for each in node.keywords:
            if each.arg == "metaclass" or each.arg is None:
                self.note(node, "it has a metaclass")
        self._classes += 1
        self.generic_visit(node)
        self._classes -= 1

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._body(node, [node.body])

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        name = node.name
        if name.startswith("__") and name.endswith("__") and name not in allowed.SPECIAL_METHODS:
            self.note(node, f"it defines {name}")
        for decorator in node.decorator_list:
            self.visit(decorator)
        if node.returns:
            self.visit(node.returns)
        self._body(node, node.body)

    def _body(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        body: Iterable[ast.AST],
    ) -> None:
        self.visit(node.args)  # defaults and annotations belong to what is around
        with self._scopes.function(node):
            for each in body:
                self.visit(each)


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _attributes_in(text: str) -> Iterator[str]:
    """Go through the attributes and keys that a format names."""
    try:
        fields = [field or "" for _, field, _, _ in string.Formatter().parse(text)]
    except ValueError:
        return  # it fails where it is used
    for field in fields:
        yield from re.split(r"[.\[]", field)[1:]


def _is_a_number(arguments: list[ast.expr]) -> bool:
    return any(isinstance(a, ast.Constant) and isinstance(a.value, int) for a in arguments)
