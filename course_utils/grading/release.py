"""What leaves the house: a lesson checked against its bank and stripped of what is not shown."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from course_utils.quiz.bank import load_bank
from course_utils.quiz.released import QUESTIONS_FILE, QuestionsFileError, read_released

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nbformat import NotebookNode

    from course_utils.quiz.bank import Bank
    from course_utils.quiz.questions import Question
    from course_utils.settings import Feedback

QUIZ_PREFIX = "quiz-"
"""A quiz cell's `grade_id` is this and the question's id: `quiz-parameter`."""

_NOTEBOOK_METADATA = {"kernelspec", "language_info"}
_CELL_METADATA = {"nbgrader", "tags", "deletable", "editable"}


class ReleaseError(ValueError):
    """A lesson cannot be released; the message names the notebook, the cell and the fix."""


@dataclass(frozen=True, slots=True)
class _QuizCell:
    """A quiz cell as the notebook has it: the id in its `grade_id`, its points, what it asks."""

    id: str
    points: Decimal
    plain: bool
    asks: list[str]

    @property
    def name(self) -> str:
        return QUIZ_PREFIX + self.id


def is_lesson(notebook: Path) -> bool:
    """Tell whether a notebook is a lesson's: it bears the name of its folder."""
    return notebook.stem == notebook.parent.name


def lesson_bank(lesson: str, quizzes: Path) -> Bank | None:
    """Return the bank of a lesson, or None for a lesson without a quiz.

    Raises:
        BankError: if the bank has a mistake in it.
    """
    path = quizzes / f"{lesson}.yaml"
    return load_bank(path) if path.exists() else None


def check_quiz(notebook: NotebookNode, lesson: str, bank: Bank | None, path: Path) -> None:
    """Check that a lesson and its bank belong together.

    Every question that scores has one quiz cell with its points, every quiz cell asks the question
    it is named after, and whatever else is asked exists.

    Args:
        notebook: the lesson, as its author wrote it.
        lesson: the lesson's name.
        bank: its questions; None when it has no bank.
        path: the notebook's file, to name it in the message.

    Raises:
        ReleaseError: if they do not; one line for each problem.
    """
    questions = {question.id: question for question in bank.questions} if bank else {}
    cells = list(_quiz_cells(notebook))
    problems = [
        *_unknown_asks(notebook, lesson, questions),
        *_question_problems(questions, Counter(cell.id for cell in cells)),
        *(line for cell in cells for line in _cell_problems(cell, lesson, questions)),
    ]
    if problems:
        raise ReleaseError("\n".join(f"{path}: {problem}" for problem in problems))


def check_mode(folder: Path, feedback: Feedback) -> None:
    """Check that a new release would not give away the key of the one before.

    Args:
        folder: where the lesson is released; it need not be there yet.
        feedback: the mode of the new release.

    Raises:
        ReleaseError: if it would, or if the mode of the one before cannot be read.
    """
    path = folder / QUESTIONS_FILE
    if feedback == "deferred" or not path.exists():
        return
    try:
        was = read_released(path).mode
    except QuestionsFileError:
        was = "deferred"
    if was == "deferred":
        raise ReleaseError(
            f"{folder} was released as deferred, without the key, and now it would be released as "
            "practice, with it. Set HITL_FEEDBACK=deferred in .env; or, if the key may be seen "
            f"now, remove {folder} first."
        )


def strip_metadata(notebook: NotebookNode) -> None:
    """Keep only the metadata a release needs; editors and widgets leave much else."""
    _keep(notebook.metadata, _NOTEBOOK_METADATA)
    for cell in notebook.cells:
        _keep(cell.metadata, _CELL_METADATA)


def _keep(metadata: NotebookNode, names: set[str]) -> None:
    for name in set(metadata) - names:
        del metadata[name]


def _quiz_cells(notebook: NotebookNode) -> Iterator[_QuizCell]:
    for cell in notebook.cells:
        graded = cell.metadata.get("nbgrader", {})
        name = graded.get("grade_id", "")
        if name.startswith(QUIZ_PREFIX):
            plain = cell.cell_type == "code" and graded.get("grade") and not graded.get("solution")
            points = Decimal(str(graded.get("points", 0)))
            yield _QuizCell(name.removeprefix(QUIZ_PREFIX), points, bool(plain), list(_asked(cell)))


def _unknown_asks(
    notebook: NotebookNode, lesson: str, questions: dict[str, Question]
) -> Iterator[str]:
    known = {f"{lesson}/{name}" for name in questions}
    for cell in notebook.cells:
        for key in _asked(cell):
            if key not in known:
                yield (
                    f"cell {cell.get('id', '?')!r}: it asks {key!r}, which is not in the bank of "
                    f"{lesson}; correct the id, or add the question."
                )


def _question_problems(questions: dict[str, Question], cells: Counter[str]) -> Iterator[str]:
    for question in questions.values():
        scores = question.points > 0 and not question.withdrawn
        if scores and not cells[question.id]:
            yield (
                f"question {question.id!r} scores and has no quiz cell; add a cell whose grade_id "
                f"is {QUIZ_PREFIX + question.id!r}, or give the question 0 points."
            )
        if cells[question.id] > 1:
            yield (
                f"cell {QUIZ_PREFIX + question.id!r}: there are {cells[question.id]} cells with "
                "this grade_id; keep one."
            )


def _cell_problems(cell: _QuizCell, lesson: str, questions: dict[str, Question]) -> Iterator[str]:
    where = f"cell {cell.name!r}:"
    question = questions.get(cell.id)
    if question is None:
        yield f"{where} the bank has no question {cell.id!r}; add it, or remove the cell."
        return
    if not cell.plain:
        yield f'{where} make it a code cell with "grade": true and "solution": false.'
    if cell.points != question.points:
        yield (
            f"{where} it is worth {cell.points} and its question {question.points} points; "
            "make the two the same."
        )
    if cell.asks != [f"{lesson}/{cell.id}"]:
        yield f'{where} it must hold ask("{lesson}/{cell.id}") and no other ask.'


def _asked(cell: NotebookNode) -> Iterator[str]:
    """Find what a cell asks; `ask(...)` in a comment or a string does not count."""
    if cell.cell_type != "code" or "ask(" not in cell.source:
        return
    try:
        tree = ast.parse(cell.source)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="ask"), args=[ast.Constant(value=str(key))]):
                yield key
