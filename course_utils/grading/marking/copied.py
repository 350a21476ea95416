"""Whether an answer knows the words of its test, as one does that was written for them alone."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from course_utils.grading.jail.cells import CellError, as_python

if TYPE_CHECKING:
    from course_utils.grading.intake.released import ReleasedLesson
    from course_utils.grading.marking.unit import Unit

# One word may be a coincidence.
_FEWEST = 2
_SHORTEST = 3  # characters


def copied(unit: Unit, lesson: ReleasedLesson) -> tuple[str, ...]:
    """Return a line that names the texts which an answer shares with its test and nothing else.

    Args:
        unit: the test, with the answer and the student's cells that came along.
        lesson: the lesson; what any other cell of it says is no secret of the test.
    """
    tests = {cell.name for cell in lesson.cells if cell.is_test}
    elsewhere = "\n".join(cell.source for cell in lesson.cells if cell.name not in tests)
    ours = {text for text in _texts(unit.source) if text not in elsewhere}
    found = dict.fromkeys(text for piece in unit.own for text in _texts(piece.source))
    shared = [text for text in found if text in ours]
    if len(shared) < _FEWEST:
        return ()
    return (f"it has texts of the test: {', '.join(repr(text[:80]) for text in shared[:5])}",)


@lru_cache(maxsize=1024)
def _texts(source: str) -> tuple[str, ...]:
    try:
        tree = ast.parse(as_python(source))
    except (CellError, SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return tuple(text for text in texts if isinstance(text, str) and len(text) >= _SHORTEST)
