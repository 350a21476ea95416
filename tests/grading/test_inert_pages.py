"""What is made inert keeps what an honest student has: an image's size, colours, a named image."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course_utils.grading.reports.inert_html import inert_html, inert_markdown
from course_utils.grading.reports.inert_notebook import make_inert
from tests.support.hostile_page import hostile_notebook

IMAGE = {"image/png": "aGVsbG8=", "text/plain": "<Figure>"}


def inert(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    make_inert(notebook)
    nbformat.validate(notebook)
    return notebook


def inert_output(**parts: object) -> nbformat.NotebookNode | None:
    notebook = new_notebook(cells=[new_code_cell()])
    # Afterwards, because nbformat looks at what a new cell is given.
    notebook.cells[0].outputs = [nbformat.from_dict(parts)]
    made = inert(notebook).cells[0].outputs
    return made[0] if made else None


def test_any_notebook_becomes_one_that_nbformat_finds_valid() -> None:
    inert(hostile_notebook(valid=False))


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"image/png": {"width": 640, "height": 480}}, {"width": 640, "height": 480}),
        ({"width": 640}, {"width": 640}),
        ({"image/png": {"width": "1 onerror=x"}, "height": True}, None),
        ({"image/png": ["width"], "width": -1, "height": 10**9}, None),
        ("width", None),
    ],
)
def test_an_image_keeps_a_size_that_is_one(told: object, kept: object) -> None:
    output = inert_output(output_type="display_data", data=dict(IMAGE), metadata=told)
    assert output is not None
    assert output.data == IMAGE
    assert output.metadata == ({"image/png": kept} if kept else {})


def test_an_output_is_left_as_it_is_or_left_out() -> None:
    printed = new_output("stream", text="50% \x1b[31mred\x1b[0m")
    assert inert_output(**printed) == printed
    assert inert_output(output_type="stream", name=["?"], text=["a", "b"]).text == "ab"
    assert inert_output(output_type="error", ename=1, traceback="no").evalue == ""
    assert inert_output(output_type="update_display_data") is None


def test_text_that_no_file_can_hold_is_written_out() -> None:
    assert inert_output(output_type="stream", name="stdout", text="a\ud800b").text == "a\\ud800b"


def test_nbgraders_metadata_stays_and_no_other() -> None:
    data = {"schema_version": 3, "grade_id": "double-test", "grade": True, "solution": False}
    graded = {**data, "task": False, "locked": True, "points": 4, "cell_type": "code"}
    metadata = {"nbgrader": graded, "tags": ["remove-cell"], "alt": "words"}
    cell = inert(new_notebook(cells=[new_code_cell(metadata=metadata)])).cells[0]
    assert cell.metadata == {"nbgrader": graded}


def test_an_image_that_is_attached_is_named() -> None:
    page = inert_markdown("Look: ![my graph](attachment:graph.png)")
    assert page.strip() == "<p>Look: (image: my graph)</p>"


def test_classes_that_lay_out_stay_and_those_that_give_marks_go() -> None:
    assert 'class="k"' in inert_markdown("```python\nimport x\nwhile x: pass\n```")
    kept = '<div class="hitl-card hitl-h2"><table class="dataframe"></table></div>'
    assert inert_html(kept) == kept
    assert inert_html('<span class="btn full-credit">Read more</span>') == "<span>Read more</span>"


@pytest.mark.parametrize("kept", ["https://example.com/a", "mailto:a@example.com", "#Exercise-1"])
def test_a_link_that_leads_away_or_stays_on_the_page_is_kept(kept: str) -> None:
    assert inert_html(f'<a href="{kept}">a</a>') == f'<a href="{kept}">a</a>'


@pytest.mark.parametrize(
    "led",
    ["evil.html", "/formgrader/x", "//localhost/x", "http://localhost:8888/x", "data:text/html,x"],
)
def test_a_link_to_what_a_students_code_left_on_this_machine_leads_nowhere(led: str) -> None:
    assert inert_html(f'<a href="{led}">a</a>') == "<a>a</a>"
