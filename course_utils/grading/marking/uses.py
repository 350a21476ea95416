"""What a cell's text reads: modules, names, attributes and words that no answer needs."""

from __future__ import annotations

import ast
import re

from course_utils.grading.marking import allowed
from course_utils.grading.marking.scopes import Scopes

_WORD = re.compile(r"\w*__\w*")
_CALL = re.compile(rf"\b(?:{'|'.join(allowed.CALLS)}|getattr|open)\s*\(|from_attributes")


class Uses(ast.NodeVisitor):
    """Goes through a cell, and notes the line and the words of what is not allowed.

    Args:
        lesson: what the lesson's cells give to the answer.
        own: the global names that the student's cells bind.

    Attributes:
        found: the lines, each with what is on it.
    """

    def __init__(self, lesson: allowed.OfTheLesson, own: frozenset[str]) -> None:
        self.found: set[tuple[int, str]] = set()
        self._lesson = lesson
        self._own = own
        self._scopes = Scopes()
        self._classes = 0  # around what is visited
        self._is_called = False  # what is visited right now

    def note(self, node: ast.AST, what: str) -> None:
        """Note what is on the line of a node."""
        self.found.add((getattr(node, "lineno", 1), what))

    # What it imports.

    def visit_Import(self, node: ast.Import) -> None:
        """Look at the modules."""
        for each in node.names:
            if allowed.refused_module(each.name, self._lesson.packages):
                self.note(node, f"it imports {each.name}")
            module = each.name if each.asname else each.name.split(".")[0]
            self._scopes.bind_module(each.asname or module, module)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Look at the module, and at what is taken of it."""
        module = node.module or ""
        for each in node.names:
            if (module, each.name) in self._lesson.pairs:
                continue
            refused = allowed.refused_module(module, self._lesson.packages)
            if node.level or refused or allowed.refused_of_a_module(each.name, module):
                self.note(node, f"it imports {each.name} of {module or 'a package'}")
            self._scopes.bind_module(each.asname or each.name, f"{module}.{each.name}")

    # What it reads.

    def visit_Name(self, node: ast.Name) -> None:
        """Look at a name."""
        name = node.id
        if isinstance(node.ctx, ast.Load):
            if not self._scopes.is_local(name):
                self._global_read(node)
        elif name.startswith("__") and name.endswith("__") and name != "__slots__":
            self.note(node, f"it binds {name}")

    def _global_read(self, node: ast.Name) -> None:
        name = node.id
        special = name.startswith("__") and name not in {"__name__", "__debug__"}
        if name in allowed.CALLS or special:
            self.note(node, f"it uses {name}")
        elif name == "open" and not self._is_called:
            self.note(node, "it passes open on")
        elif name in {"getattr", "hasattr", "attrgetter", "methodcaller"}:
            self.note(node, f"it passes {name} on")  # a call of it is looked at by itself
        elif name in self._lesson.refused or name in allowed.NEVER - self._own - self._lesson.binds:
            self.note(node, f"it uses {name}, which is there for the tests")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Look at an attribute that is read."""
        name = node.attr
        if isinstance(node.ctx, ast.Load):
            if self._is_refused(node):
                self.note(node, f"it reads the attribute {name}")
            elif name == "format" and not isinstance(node.value, ast.Constant):
                self.note(node, "it formats a text that is not written here")
        else:
            self._assigned(node)
        # Of `type(x)` and `x.__class__` anybody may read the name.
        inner = node.value
        if name == "__name__" and isinstance(inner, ast.Attribute) and inner.attr == "__class__":
            inner = inner.value
        self.visit(inner)

    def _is_refused(self, node: ast.Attribute) -> bool:
        name, root = node.attr, node.value
        if self._is_self(root) and not name.endswith("__"):
            return False
        if name == "__init__" and isinstance(root, ast.Call):
            return not (isinstance(root.func, ast.Name) and root.func.id == "super")
        if allowed.refused_attribute(name):
            return True
        module = self._scopes.module(root_of(node))
        if not isinstance(root, ast.Name):
            return bool(module) and allowed.refused_of_a_module(name)
        return bool(module) and allowed.refused_of_a_module(name, module)

    def _is_self(self, node: ast.expr) -> bool:
        return self._classes > 0 and isinstance(node, ast.Name) and node.id in {"self", "cls"}

    def visit_MatchClass(self, node: ast.MatchClass) -> None:
        """Look at the attributes that a pattern reads."""
        for name in node.kwd_attrs:
            if allowed.refused_attribute(name):
                self.note(node, f"it reads the attribute {name}")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Look at the words of a text."""
        text = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        if not isinstance(text, str):
            return
        for word in _WORD.findall(text):
            if word not in allowed.WORDS and word.strip("_"):
                self.note(node, f"it has the word {word} in a text")
        if _CALL.search(text):
            self.note(node, "it has Python in a text")

    def visit_Expr(self, node: ast.Expr) -> None:
        """Pass over a text that stands alone: it is a comment."""
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def _assigned(self, node: ast.Attribute) -> None:
        """Look at an attribute that is bound or deleted."""


def root_of(node: ast.expr) -> str:
    """Return the name that an expression begins with; empty if it is none."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
