"""`hitl outputs`: a lesson run again, and what it printed stored with it."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import TYPE_CHECKING, Annotated

import typer

from course_utils.cli.course import CourseFolder, use_course
from course_utils.places import source_of
from course_utils.settings import settings

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def outputs(
    lesson: Annotated[str, typer.Argument(help="The lesson's folder, as 01_interrupt_before.")],
    folder: CourseFolder = None,
) -> None:
    """Run a lesson's source offline and store what its cells printed. For maintainers."""
    use_course(folder)
    notebook = source_of(lesson)
    if not notebook.exists():
        typer.echo(f"{notebook} is not there: name a folder of {notebook.parents[1]}.", err=True)
        raise typer.Exit(1)
    try:
        refresh_outputs(notebook)
    except RuntimeError as error:
        typer.echo(f"{error}. Nothing was stored.", err=True)
        raise typer.Exit(1) from None


def refresh_outputs(notebook: Path) -> None:
    """Run a lesson on a copy, offline, and store what its cells printed.

    A live widget is stored as its static twin, since its model ends with the kernel. The file is
    written only when every cell has run, and in one step.

    Args:
        notebook: the lesson's notebook, in `notebooks/`.

    Raises:
        RuntimeError: if a cell fails; the notebook is left as it was.
    """
    # Imported here, as they take most of a second that `hitl lab` need not wait.
    import nbformat  # noqa: PLC0415
    from nbclient import NotebookClient  # noqa: PLC0415

    lesson = nbformat.read(notebook, 4)  # type: ignore[no-untyped-call]  # half-typed
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(notebook.parent, folder, dirs_exist_ok=True)
        # The copy has no `questions.json`: its questions come from the bank.
        variables = {"HITL_MODEL": "offline", "HITL_QUIZZES": str(settings().quizzes.resolve())}
        NotebookClient(
            lesson,
            resources={"metadata": {"path": folder}},
            store_widget_state=False,
            coalesce_streams=True,
        ).execute(env={**os.environ, **variables})
    for cell in lesson.cells:
        _refuse_errors(notebook, cell)
        _keep_what_lasts(cell)
    # The kernel's own version would change with the machine.
    lesson.metadata.language_info = {"name": "python"}
    written = notebook.with_suffix(".tmp")
    nbformat.write(lesson, written)  # type: ignore[no-untyped-call]  # half-typed
    written.replace(notebook)


def _refuse_errors(notebook: Path, cell: NotebookNode) -> None:
    # A learner's Run All goes on past an exercise; here its solution has to pass.
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            raise RuntimeError(f"{notebook}: cell {cell.id}: {output.ename}: {output.evalue}")


def _keep_what_lasts(cell: NotebookNode) -> None:
    cell.metadata.pop("execution", None)
    for output in cell.get("outputs", []):
        output.get("data", {}).pop(WIDGET_VIEW, None)
