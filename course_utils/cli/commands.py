"""Commands of ours as they are printed: each works as it stands, in the terminal that shows it."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

from course_utils.cli.distribution import command_line
from course_utils.places import workspace_folder

WORKSPACE = workspace_folder()


def hitl(*arguments: str | Path) -> str:
    """Return a `hitl` command, with the path that this terminal needs to find it."""
    once = command_line()
    return _quoted(*once, *arguments) if once else program("hitl", *arguments)


def program(name: str, *arguments: str | Path) -> str:
    """Return the command of a program that is installed beside ours."""
    ours = Path(sys.executable).with_name(name)
    found = shutil.which(name)
    if found and ours.exists() and Path(found).samefile(ours):
        return _quoted(name, *arguments)
    return _quoted(_from_here(ours), *arguments)


def lab(workspace: Path, port: int | None = None) -> str:
    """Return the command that opens JupyterLab on a workspace.

    Args:
        workspace: the learner's.
        port: the one to ask for, None for any.
    """
    if os.environ.get("MAKELEVEL") and workspace == WORKSPACE:
        return "make lab" if port is None else f"make lab PORT={port}"
    asked = [] if port is None else ["--port", str(port)]
    return hitl("lab", *asked, *on(workspace))


def on(workspace: Path) -> list[str]:
    """Return the option that names a workspace; none for the one that is taken without it."""
    return [] if workspace == WORKSPACE else ["--workspace", str(workspace)]


def _from_here(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _quoted(*words: str | Path) -> str:
    return shlex.join(map(str, words))
