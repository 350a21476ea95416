"""The steps from a lesson's source to its release, as nbgrader preprocessors."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

import nbformat
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
    NbGraderPreprocessor,
    SaveCells,
)

from course_utils.grading.release import strip_metadata
from course_utils.neighbours.nbgrader import (
    Resources,
    course_of,
    exporter_of,
    notebook_names,
    put_beside,
)
from course_utils.quiz import released
from course_utils.settings import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbformat import NotebookNode


class StripMetadata(NbGraderPreprocessor):
    """Take out what editors, widgets and earlier runs left in the metadata."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Strip one notebook."""
        strip_metadata(nb)
        return nb, resources


class ReleaseFiles(NbGraderPreprocessor):
    """Put `questions.json` beside the notebook, and let nothing else stay there.

    A lesson is one notebook, so of what nbgrader copied from the source folder nothing belongs to
    it: attempts, journals, checkpoints and drafts of whoever wrote it.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Empty the release folder, which gets the notebook next, and add the questions."""
        lesson, exporter = notebook_names(resources).assignment, exporter_of(self)
        course = course_of(exporter)
        _empty(Path(course.format_path(course.release_directory, ".", lesson)))
        bank, mode = exporter.bank, settings().feedback
        if bank:
            content = released.released_questions(bank, mode)
            put_beside(resources, {released.QUESTIONS_FILE: content})
            holds = "contains the key" if mode == "practice" else "no key"
            self.log.warning("%s is released as %s: %s.", lesson, mode, holds)
        return nb, resources


_BEFORE_SAVING = [LockCells, ClearSolutions, ClearOutput, StripMetadata]
# The gradebook keeps the hidden tests, and the release a checksum without them.
_AFTER_SAVING = [ClearHiddenTests, ClearMarkScheme, ComputeChecksums, CheckCellMetadata]

_SAVED = [*_BEFORE_SAVING, CheckCellMetadata, ComputeChecksums]

RELEASE = [
    *_SAVED,
    SaveCells,
    *_AFTER_SAVING,
    ReleaseFiles,
]
"""What `nbgrader generate_assignment` does to a lesson."""


def kept_of(notebook: NotebookNode) -> NotebookNode:
    """Return a lesson's notebook as the gradebook keeps it: with its hidden tests and checksums.

    Raises:
        RuntimeError: if the markers of solutions do not match.
    """
    return _through(_SAVED, notebook)


def release_text(notebook: NotebookNode) -> str:
    """Return a lesson's notebook as it is released, without a gradebook.

    Raises:
        RuntimeError: if the markers of solutions or hidden tests do not match.
    """
    released = _through([*_BEFORE_SAVING, *_AFTER_SAVING], notebook)
    text = nbformat.writes(released)  # type: ignore[no-untyped-call]  # half-typed
    return f"{text.rstrip()}\n"


def _through(steps: Sequence[type[NbGraderPreprocessor]], notebook: NotebookNode) -> NotebookNode:
    """Take a copy of a notebook through some steps."""
    resources: Resources = {}
    notebook = deepcopy(notebook)
    for step in steps:
        notebook, resources = step()(notebook, resources)
    return notebook


def _empty(folder: Path) -> None:
    for entry in folder.iterdir() if folder.exists() else ():
        if entry.is_dir() and not entry.is_symlink():
            rmtree(entry)
        else:
            entry.unlink()
