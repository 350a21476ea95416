"""What the course releases now, lesson by lesson, as a workspace gets it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.quiz.released import QUESTIONS_FILE, released_questions

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Release:
    """A lesson as it is released for learning alone.

    Attributes:
        name: the lesson's name.
        notebook: the text of its notebook.
        questions: its `questions.json` in practice mode; None for a lesson without a quiz.
        source: the digest of what it was made from.
    """

    name: str
    notebook: str
    questions: bytes | None
    source: str

    @property
    def files(self) -> dict[str, bytes]:
        """The content of its files by their names."""
        content = {f"{self.name}.ipynb": self.notebook.encode()}
        if self.questions is not None:
            content[QUESTIONS_FILE] = self.questions
        return content


def sources(notebooks: Path) -> dict[str, Path]:
    """Return the notebook that each lesson is released from, in the order of the lessons."""
    found = ((folder.name, folder / f"{folder.name}.ipynb") for folder in notebooks.iterdir())
    return dict(sorted((name, path) for name, path in found if path.exists()))


def source_digest(source: Path, quizzes: Path) -> str:
    """Return a digest of what a lesson is released from: its cells' text and its bank.

    It costs a few milliseconds, where a release costs seconds. Stored outputs do not count.
    """
    cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
    texts = [[cell.get("id", ""), "".join(cell["source"])] for cell in cells]
    found = hashlib.sha256(json.dumps(texts).encode())
    bank = quizzes / f"{source.stem}.yaml"
    found.update(bank.read_bytes() if bank.exists() else b"")
    return found.hexdigest()[:16]


def release_of(source: Path, quizzes: Path) -> Release:
    """Release a lesson.

    Args:
        source: its notebook, as its author wrote it.
        quizzes: the folder of banks.

    Raises:
        ReleaseError: if the lesson does not fit its bank.
        BankError: if the bank has a mistake in it.
    """
    # nbgrader takes two seconds to import, and most starts of the lab find nothing missing.
    import nbformat  # noqa: PLC0415

    from course_utils.grading.nbgrader.release_steps import release_text  # noqa: PLC0415
    from course_utils.grading.release import check_quiz, lesson_bank  # noqa: PLC0415

    bank = lesson_bank(source.stem, quizzes)
    notebook = nbformat.read(source, 4)  # type: ignore[no-untyped-call]  # half-typed
    check_quiz(notebook, source.stem, bank, source)
    questions = released_questions(bank, "practice") if bank else None
    return Release(source.stem, release_text(notebook), questions, source_digest(source, quizzes))
