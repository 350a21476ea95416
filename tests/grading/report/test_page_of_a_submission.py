"""Formgrader's page of a submission says why it waits; the student's page does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook, writes
from traitlets.config import Config

from course_utils.grading.marking.record import RECORD_FILE, Flag, Record
from course_utils.grading.nbgrader.page_steps import PAGE
from course_utils.grading.reports.inert_html import FILTERS
from tests.support.small_course import LESSON

if TYPE_CHECKING:
    from pathlib import Path

WHY = "The test passed, and the answer does what no answer needs."
EVIDENCE = "line 2: </pre><script>x</script>\n\nline 5: **sys** $a$"
NOTE = "The notebook was found as <b>.ipynb."


def page_of(folder: Path, **told: str) -> str:
    """Make a page as nbgrader does, of a graded submission with a flag and a note."""
    folder.mkdir()
    flag = Flag(cell="double-test", why=WHY, evidence=EVIDENCE)
    record = Record(
        lesson=LESSON,
        student="ann",
        status="waits",
        digest="d",
        jailed=True,
        marks=(),
        flags=(flag,),
        notes=(NOTE,),
        quiz=(),
    )
    (folder / RECORD_FILE).write_text(record.model_dump_json())
    path = folder / f"{folder.name}.ipynb"
    path.write_text(writes(new_notebook(cells=[new_markdown_cell("the first cell")])))
    settings = Config()
    settings.HTMLExporter.preprocessors = PAGE
    settings.HTMLExporter.filters = FILTERS
    page, _ = HTMLExporter(config=settings).from_filename(str(path), resources=dict(told))
    return str(page)


def test_formgrader_says_first_what_a_person_has_to_look_at_and_shows_the_evidence_as_text(
    tmp_path: Path,
) -> None:
    page = page_of(tmp_path / LESSON, submission_id="1")
    assert page.index(WHY) < page.index("the first cell")
    assert "<strong>double-test</strong>" in page
    shown = page[page.index("line 2: ") :]
    assert shown.startswith(
        "line 2: &lt;/pre&gt;&lt;script&gt;x&lt;/script&gt;\n\nline 5: **sys** $a$"
    )
    assert NOTE.replace("<b>", "&lt;b&gt;") in page


def test_the_students_page_says_nothing_of_flags(tmp_path: Path) -> None:
    page = page_of(tmp_path / LESSON)
    assert "the first cell" in page
    assert not [words for words in (WHY, "line 2: ", "was found as") if words in page]
