"""What is done to a notebook whenever Formgrader or feedback makes a page of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbgrader.preprocessors import NbGraderPreprocessor

from course_utils.grading.reports.inert_notebook import make_inert
from course_utils.neighbours.nbgrader import Resources, escape_names

if TYPE_CHECKING:
    from nbformat import NotebookNode


class MakeInert(NbGraderPreprocessor):
    """Show the text of a notebook, and of nothing else in it what could be markup.

    Grading has left it so. Code that was graded later may have written the file since.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Make one notebook inert."""
        make_inert(nb)
        escape_names(resources)
        return nb, resources


PAGE = [f"{__name__}.{MakeInert.__name__}"]
"""For `HTMLExporter.preprocessors`; they come before those of a command."""
