"""The files of one lesson in a workspace, as a learner has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import nbformat

from course_utils.exercises.kept import PROGRESS_FILE
from course_utils.quiz.attempts import ATTEMPTS_FILE
from course_utils.quiz.released import QUESTIONS_FILE, parse_released
from course_utils.workspace.errors import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

    from course_utils.workspace.changes import Changes


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson in a workspace: the content of its files, None for a file that is not there."""

    folder: Path
    notebook: bytes | None
    questions: bytes | None
    attempts: bytes | None
    progress: bytes | None

    @property
    def files(self) -> dict[str, bytes]:
        """The files that are there, by their names."""
        found = {
            f"{self.folder.name}.ipynb": self.notebook,
            QUESTIONS_FILE: self.questions,
            ATTEMPTS_FILE: self.attempts,
            PROGRESS_FILE: self.progress,
        }
        return {name: content for name, content in found.items() if content is not None}

    @property
    def has_records(self) -> bool:
        """Whether it has attempts or passed exercises."""
        return bool(self.attempts or self.progress)

    @property
    def is_deferred(self) -> bool:
        """Whether its questions came from an instructor, without the key."""
        try:
            return self.questions is not None and parse_released(self.questions).mode == "deferred"
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return False


def read_lesson(changes: Changes, folder: Path) -> Lesson:
    """Read a lesson that is going to be changed.

    Args:
        changes: what is going to become of the workspace.
        folder: the lesson's; it need not be there.
    """
    names = (f"{folder.name}.ipynb", QUESTIONS_FILE, ATTEMPTS_FILE, PROGRESS_FILE)
    return Lesson(folder, *(changes.read(folder / name) for name in names))


def parsed(content: bytes, path: Path) -> NotebookNode:
    """Return a learner's notebook.

    Raises:
        WorkspaceError: if it is none, or a damaged one.
    """
    try:
        notebook: NotebookNode = nbformat.reads(content.decode(), 4)  # type: ignore[no-untyped-call]  # half-typed
        # Each cell is looked at in these ways later.
        for cell in notebook.cells:
            _ = cell.id, cell.source + "", cell.cell_type, cell.metadata.get("nbgrader", {}).get("")
    except Exception as error:  # a damaged notebook fails in many ways
        raise WorkspaceError(
            f"{path} cannot be read as a notebook. `hitl reset {path.stem}` keeps it in kept/ and "
            "puts a fresh copy in its place."
        ) from error
    return notebook


def written(notebook: NotebookNode) -> bytes:
    """Return the content of a notebook's file."""
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]  # half-typed
    return f"{text.rstrip()}\n".encode()
