"""Every output a lesson prints is what it prints today, and the check that says so can fail."""

import re
from pathlib import Path

import nbformat
import pytest

from tests.support.lesson import NOTEBOOKS, REFERENCE
from tests.support.nbval_runs import (
    check_only_the_models_words_differ,
    check_what_changed_is_found,
    copied,
    nbval,
)

every_notebook = pytest.mark.parametrize(
    "notebook", [*NOTEBOOKS, REFERENCE], ids=lambda path: path.stem
)
# `make soak` takes them all. These two ask the model for one call, and for several in one message.
TWO = [path for path in NOTEBOOKS if path.stem[:2] in {"01", "05"}]
two_lessons = pytest.mark.parametrize("notebook", TWO, ids=lambda path: path.stem)


@every_notebook
def test_every_stored_output_is_what_the_cell_prints_and_none_could_change_unseen(
    notebook: Path, tmp_path: Path
):
    run = nbval(copied(notebook, tmp_path), "-p", "tests.support.changed_outputs")
    assert run.returncode == 0, run.stdout
    cells = [c for c in nbformat.read(notebook, as_version=4).cells if c.cell_type == "code"]
    assert f"{len(cells)} passed" in run.stdout, f"{len(cells)} code cells: {run.stdout}"
    for kind in ("stream", "text/html"):
        assert f"changes of {kind} found" in run.stdout, f"no {kind} was changed: {run.stdout}"


@two_lessons
def test_through_the_real_chat_ollama_only_the_models_words_differ(notebook: Path, tmp_path: Path):
    check_only_the_models_words_differ(notebook, tmp_path)


@two_lessons
def test_a_changed_line_and_a_changed_question_fail_the_run(notebook: Path, tmp_path: Path):
    check_what_changed_is_found(notebook, tmp_path)


@every_notebook
def test_no_cell_is_exempt_from_the_comparison(notebook: Path):
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        words = [*cell.metadata.get("tags", []), *cell.source.splitlines()]
        told = [word for word in words if re.search("nbval|pytest_val", word, re.IGNORECASE)]
        assert told == [], f"{cell.id} tells nbval {told}"
        # nbval passes over a cell whose count is null, whatever its outputs say.
        assert cell.execution_count is not None, f"{cell.id} was stored without being run"


@every_notebook
def test_no_error_is_stored(notebook: Path):
    cells = nbformat.read(notebook, as_version=4).cells
    errors = [o for c in cells if c.cell_type == "code" for o in c.outputs if "ename" in o]
    assert errors == [], f"{notebook} stores errors as if they were what a lesson shows"
