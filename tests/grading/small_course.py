"""A course of one small lesson, and the stock nbgrader commands run on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbformat.v4 import writes as to_json

CONFIG = Path(__file__).resolve().parents[2] / "nbgrader_config.py"
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
    """Return the lesson's source notebook: a widget, an exercise, a question of each type."""
    cells = [
        new_markdown_cell("# A small lesson", id="title"),
        new_code_cell("from course_utils import ask", id="imports"),
        new_code_cell(f'ask("{LESSON}/warm-up")', id="warm-up"),
        new_code_cell(SOLUTION, id="double", metadata=grader("double", solution=True)),
        new_code_cell(TEST, id="double-test", metadata=grader("double-test", 4)),
        new_code_cell(MORE, id="double-more", metadata=grader("double-more", 2)),
        quiz_cell("colour", 1),
        quiz_cell("pick", 2),
        quiz_cell("truth", 1),
        quiz_cell("blank", 1),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


@dataclass(frozen=True)
class Course:
    """A folder with the course's nbgrader_config.py, a source folder and banks of its own."""

    root: Path
    lesson: str = LESSON
    feedback: str = "practice"

    @property
    def source(self) -> Path:
        return self.root / "notebooks" / self.lesson

    @property
    def bank(self) -> Path:
        return self.root / "quizzes" / f"{self.lesson}.yaml"

    @property
    def released(self) -> Path:
        return self.root / "grading" / "release" / self.lesson

    def submitted(self, student: str) -> Path:
        return self.root / "grading" / "submitted" / student / self.lesson

    def page(self, student: str) -> str:
        """Return the feedback page of a student."""
        folder = self.root / "grading" / "feedback" / student / self.lesson
        return (folder / f"{self.lesson}.html").read_text()

    @property
    def gradebook(self) -> str:
        return f"sqlite:///{self.root / 'grading' / 'gradebook.db'}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "HITL_QUIZZES": str(self.root / "quizzes"),
            "HITL_GRADEBOOK": self.gradebook,
            "HITL_FEEDBACK": self.feedback,
            # Without the environment's own bin, as when nbgrader is started by its full path.
            "PATH": "/usr/bin:/bin",
        }

    def nbgrader(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a stock nbgrader command in the course's folder."""
        return self.python("-m", "nbgrader", *arguments)

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def must(self, *arguments: str) -> str:
        """Run a stock nbgrader command which has to succeed; return its log."""
        done = self.nbgrader(*arguments)
        assert done.returncode == 0, f"nbgrader {' '.join(arguments)} failed:\n{done.stderr}"
        return done.stderr

    def release(self) -> None:
        self.must("generate_assignment", self.lesson)


def small_course(root: Path, *, feedback: str = "practice", bank: str = BANK) -> Course:
    """Make a course of the small lesson in an empty folder."""
    course = Course(root, feedback=feedback)
    course.source.mkdir(parents=True)
    course.bank.parent.mkdir()
    shutil.copy(CONFIG, root)
    course.bank.write_text(bank)
    (course.source / f"{LESSON}.ipynb").write_text(to_json(small_lesson()))
    return course
