"""A learner's lesson and its kernel, as `hitl lab` starts it: cells run by their ids."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Self

import nbformat
from jupyter_client.manager import KernelManager

from course_utils.cli.kernels import CourseKernels
from course_utils.places import COURSE_ROOT, WORKSPACE_MARK
from course_utils.quiz.bank import load_bank
from course_utils.quiz.released import QUESTIONS_FILE, released_questions
from course_utils.workspace.released import source_digest
from course_utils.workspace.remembered import (
    as_remembered,
    derived,
    read_remembered,
)
from tests.support import forked
from tests.support.lesson import SOLUTION, STUB
from tests.support.running_lab import learners_environment

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 60
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def lesson_in(workspace: Path, name: str) -> Path:
    """Put a lesson into a workspace, as `hitl lab` does, only quicker; return its notebook."""
    folder = workspace / name
    folder.mkdir(parents=True)
    notebook = nbformat.read(COURSE_ROOT / "notebooks" / name / f"{name}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = SOLUTION.sub(STUB, cell.source)
    nbformat.write(notebook, folder / f"{name}.ipynb")
    quizzes = COURSE_ROOT / "quizzes"
    bank = load_bank(quizzes / f"{name}.yaml")
    (folder / QUESTIONS_FILE).write_bytes(released_questions(bank, "practice"))
    source = COURSE_ROOT / "notebooks" / name / f"{name}.ipynb"
    known = read_remembered(workspace)
    known[name] = derived(source_digest(source, quizzes), nbformat.writes(notebook))
    (workspace / WORKSPACE_MARK).write_bytes(as_remembered(known))
    return folder / f"{name}.ipynb"


class Ended(NamedTuple):
    """How a cell ended.

    Attributes:
        error: what stands as its error, without colours; empty if it ended well.
        printed: what it printed.
        shown: what it showed, as plain text and as HTML.
        advice: what is said below the error, each as plain text.
    """

    error: str
    printed: str
    shown: str
    advice: tuple[str, ...] = ()

    @property
    def last(self) -> str:
        """The last words that a learner reads below the error, as plain text."""
        return self.advice[-1] if self.advice else ""


class LessonKernel:
    """The kernel of a notebook, while the `with` lasts.

    Attributes:
        sources: the lesson's code cells, by their ids.
    """

    def __init__(self, notebook: Path, home: Path) -> None:
        self._notebook = notebook
        told = {"JPY_SESSION_NAME": str(notebook), "PYTHONPATH": str(COURSE_ROOT)}
        self._variables = {**learners_environment(home), **told}
        cells = nbformat.read(notebook, as_version=4).cells
        self.sources = {cell.id: cell.source for cell in cells if cell.cell_type == "code"}

    def __enter__(self) -> Self:
        kernels = CourseKernels()
        kernels.kernel_dirs = [f"{forked.with_forked_kernels()['JUPYTER_PATH']}/kernels"]
        self._manager = KernelManager(kernel_spec_manager=kernels)
        self._manager.start_kernel(cwd=str(self._notebook.parent), env=self._variables)
        self._connect()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def restart(self) -> None:
        """Kernel > Restart Kernel."""
        self._client.stop_channels()
        self._manager.restart_kernel(now=True)
        self._connect()

    def cells(self, *ids: str) -> Ended:
        """Run cells of the lesson; return how the last of them ended."""
        return [self.run(self.sources[id_], id_) for id_ in ids][-1]

    def run(self, source: str, id_: str = "a-cell-of-mine") -> Ended:
        """Run code as the cell with an id, and return how it ended."""
        said: dict[str, list[str]] = {"error": [], "stream": [], "display": [], "advice": []}

        def heard(message: dict) -> None:
            content = message["content"]
            match message["msg_type"]:
                case "error":
                    said["error"] += content["traceback"]
                case "stream":
                    said["stream"].append(content["text"])
                case "execute_result" | "display_data":
                    data = content["data"]
                    if "hitl-advice" in data.get("text/html", ""):
                        said["advice"].append(data["text/plain"])
                    said["display"] += [data.get("text/plain", ""), data.get("text/html", "")]

        asking = self._client.session.msg

        def named(kind: str, content: dict | None = None, **more: object) -> dict:
            return asking(kind, content, **{**more, "metadata": {"cellId": id_}})

        # As JupyterLab does, and no client of Jupyter's own.
        self._client.session.msg = named
        try:
            self._client.execute_interactive(
                source, allow_stdin=False, timeout=SECONDS, output_hook=heard
            )
        finally:
            self._client.session.msg = asking
        error, printed, shown = ("\n".join(said["error"]), "".join(said["stream"]), said["display"])
        advice = tuple(said["advice"])
        return Ended(_COLOURS.sub("", error), printed, "\n".join(shown), advice)

    def _connect(self) -> None:
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=SECONDS)
