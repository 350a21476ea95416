"""Odd submissions of honest students: what one is, and how it is made from a perfect one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course_utils.quiz.attempts import ATTEMPTS_FILE
from course_utils.quiz.bank import load_bank
from tests.support.submissions import hand_in, right_answer, solutions, tried

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.course import Course

Cells = list[dict[str, Any]]
ODD: list[Odd] = []


@dataclass(frozen=True)
class Handed:
    """A perfect submission that is about to become an odd one.

    Attributes:
        folder: the student's folder for the lesson.
        lesson: the lesson.
    """

    folder: Path
    lesson: str

    @property
    def path(self) -> Path:
        """The notebook."""
        return self.folder / f"{self.lesson}.ipynb"

    @property
    def attempts(self) -> Path:
        """The answers."""
        return self.folder / ATTEMPTS_FILE

    def notebook(self) -> Any:
        """The notebook, as JSON, with each cell's text in one piece."""
        notebook = json.loads(self.path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
        return notebook

    def write(self, notebook: Any) -> None:
        """Write the notebook."""
        self.path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")


@dataclass(frozen=True)
class Odd:
    """One odd shape.

    Attributes:
        name: the student's, which says what is odd.
        make: changes a perfect submission.
    """

    name: str
    make: Callable[[Handed], None]


def hand_in_perfect(course: Course, student: str) -> Handed:
    """Hand in all right answers."""
    questions = [q for q in load_bank(course.bank).questions if q.points]
    right = [tried(question, right_answer(question)) for question in questions]
    hand_in(course, student, solutions(course), right)
    return Handed(course.submitted(student), course.lesson)


def odd(make: Callable[[Handed], None]) -> Callable[[Handed], None]:
    ODD.append(Odd(make.__name__.replace("_", "-"), make))
    return make


def odd_cells(change: Callable[[Cells], None]) -> Callable[[Cells], None]:
    """Take a function that changes the cells of a notebook in their list."""

    def make(handed: Handed) -> None:
        notebook = handed.notebook()
        change(notebook["cells"])
        handed.write(notebook)

    ODD.append(Odd(change.__name__.replace("_", "-"), make))
    return change


def at(cells: Cells, name: str) -> int:
    """Return where the graded cell of a name is."""
    names = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in cells]
    return names.index(name)


def code(source: str) -> dict[str, Any]:
    made = {"cell_type": "code", "id": f"own{abs(hash(source)) % 10**6}", "metadata": {}}
    return {**made, "execution_count": None, "outputs": [], "source": source}
