"""Every output a lesson prints is what it prints today, and the check that says so can fail."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from lessons.lesson import NOTEBOOKS

from course_utils.settings import COURSE_ROOT


def nbval(notebook: Path) -> subprocess.CompletedProcess[str]:
    """Run nbval, strict, on a notebook in its own folder."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env"),
            *("-p", "no:cacheprovider", "-p", "no:xdist", "--rootdir=.", "-q", notebook.name),
        ],
        cwd=notebook.parent,
        # A copied notebook has no `questions.json`: its questions come from the bank.
        env={**os.environ, "HITL_QUIZZES": str(COURSE_ROOT / "quizzes")},
        capture_output=True,
        text=True,
        check=False,
    )


def copied(notebook: Path, folder: Path) -> Path:
    """Copy a lesson's notebook, so that running it leaves nothing behind in `notebooks/`."""
    copy = folder / notebook.name
    copy.write_bytes(notebook.read_bytes())
    return copy


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_stored_output_is_what_the_cell_prints(notebook: Path, tmp_path: Path):
    run = nbval(copied(notebook, tmp_path))
    assert run.returncode == 0, run.stdout
    cells = [c for c in nbformat.read(notebook, as_version=4).cells if c.cell_type == "code"]
    assert f"{len(cells)} passed" in run.stdout, f"{len(cells)} code cells: {run.stdout}"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_one_changed_output_is_found(notebook: Path, tmp_path: Path):
    copy = copied(notebook, tmp_path)
    lesson = nbformat.read(copy, as_version=4)
    outputs = [o for c in lesson.cells if c.cell_type == "code" for o in c.outputs]
    printed = [output for output in outputs if output.output_type == "stream"]
    printed[-1].text += "and one word more\n"
    nbformat.write(lesson, copy)
    run = nbval(copy)
    assert run.returncode == 1, run.stdout
    assert "1 failed" in run.stdout, run.stdout


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_only_cards_and_questions_are_exempt_from_the_comparison(notebook: Path):
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        exempt = "nbval-ignore-output" in cell.metadata.get("tags", [])
        shows_widget = cell.source.splitlines()[-1].startswith(
            ("ask(", "display(ask(", "ApprovalCard(")
        )
        assert exempt == shows_widget, f"{cell.id}: exempt {exempt}, shows a widget {shows_widget}"
        # nbval passes over a cell whose count is null, whatever its outputs say.
        assert cell.execution_count is not None, f"{cell.id} was stored without being run"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_error_is_stored(notebook: Path):
    cells = nbformat.read(notebook, as_version=4).cells
    errors = [o for c in cells if c.cell_type == "code" for o in c.outputs if "ename" in o]
    assert errors == [], f"{notebook} stores errors as if they were what a lesson shows"
