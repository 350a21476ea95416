"""nbgrader's two pages of a submission, as its commands and Formgrader make them."""

from __future__ import annotations

import re
import subprocess
from contextlib import contextmanager
from pathlib import Path
from threading import Thread, Timer
from typing import TYPE_CHECKING

import nbgrader
from nbconvert.exporters import HTMLExporter
from nbgrader.api import Gradebook
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from tests.support import forked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

    from tests.support.course import Course

THEIRS = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"
START_SECONDS = 60
FEEDBACK = {"notebook": "small", "score": 1, "max_score": 1, "late_penalty": 0}


def ours(course: Path) -> Config:
    """Return what the course's nbgrader_config.py sets."""
    return PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()


def feedback_page(notebook: NotebookNode, config: Config | None = None) -> str:
    """Make a feedback page as nbgrader 0.9.6 does, without what it takes from the gradebook."""
    stock = Config()
    stock.HTMLExporter.template_name = "feedback"
    stock.HTMLExporter.extra_template_basedirs = [str(THEIRS / "templates")]
    stock.merge(config or Config())
    css = THEIRS / "static" / "node_modules" / "bootstrap" / "dist" / "css"
    stock.HTMLExporter.extra_template_paths = [str(css)]
    page, _ = HTMLExporter(config=stock).from_notebook_node(notebook, {"nbgrader": dict(FEEDBACK)})
    return str(page)


@contextmanager
def formgrader(course: Course) -> Iterator[str]:
    """Run a Jupyter server with Formgrader in a course's folder; yield its address."""
    extensions = "ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}"
    options = ("--no-browser", "--allow-root", "--port=0", "--ServerApp.token=", f"--{extensions}")
    server = forked.Process(
        *("-m", "jupyter_server", *options),
        cwd=course.root,
        env=course.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    too_slow = Timer(START_SECONDS, server.kill)
    too_slow.start()
    try:
        yield _address(server)
    finally:
        too_slow.cancel()
        server.terminate()
        server.wait(timeout=30)


def submission_address(course: Course, server: str, student: str) -> str:
    """Return the address of Formgrader's page of a student's submission."""
    with Gradebook(course.gradebook) as gradebook:
        number = gradebook.find_submission_notebook(course.lesson, course.lesson, student).id
    return f"{server}formgrader/submissions/{number}/"


def _address(server: forked.Process) -> str:
    assert server.stdout is not None
    printed = []
    for line in server.stdout:
        printed.append(line)
        if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
            # What it prints from now on is read too, or a full pipe would stop it.
            Thread(target=server.stdout.read, daemon=True).start()
            return found[0]
    raise AssertionError("".join(["Jupyter ended without an address; it printed:\n", *printed]))
