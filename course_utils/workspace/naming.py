"""Lessons and exercises as a learner names them on a command line: in short, by id or by number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.workspace.cells import grade_id, is_solution
from course_utils.workspace.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbformat import NotebookNode

_HEADING = re.compile(r"^#+ +(?:Exercise|Milestone) +(\d+)[ :.]*(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Named:
    """An exercise of a lesson.

    Attributes:
        number: in its heading.
        title: the rest of its heading.
        solutions: the `grade_id`s of its solution cells.
        tests: the `grade_id`s of its test cells.
    """

    number: int
    title: str
    solutions: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def words(self) -> str:
        """The exercise in a list, as `2 (pending): Every call that waits`."""
        title = f": {self.title}" if self.title else ""
        return f"{self.number} ({', '.join(self.solutions)}){title}"


def lesson_named(word: str, names: Iterable[str]) -> str:
    """Return the one lesson that a word means: its name, its number, or a part of its name.

    Args:
        word: as "01", "1", "interrupt_before" or "01_interrupt_before".
        names: the lessons that there are.

    Raises:
        WorkspaceError: if it means none or several; the lessons are listed.
    """
    known = sorted(names)
    bare = word.strip().rstrip("/").rpartition("/")[2].removesuffix(".ipynb").casefold()
    bare = bare.replace("-", "_").replace(" ", "_")
    number = bare.zfill(2) if bare.isdigit() else ""
    for fits in (
        lambda name: name.casefold() == bare,
        lambda name: bool(number) and name.startswith(f"{number}_"),
        lambda name: name[3:].casefold() == bare,
        lambda name: bool(bare) and not number and bare in name.casefold(),
    ):
        found = [name for name in known if fits(name)]
        if len(found) == 1:
            return found[0]
        if found:
            break
    means = "means several lessons" if found else "is no lesson"
    listed = "\n".join(f"  {name}" for name in found or known)
    raise WorkspaceError(f"{word!r} {means}. Name one of these:\n{listed}")


def exercises_of(cells: Sequence[NotebookNode]) -> list[Named]:
    """Return the exercises of a released lesson, in its order."""
    found: list[Named] = []
    for cell in cells:
        if cell.cell_type == "markdown":
            for number, title in _HEADING.findall(cell.source):
                found.append(Named(int(number), title.strip(), (), ()))
        elif found and is_solution(cell):
            last = found.pop()
            names = (*last.solutions, grade_id(cell))
            found.append(Named(last.number, last.title, names, last.tests))
        elif found and "exercise(" in cell.source and grade_id(cell):
            last = found.pop()
            names = (*last.tests, grade_id(cell))
            found.append(Named(last.number, last.title, last.solutions, names))
    return [exercise for exercise in found if exercise.solutions]


def exercise_named(word: str, lesson: str, exercises: Sequence[Named]) -> Named:
    """Return the exercise that a word means: its number, or the id of its cell.

    Raises:
        WorkspaceError: if it means none; the lesson's exercises are listed.
    """
    for exercise in exercises:
        if word == str(exercise.number) or word in exercise.solutions:
            return exercise
    if not exercises:
        raise WorkspaceError(f"{lesson} has no exercises.")
    listed = "\n".join(f"  {exercise.words}" for exercise in exercises)
    raise WorkspaceError(f"{lesson} has no exercise {word!r}. It has these:\n{listed}")
