"""The steps from a graded submission to the page a student gets, as nbgrader preprocessors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, GetGrades

from course_utils.grading.reports.hidden_checks import told_of_a_test
from course_utils.neighbours.nbgrader import Resources, remove_hidden_tests, remove_mark_scheme

if TYPE_CHECKING:
    from nbformat import NotebookNode


class HideTests(ClearHiddenTests):
    """Show what a test cell said of its visible checks, and of the hidden ones a hint."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, _index: int
    ) -> tuple[NotebookNode, Resources]:
        """Take the hidden tests out of one test cell, and out of what it said."""
        graded = cell.metadata.get("nbgrader", {})
        if graded.get("grade") and not graded.get("solution"):
            whole = cell.source
            remove_hidden_tests(self, cell)
            hidden = _without(whole, cell.source)
            cell.outputs = [output for output in cell.outputs if _told(output, cell.source, hidden)]
        return cell, resources


def _without(whole: str, visible: str) -> str:
    """Return the lines of a cell that are not visible."""
    kept = iter([*visible.split("\n"), None])
    following, lines = next(kept), []
    for line in whole.split("\n"):
        if line == following:
            following = next(kept)
        else:
            lines.append(line)
    return "\n".join(lines)


def _told(output: NotebookNode, visible: str, hidden: str) -> bool:
    """Leave in one output what may be told; say whether anything is left."""
    if output.output_type == "error":
        kind = "" if output.ename.startswith("Exercise") else f"{output.ename}: "
        words = told_of_a_test(f"{kind}{output.evalue}", visible, hidden)
        output.traceback = words.split("\n")
        return True
    if not hidden:
        return True
    # Anything else than words of a test may show what a hidden check called.
    if output.output_type != "stream":
        return False
    output.text = told_of_a_test(output.text, visible, hidden)
    return bool(output.text)


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
