"""The worked solution of an exercise, with its explanation, beside what the learner wrote.

It is read from the course's own lesson when it is asked for, so no release and no workspace holds
one. What the learner wrote is found as grading finds it: in a cell that was renamed, merged, split
or moved, too.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.exercises.kept import PROGRESS_FILE, SolutionShown, read_kept, record
from course_utils.exercises.outline import notebook_in
from course_utils.exercises.solution_button import why_withheld
from course_utils.exercises.standing import standing_of
from course_utils.grading.intake.cell_text import defined, is_untouched, plain
from course_utils.grading.intake.matching import match
from course_utils.grading.intake.pieces import Notebook
from course_utils.grading.intake.released import ReleasedCell, ReleasedLesson
from course_utils.grading.intake.solutions import choose
from course_utils.grading.intake.submitted import UnreadableError, read_cells
from course_utils.plain_files import PlainFileError, read_plain
from course_utils.quiz.released import QUESTIONS_FILE, read_released
from course_utils.workspace.cells import grade_id, is_solution
from course_utils.workspace.comparison import compared
from course_utils.workspace.errors import WorkspaceError
from course_utils.workspace.naming import Named, exercise_named, exercises_of
from course_utils.workspace.released import sources

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from nbformat import NotebookNode

    from course_utils.exercises.standing import Standing
    from course_utils.grading.intake.submitted import HandedCell
    from course_utils.workspace.comparison import Block

EXPLANATION = "explanation"
"""Where the metadata of an author's solution cell has its explanation; releases drop it."""

_MAX_NOTEBOOK = 100_000_000
_SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n.*?### END SOLUTION$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"^ *### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)
_START = r"\1# YOUR CODE HERE\n\1raise NotImplementedError()"
_TRIES = {
    0: "You have not tried this yet.",
    1: "You have tried this once.",
    2: "You have tried this twice.",
}
_NOTHING = "You have not written anything here yet."
_SAME = "Yours is the same as the worked solution."


@dataclass(frozen=True, slots=True)
class Part:
    """One solution cell: most exercises have one.

    Attributes:
        explanation: why the solution is as it is; empty where its author wrote none.
        blocks: the learner's code and the worked solution, compared.
        note: what is said of the comparison as a whole; mostly empty.
    """

    explanation: str
    blocks: tuple[Block, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A worked solution as it is shown.

    Attributes:
        title: the exercise, as its heading names it.
        parts: its solution cells.
        problems: what could not be read or kept, in sentences.
    """

    title: str
    parts: tuple[Part, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """An exercise whose worked solution a learner asks for, and may see.

    Attributes:
        folder: the learner's folder of the lesson.
        exercise: the exercise, as the course has it.
        standing: how the learner stands with it.
        cells: the course's lesson, with its solutions.
        handed: the learner's notebook.
        problems: what of it could not be read.
    """

    folder: Path
    exercise: Named
    standing: Standing
    cells: tuple[NotebookNode, ...]
    handed: tuple[HandedCell, ...]
    problems: tuple[str, ...]

    @property
    def question(self) -> str:
        """What to ask before the solution is shown; empty where nothing is asked any more."""
        stands = self.standing
        if stands.may_see:
            return ""
        said = _TRIES[stands.tries]
        if stands.tries == 0 and len(stands.left) < len(self.exercise.tests):
            said = f"Part {' and part '.join(map(str, stands.left))} has not passed yet."
        again = "Try it first" if stands.tries == 0 else "Try again"
        return f"{said} {again}, or see the worked solution anyway?"

    def show(self) -> Shown:
        """Return the worked solution beside the learner's, and keep that it was shown."""
        event = SolutionShown(exercise=self.exercise.number)
        not_kept = record(self.folder / PROGRESS_FILE, event)
        problems = [f"That you saw it is NOT kept: {not_kept}"] if not_kept else []
        title = self.exercise.title or self.exercise.solutions[0]
        return Shown(title, self._parts(), (*self.problems, *problems))

    def _parts(self) -> tuple[Part, ...]:
        lesson = ReleasedLesson("", tuple(map(_as_released, self.cells)))
        notebook = Notebook(lesson, self.handed, match(lesson, self.handed))
        return tuple(
            self._part(notebook, place)
            for place, cell in enumerate(self.cells)
            if is_solution(cell) and grade_id(cell) in self.exercise.solutions
        )

    def _part(self, notebook: Notebook, place: int) -> Part:
        cell = self.cells[place]
        yours = choose(notebook, place).text or ""
        if is_untouched(yours, notebook.released[place].source):
            yours = ""
        elif cell.cell_type == "code":
            others = [defined(one.source) for one in self.cells if is_solution(one)]
            yours = _without(yours, frozenset().union(*others) - defined(cell.source))
        blocks = compared(yours, _MARK.sub("", cell.source))
        note = _SAME if all(block.is_same for block in blocks) else ""
        explanation = str(cell.metadata.get(EXPLANATION, ""))
        return Part(explanation, blocks, note if yours.strip() else _NOTHING)


def asked_for(
    folder: Path, exercise: str, *, notebooks: Path, opened: bytes | None = None
) -> Asked:
    """Find an exercise whose worked solution a learner asks for.

    Args:
        folder: the learner's folder of the lesson.
        exercise: its number, or the id of its cell.
        notebooks: where the course keeps its lessons.
        opened: the notebook as it stands in the page; else the file counts, as it was saved.

    Raises:
        WorkspaceError: if there is none, or none may be shown; the message says why.
    """
    if why := why_withheld(folder, notebooks):
        raise WorkspaceError(why)
    source = _source(folder, notebooks)
    cells = _written(source)
    named = exercise_named(exercise, source.stem, exercises_of(cells))
    handed, problems = _handed(folder, opened)
    _check_edition(named, source.stem, cells, handed)
    parts = range(1, len(named.tests) + 1)
    standing = standing_of(named.number, parts, read_kept(folder / PROGRESS_FILE))
    return Asked(folder, named, standing, tuple(cells), handed, problems)


def _source(folder: Path, notebooks: Path) -> Path:
    """Return the notebook that a lesson's author wrote."""
    name = read_released(folder / QUESTIONS_FILE).lesson
    known = sources(notebooks)
    if name in known:
        return known[name]
    if any(lesson[3:] == name[3:] for lesson in known):
        raise WorkspaceError(
            f"{name} has another number in the course now. Run `hitl update` first."
        )
    raise WorkspaceError(f"The course has no lesson {name}, so it has no solution of it.")


def _written(source: Path) -> list[NotebookNode]:
    # Imported here: `hitl --help` and a kernel need not wait for it.
    import nbformat  # noqa: PLC0415

    try:
        cells: list[NotebookNode] = nbformat.read(source, 4).cells  # type: ignore[no-untyped-call]  # half-typed
    except (OSError, ValueError) as error:
        raise WorkspaceError(
            f"{source} cannot be read: {type(error).__name__}. Put the course's own file back."
        ) from error
    return cells


def _handed(folder: Path, opened: bytes | None) -> tuple[tuple[HandedCell, ...], tuple[str, ...]]:
    """Return the learner's cells, and what could not be read."""
    path = notebook_in(folder)
    try:
        if opened is None:
            opened = read_plain(path or folder / f"{folder.name}.ipynb", _MAX_NOTEBOOK)
        return read_cells(opened), ()
    except FileNotFoundError:
        why = "it is not there"
    except PlainFileError as error:
        why = error.reason
    except UnreadableError as error:
        why = f"it {error}"
    return (), (f"Your notebook cannot be read: {why}. So only the worked solution is here.",)


def _check_edition(
    named: Named, lesson: str, cells: Sequence[NotebookNode], handed: Sequence[HandedCell]
) -> None:
    """Refuse where a learner's exercise of this number is another one than the course's."""
    # A test may have been merged into one of these.
    solutions = {grade_id(cell) for cell in cells if is_solution(cell)}
    tests = re.compile(rf"\bexercise\(\s*{named.number}\b")
    theirs = {cell.grade_id for cell in handed if tests.search(cell.source)} - solutions - {""}
    if theirs and not theirs & set(named.tests):
        raise WorkspaceError(
            f"{lesson} is of another version of the course in your workspace, with another "
            f"exercise {named.number}. Run `hitl update` first."
        )


def _as_released(cell: NotebookNode) -> ReleasedCell:
    return ReleasedCell(
        cell.id,
        cell.cell_type,
        _SOLUTION.sub(_START, cell.source),
        cell.metadata.get("nbgrader", {}),
    )


def _without(text: str, names: frozenset[str]) -> str:
    """Leave out of a text what defines some names: other exercises, of cells that were merged."""
    if not names & defined(text):
        return text
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    lines = text.split("\n")
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name in names:
                first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                for number in range(first - 1, node.end_lineno or first):
                    lines[number] = ""
    return plain(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)))
