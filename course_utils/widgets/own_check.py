"""The button that checks a learner's work, as `hitl check` does, and links to the page of it."""

from __future__ import annotations

import os
import subprocess
import sys
from threading import Thread
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Button, Output
from traitlets import Unicode, observe

from course_utils.exercises.outline import notebook_path
from course_utils.widgets.html.escaped import shown
from course_utils.widgets.html.style import style
from course_utils.widgets.page.notebook_loop import notebook_loop
from course_utils.widgets.page.parts import Panel, Row
from course_utils.widgets.page.presses import Presses, part

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "check.html"
READY = "It checks what is saved: press Ctrl+S first. It takes a few seconds."
RUNS = "Your work is being checked."
_STYLE = style("""
.hitl-own-check .widget-html, .hitl-own-check .widget-html-content {min-width: 0; max-width: 100%;}
.hitl-own-check .widget-html-content {flex: 1 1 auto;}
.hitl-own-check pre {font-size: var(--jp-code-font-size, 13px); overflow-x: auto; margin: 0;
  white-space: pre; background: none; color: var(--jp-content-font-color1, inherit);}
""")
_LINK = f"<a href='{PAGE}'>Open the page that an instructor would send</a>"
# A kernel asks programs for colours, and rich draws its bar where it is asked for them.
_PLAIN = {"COLUMNS": "80", "FORCE_COLOR": "", "NO_COLOR": "1", "TTY_COMPATIBLE": "0"}
# The command is its own process: what it runs and imports stays out of the kernel.
_HITL = "from course_utils.cli import app; app()"


def is_in_a_page(folder: Path) -> bool:
    """Tell whether somebody can press a button here: in a learner's folder, in a Jupyter."""
    return notebook_path() is not None and (folder / "questions.json").exists()


class OwnCheck(Panel):
    """Checks the lesson in a folder when its button is pressed.

    Args:
        folder: the learner's folder of the lesson.
    """

    status = Unicode(READY, help="What happens, or what came of the check, as lines of text.")

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._button = part(Button(description="Check my work"))
        self._button.on_click(lambda _: self._begin())
        self._told, self._page = HTML(), Output()
        super().__init__()
        self.children = [Row(self._button), self._told, self._page, Presses(self)]
        self.add_class("hitl-card")
        self.add_class("hitl-own-check")
        self._render()

    def press(self) -> None:
        """Press the button as the mouse would."""
        self._button.click()

    def __repr__(self) -> str:
        """Say what came of it: what a page without HTML shows."""
        return f"OwnCheck({self._folder.name}): {self.status}"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        """Add what a page without a kernel shows: a button would do nothing there."""
        return {**super()._repr_mimebundle_(**kwargs), "text/html": ""}

    def _begin(self) -> None:
        self._button.disabled = True
        self._page.outputs = ()
        self.status = RUNS
        loop = notebook_loop()
        if loop is None:
            self._end(self._check())
            return
        Thread(
            target=lambda: loop.call_soon_threadsafe(self._end, self._check()),
            name="course-utils-check",
            daemon=True,
        ).start()

    def _check(self) -> subprocess.CompletedProcess[str]:
        where = ("--no-browser", "--workspace", str(self._folder.parent))
        return subprocess.run(
            [sys.executable, "-c", _HITL, "check", self._folder.name, *where],
            env={**os.environ, **_PLAIN},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )

    def _end(self, done: subprocess.CompletedProcess[str]) -> None:
        self._button.disabled = False
        lines = [line.rstrip() for line in (done.stdout + done.stderr).splitlines()]
        self.status = "\n".join(line for line in lines if not line.startswith("The page: "))
        if done.returncode == 0:
            # JupyterLab follows a link to a file in plain HTML alone.
            data = {"text/html": _LINK, "text/plain": PAGE}
            output = {"output_type": "display_data", "data": data, "metadata": {}}
            self._page.outputs = (output,)

    @observe("status")
    def _render(self, _: object = None) -> None:
        lines = self.status.splitlines()
        rows = "\n".join(shown(line) for line in lines if line.startswith(" "))
        words = [f"<p>{shown(line)}</p>" for line in lines if not line.startswith(" ")]
        if rows:
            words.insert(1, f"<pre tabindex='0' aria-label='Points'>{rows}</pre>")
        # A screen reader reads out what comes of a press.
        role = "" if self.status == READY else " role='alert'"
        self._told.value = f"{_STYLE}<div class='hitl-told'{role}>{''.join(words)}</div>"
