"""The page of a checked lesson: the one that an instructor would give back for the same files."""

from __future__ import annotations

import os
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING

from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.utils import compute_checksum
from traitlets.config import Config

from course_utils.grading.engine.notebook import named_cells
from course_utils.grading.nbgrader.feedback_steps import HideMarkScheme, HideTests
from course_utils.grading.release import QUIZ_PREFIX
from course_utils.grading.reports.inert_html import FILTERS
from course_utils.grading.reports.pages import TEMPLATES
from course_utils.grading.reports.quiz_feedback import feedback_html
from course_utils.neighbours.nbgrader import page_styles, page_templates

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

    from course_utils.grading.own_work.checking import Checked, OwnLesson

PAGE_FILE = "check.html"
"""It lies beside the learner's notebook, and no reading of a submission takes it for work."""


def page_of(checked: Checked) -> str:
    """Return the page of a checked lesson, as HTML that runs nothing and loads nothing.

    Hidden tests are not in it, nor is the right answer to a question that has tries left.
    """
    own, record = checked.own, checked.graded.record
    notebook = deepcopy(checked.graded.notebook)
    _hide_open_answers(notebook, own)
    _put_marks(notebook, checked)
    for step in (HideTests, HideMarkScheme):
        notebook, _ = step().preprocess(notebook, {})
    told = {
        "notebook": own.lesson.name,
        "score": sum(mark.points for mark in record.marks),
        "max_score": sum(cell.points for cell in own.scored),
        "late_penalty": 0,
    }
    html, _ = _exporter().from_notebook_node(notebook, {"nbgrader": told})
    return str(html)


def write_page(folder: Path, html: str) -> Path:
    """Write the page of a lesson into the learner's folder, whole or not at all.

    Returns:
        Its file.

    Raises:
        OSError: if it cannot be written.
    """
    path = folder / PAGE_FILE
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(html, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path


@cache
def _exporter() -> HTMLExporter:
    """Return what `nbgrader generate_feedback` makes a page with, as the course configures it.

    It reads its templates once.
    """
    config = Config()
    config.Exporter.default_preprocessors = []
    config.HTMLExporter.template_name = "feedback"
    config.HTMLExporter.sanitize_html = True
    config.HTMLExporter.filters = FILTERS
    config.HTMLExporter.extra_template_basedirs = page_templates(TEMPLATES)
    config.HTMLExporter.extra_template_paths = page_styles()
    exporter = HTMLExporter(config=config)  # type: ignore[no-untyped-call]  # half-typed
    exporter.register_preprocessor(CSSHTMLHeaderPreprocessor, enabled=True)  # type: ignore[no-untyped-call]  # half-typed
    return exporter


def _hide_open_answers(notebook: NotebookNode, own: OwnLesson) -> None:
    quiz, cells = own.submission.quiz, named_cells(notebook)
    for name in own.still_open:
        cell = cells.get(f"{QUIZ_PREFIX}{name}")
        question = own.bank.question(name) if own.bank else None
        if cell is None or quiz is None or question is None:
            continue
        shown = feedback_html(question, quiz.scores[name], quiz.note, still_open=True)
        for output in cell.outputs:
            output.data["text/html"] = shown


def _put_marks(notebook: NotebookNode, checked: Checked) -> None:
    """Put into each cell what nbgrader's page shows of it, which it takes from a gradebook."""
    marks = {mark.cell: mark.points for mark in checked.graded.record.marks}
    worth = {cell.name: cell.points for cell in checked.own.lesson.cells}
    for name, cell in named_cells(notebook).items():
        if checked.own.deferred and name.startswith(QUIZ_PREFIX):
            del cell.metadata["nbgrader"]  # it has no score, and not one of 0
            continue
        data = cell.metadata.nbgrader
        if data.grade or data.task:
            data.score, data.points = marks.get(name, 0.0), worth[name]
        if data.solution or data.task:
            untouched = not data.task and data.checksum == compute_checksum(cell)
            data.comment = "No response." if untouched else None
