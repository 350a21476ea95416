"""One small lesson: a widget, an exercise, a question of each type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbformat.v4 import writes as to_json

from tests.support.course import Course, make_course

if TYPE_CHECKING:
    from pathlib import Path

LESSON = "01_small"

BANK = """
lesson: 01_small
policy:
  scored_tries: 3
questions:
  - id: warm-up
    version: 1
    type: true-false
    prompt: A graph is a set of nodes & edges.
    options:
      - {id: "yes", text: "Yes", correct: true}
      - {id: "no", text: "No", reason: It has both.}
    explanation: Both.
    points: 0
    section: start
  - id: colour
    version: 1
    type: multiple-choice
    prompt: Which is `red` & not <blue>?
    options:
      - {id: red, text: Red, correct: true}
      - {id: blue, text: Blue, reason: Blue is <not> red.}
      - {id: green, text: Green, reason: Green is grass.}
      - {id: grey, text: Grey, reason: Grey is fog.}
    hints:
      - {text: Think of blood., penalty: 10}
      - {text: It begins with r., penalty: 15}
    explanation: Red is red.
    points: 1
    section: colours
  - id: pick
    version: 1
    type: select-all
    prompt: Which are even?
    options:
      - {id: two, text: Two, correct: true}
      - {id: three, text: Three, reason: Three is odd.}
      - {id: four, text: Four, correct: true}
      - {id: five, text: Five, reason: Five is odd.}
    explanation: Two halves.
    points: 2
    section: numbers
  - id: truth
    version: 1
    type: true-false
    prompt: Zero is even.
    options:
      - {id: "yes", text: "Yes", correct: true}
      - {id: "no", text: "No", reason: It is.}
    explanation: Zero halves are equal.
    points: 1
    section: numbers
  - id: blank
    version: 1
    type: fill-blank
    prompt: The opposite of `before` is ____.
    accepted: [after]
    near_misses:
      - {text: later, reason: Later is not it.}
    hints:
      - {text: It begins with a., penalty: 10}
    explanation: After is after.
    points: 1
    section: words
"""

SOLUTION = """def double(number):
    ### BEGIN SOLUTION
    return 2 * number
    ### END SOLUTION"""
TEST = """assert double(2) == 4, f"double(2) returned {double(2)}, expected 4"
### BEGIN HIDDEN TESTS
assert double(5) == 10, "HIDDEN-TEST-BODY"
### END HIDDEN TESTS"""
WHY = {"explanation": "THE-EXPLANATION says why."}
MORE = 'assert double("ab") == "abab", f"double(\'ab\') returned {double(\'ab\')!r}"'


def grader(name: str, points: float | None = None, *, solution: bool = False) -> dict[str, object]:
    """Return a cell's nbgrader metadata."""
    data = {"grade_id": name, "grade": points is not None, "solution": solution, "locked": True}
    worth = {} if points is None else {"points": points}
    return {"nbgrader": {**data, **worth, "schema_version": 3, "task": False}}


def quiz_cell(name: str, points: float) -> object:
    """Return a quiz cell."""
    source = f'ask("{LESSON}/{name}")'
    return new_code_cell(source, id=f"quiz-{name}", metadata=grader(f"quiz-{name}", points))


def small_lesson() -> object:
    """Return the lesson's source notebook."""
    cells = [
        new_markdown_cell("# A small lesson", id="title"),
        new_code_cell("from course_utils import ask", id="imports"),
        new_code_cell(f'ask("{LESSON}/warm-up")', id="warm-up"),
        new_code_cell(SOLUTION, id="double", metadata={**grader("double", solution=True), **WHY}),
        new_code_cell(TEST, id="double-test", metadata=grader("double-test", 4)),
        new_code_cell(MORE, id="double-more", metadata=grader("double-more", 2)),
        quiz_cell("colour", 1),
        quiz_cell("pick", 2),
        quiz_cell("truth", 1),
        quiz_cell("blank", 1),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def small_course(root: Path, *, feedback: str = "practice", bank: str = BANK) -> Course:
    """Make a course of the small lesson in an empty folder."""
    return make_course(root, LESSON, to_json(small_lesson()), bank, feedback=feedback)
