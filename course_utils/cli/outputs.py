"""Refresh what a lesson printed, by running it."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import TYPE_CHECKING, Any

import nbformat
from nbclient import NotebookClient

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def refresh_outputs(notebook: Path) -> None:
    """Run a lesson on a copy, offline, and store what its cells printed.

    A live widget is stored as its static twin, since its model ends with the kernel. The file is
    written only when every cell has run, and in one step.

    Args:
        notebook: the lesson's notebook, in `notebooks/`.

    Raises:
        nbclient.exceptions.CellExecutionError: if a cell fails; the notebook is left as it was.
    """
    lesson = nbformat.read(notebook, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(notebook.parent, folder, dirs_exist_ok=True)
        NotebookClient(
            lesson, resources={"metadata": {"path": folder}}, store_widget_state=False
        ).execute(env={**os.environ, "HITL_MODEL": "offline"})
    # The kernel's own version would change with the machine.
    lesson.metadata.language_info = {"name": "python"}
    for cell in lesson.cells:
        _keep_what_lasts(cell)
    written = notebook.with_suffix(".tmp")
    nbformat.write(lesson, written)
    written.replace(notebook)


def _keep_what_lasts(cell: NotebookNode) -> None:
    cell.metadata.pop("execution", None)
    outputs: list[Any] = cell.get("outputs", [])
    for output in outputs:
        output.get("data", {}).pop(WIDGET_VIEW, None)
