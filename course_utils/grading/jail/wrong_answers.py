"""Wrong answers, with which a test has to fail: as canaries, they tell a test that was silenced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.grading.jail.cells import run_cell

if TYPE_CHECKING:
    from collections.abc import Iterable

WRONG = {
    "returns nothing": "return None",
    "raises an error": 'raise LookupError("a wrong answer")',
    "returns a new object": "return object()",
    "returns its argument": "return args[0] if args else None",
    "returns a text": 'return "a wrong answer"',
    "returns a number": "return -7",
}
"""What each does, and the body of its function; those that tell most come first."""


def wrong_answer(name: str, functions: Iterable[str]) -> dict[str, Any]:
    """Return functions that answer wrongly.

    Args:
        name: a key of `WRONG`.
        functions: what they are called.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    for function in functions:
        # A cell each, since a test may look for the cell that a function stands in.
        source = f"def {function}(*args, **kwargs):\n    {WRONG[name]}\n"
        run_cell(source, names, f"wrong answer: {function} {name}")
    return {function: names[function] for function in functions}
