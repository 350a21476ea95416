"""What is done to a notebook whenever Formgrader or feedback makes a page of it."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from nbformat.v4 import new_markdown_cell
from nbgrader.preprocessors import NbGraderPreprocessor

from course_utils.grading.nbgrader.graded_folder import read_record
from course_utils.grading.reports.inert_notebook import make_inert
from course_utils.neighbours.nbgrader import Resources, escape_names, is_formgraders
from course_utils.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

    from course_utils.grading.marking.record import Record


class TellWhy(NbGraderPreprocessor):
    """Say first on Formgrader's page what a person has to look at, and why.

    A flag may hold evidence of how the tests work, so it stands in no graded notebook: a page for
    the student is made of that.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Put a cell with the flags and the notes of the grading before all others."""
        if is_formgraders(resources):
            record = read_record(Path(resources["metadata"]["path"]))
            if record and (record.flags or record.notes):
                told = "\n\n".join(_told(record))
                nb.cells.insert(0, new_markdown_cell(told, id="why"))  # type: ignore[no-untyped-call]  # half-typed
        return nb, resources


def _told(record: Record) -> Iterator[str]:
    """Yield blocks of HTML, in which nothing is left that Markdown would read."""
    if record.flags:
        yield "<h4>Grading asks you to look at this work</h4>"
    for flag in record.flags:
        where = f"<strong>{escape(flag.cell)}</strong>: " if flag.cell else ""
        yield f"<p>{where}{_in_a_line(flag.why)}</p>"
        if flag.evidence:
            yield f"<pre>{escape(printable(flag.evidence))}</pre>"
    for note in record.notes:
        yield f"<p>{_in_a_line(note)}</p>"


def _in_a_line(words: str) -> str:
    return escape(" ".join(printable(words).split()))


class MakeInert(NbGraderPreprocessor):
    """Show the text of a notebook, and of nothing else in it what could be markup.

    Grading has left it so. Code that was graded later may have written the file since.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Make one notebook inert."""
        make_inert(nb)
        escape_names(resources)
        return nb, resources


PAGE = [f"{__name__}.{step.__name__}" for step in (TellWhy, MakeInert)]
"""For `HTMLExporter.preprocessors`; they come before those of a command."""
