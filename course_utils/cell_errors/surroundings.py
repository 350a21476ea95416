"""After an error that no cell made: another version of the course, a folder or a model gone."""

from __future__ import annotations

import os
import shlex
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

GONE = (
    "The folder of this notebook is gone: it was moved or deleted while JupyterLab was open. Stop "
    "JupyterLab with Ctrl-C, and open the folder where it is now: hitl lab --workspace FOLDER"
)
MOVED = (
    "The folder of this notebook was moved or renamed, and JupyterLab saves nothing here. Stop it "
    "with Ctrl-C, and open the folder where it is now: hitl lab --workspace {folder}"
)
NO_SUCH_NAME = "The course has no `{name}`. Did you mean `{other}`?"
OTHER_VERSION = (
    "This lesson and the course are of different versions: the course has no `{name}`. Stop "
    "JupyterLab with Ctrl-C, and run: hitl update"
)
_COURSE = "course_utils"
_ALIKE = 0.6
MODEL = "The model did not answer. {problem}"


def advice(error: BaseException) -> str:
    """Say what of the surroundings is amiss; nothing where nothing is known to be."""
    return next(filter(None, _found(error)), "")


def moved(notebook: Path | None) -> str:
    """Say that a workspace is no longer where its notebook was opened; nothing where it is."""
    if notebook is None or len(notebook.parents) < 2 or notebook.parents[1].exists():
        return ""
    try:
        return MOVED.format(folder=shlex.quote(str(Path.cwd().parent)))
    except FileNotFoundError:
        return GONE


def _found(error: BaseException) -> Iterator[str]:
    if isinstance(error, ImportError) and (error.name or "").split(".")[0] == _COURSE:
        yield _other_version(error)
    if isinstance(error, FileNotFoundError) and _is_gone():
        yield GONE
    package = type(error).__module__.split(".")[0]
    if package in {"httpx", "ollama"} or isinstance(error, ConnectionError):
        yield _model()


def _other_version(error: ImportError) -> str:
    # Python 3.11 does not keep the name apart from the words.
    name = str(error).partition("name '")[2].partition("'")[0] or error.name or ""
    near = get_close_matches(name, sys.modules[_COURSE].__all__, 1, _ALIKE)
    if near:
        return NO_SUCH_NAME.format(name=name, other=near[0])
    return OTHER_VERSION.format(name=name)


def _is_gone() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 - it is this call that fails
    except FileNotFoundError:
        return True
    return False


def _model() -> str:
    # Imported here: a kernel in which no model has failed need not have them.
    from course_utils.model import OLLAMA  # noqa: PLC0415
    from course_utils.model.ollama import ollama_problem  # noqa: PLC0415
    from course_utils.settings import settings  # noqa: PLC0415

    chosen = settings()
    if not chosen.model.startswith(OLLAMA):
        return ""
    problem = ollama_problem(chosen.ollama_host, chosen.model.removeprefix(OLLAMA))
    return MODEL.format(problem=problem) if problem else ""
