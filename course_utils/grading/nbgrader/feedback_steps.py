"""The steps from a graded submission to the page a student gets, as nbgrader preprocessors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, GetGrades

from course_utils.neighbours.nbgrader import Resources, remove_hidden_tests, remove_mark_scheme

if TYPE_CHECKING:
    from nbformat import NotebookNode


class HideTests(ClearHiddenTests):
    """Show what a test cell said, and of the hidden tests nothing else."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, _index: int
    ) -> tuple[NotebookNode, Resources]:
        """Take the hidden tests out of one test cell, and out of its tracebacks."""
        graded = cell.metadata.get("nbgrader", {})
        if graded.get("grade") and not graded.get("solution"):
            remove_hidden_tests(self, cell)
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [f"{output.ename}: {output.evalue}"]
        return cell, resources


class HideMarkScheme(ClearMarkScheme):
    """Show a task that a person grades, and not the marking scheme in its cell."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, _index: int
    ) -> tuple[NotebookNode, Resources]:
        """Take the marking scheme out of one task; its markers in a student's text mean nothing."""
        if cell.metadata.get("nbgrader", {}).get("task"):
            remove_mark_scheme(self, cell)
        return cell, resources


FEEDBACK = [GetGrades, HideTests, HideMarkScheme, CSSHTMLHeaderPreprocessor]
"""What `nbgrader generate_feedback` does to a graded submission."""
