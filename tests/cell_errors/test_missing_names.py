"""After a NameError, in a real IPython: which cell of the notebook is named, and when none is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils.cell_errors.extension import load_ipython_extension
from course_utils.cell_errors.missing_names import ALL_ABOVE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CELLS = {
    "names": "from course_utils import ask, chat_model as model\nlimit: int = 3",
    "early": "graph = 'an early one'",
    "graph": "%time x = 1\n@staticmethod\ndef paused():\n    inner = 1\ngraph = builder.compile()",
    "loop": "for name in 'ab':\n    with open('/dev/null') as file:\n        pass",
    "called": "def uses():\n    return later\n\nuses()",
    "broken": "graph = (",
    "card": "ApprovalCard(graph, paused('card'))",
    "late": "class later: pass",
}


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A saved notebook, whose kernel has just been started."""
    cells = [new_code_cell(source, id=name) for name, source in CELLS.items()]
    path = tmp_path / "lesson.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("graph = 1"), *cells]), path)
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    return path


@pytest.fixture
def shell(notebook: Path) -> Iterator[InteractiveShell]:
    made = InteractiveShell()
    load_ipython_extension(made)
    yield made
    made.history_manager.end_session()


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("ask('01/x')", "from course_utils import ask, chat_model as model"),
        ("model()", "from course_utils import ask, chat_model as model"),
        ("limit + 1", "limit: int = 3"),
        ("paused()", "def paused():"),
        ("print(graph)", "graph = builder.compile()"),
        ("name.upper()", "for name in 'ab':"),
        ("file.close()", "for name in 'ab':"),
    ],
)
def test_the_nearest_cell_above_that_makes_the_name_is_named_by_that_line(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], source: str, line: str
) -> None:
    shell.run_cell(source, cell_id="a cell that is not saved")
    said = capsys.readouterr().out.splitlines()[-1]
    assert said.endswith(
        f"is made in a cell above, in the line `{line}`. That cell has not run since the kernel "
        f"was started. Run that cell first, or all: {ALL_ABOVE}."
    ), f"{source} was followed by {said!r}"


def test_a_cell_looks_above_itself_first_and_then_below(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.run_cell("graph", cell_id="graph")
    assert "above, in the line `graph = 'an early one'`" in capsys.readouterr().out
    shell.run_cell(CELLS["called"], cell_id="called")
    said = capsys.readouterr().out
    assert "`later` is made in a cell below, in the line `class later: pass`." in said


def test_a_name_that_the_test_of_an_exercise_lacked_is_named_too(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.run_cell(
        "from course_utils import exercise\nwith exercise(1):\n    print(graph)", cell_id="card"
    )
    *told, said = capsys.readouterr().out.splitlines()
    assert "NameError: name 'graph' is not defined" in "\n".join(told)
    assert "above, in the line `graph = builder.compile()`" in said


@pytest.mark.parametrize(
    "source",
    ["inner", "1 / 0", "import json; json.loads('{')", "exec('ask', {})", "y = 1", "("],
)
def test_a_name_inside_another_error_and_a_success_are_followed_by_nothing(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], source: str
) -> None:
    shell.run_cell(source, cell_id="card")
    said = capsys.readouterr().out
    assert "is made in" not in said, f"{source} was followed by {said!r}"
    assert ALL_ABOVE not in said, f"{source} was followed by {said!r}"


def test_where_the_notebook_cannot_be_read_all_cells_above_are_named(
    shell: InteractiveShell, notebook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = f"If a cell above makes `graph`, run that cell first, or all: {ALL_ABOVE}."
    notebook.write_text("{")
    shell.run_cell("graph", cell_id="card")
    assert capsys.readouterr().out.splitlines()[-1] == expected
    notebook.unlink()
    shell.run_cell("graph", cell_id="card")
    assert capsys.readouterr().out.splitlines()[-1] == expected
