"""The course as it is installed: what it requires, and how its command is run and runs again.

`pip install hitl-course` brings the library for reviewers, to stand beside a project of their own.
The lessons need an extra, and `uvx hitl-course lab` and `pipx run hitl-course lab` install none. So
the command runs itself again with the extra, by the same program.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from functools import cache
from importlib.metadata import distribution, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from course_utils.places import is_clone

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "hitl-course"
LAB = f"{NAME}[lab]"
FROM_A_WHEEL = f'pip install --upgrade "{LAB}"'

_OF_THE_LAB = ("jupyterlab", "nbgrader", "ipykernel")
_AGAIN = "COURSE_UTILS_WITH_THE_LAB"
# What pipx writes into an environment, and the folder of those that it keeps.
_PIPX, _PIPX_KEEPS = "pipx_metadata.json", "venvs"


def has_the_lab() -> bool:
    """Tell whether what opens and checks the lessons is installed."""
    return all(find_spec(name) for name in _OF_THE_LAB)


def run_with_the_lab() -> str:
    """Run this command again with all that it needs, if it was started by a program that can.

    Returns:
        Where it cannot: what is missing, and the command that installs it.
    """
    starter = _starter()
    if not starter or os.environ.get(_AGAIN):
        return f"This needs JupyterLab, which comes with {LAB}. Run: {_install()}"
    command = [*starter, *_from(starter, _source(LAB)), NAME, *sys.argv[1:]]
    print(f"JupyterLab comes with {LAB}, so this runs: {shlex.join(command)}", flush=True)
    os.environ[_AGAIN] = "yes"
    if os.name == "posix":
        os.execvp(command[0], command)  # noqa: S606 - it takes this process's place
    sys.exit(subprocess.call(command))


def command_line() -> list[str]:
    """Return the words that run our command for whoever runs it now; none if it lies on the disk.

    What `uvx` and `pipx run` made may be gone tomorrow, so the command itself is not named then.
    """
    starter = _starter()
    if not starter:
        return []
    source, words = _source(NAME), [*starter]
    if "@" not in source:
        return [*words, NAME]
    return [*words, *_from(starter, source), NAME]


def required(*extras: str) -> Iterator[Requirement]:
    """Yield what the course requires, as it is installed.

    Args:
        extras: the extras that count too.
    """
    wanted = [{"extra": extra} for extra in ("", *extras)]
    # An extra that takes another one along may list what that lists.
    told = {NAME}
    for requirement in map(Requirement, distribution(NAME).requires or ()):
        marker = requirement.marker
        if requirement.name not in told and (not marker or any(map(marker.evaluate, wanted))):
            told.add(requirement.name)
            yield requirement


def required_python() -> str:
    """Return the Pythons that the course takes."""
    return str(distribution(NAME).metadata["Requires-Python"])


@cache
def _starter() -> tuple[str, ...]:
    """Return what runs a program once, if uv or pipx made this environment for that."""
    prefix = Path(sys.prefix)
    uv, pipx = os.environ.get("UV"), shutil.which("pipx")
    # An environment of a project has such a file too, and so it has to lie above.
    if uv and any((folder / "CACHEDIR.TAG").exists() for folder in prefix.parents):
        return ("uvx",) if shutil.which("uvx") else (uv, "tool", "run")
    if pipx and (prefix / _PIPX).exists() and prefix.parent.name != _PIPX_KEEPS:
        return ("pipx", "run")
    return ()


def _install() -> str:
    """Return what brings the lab into the environment that this runs in."""
    prefix = Path(sys.prefix)
    if is_clone():
        return "make lab"
    if (prefix / "uv-receipt.toml").exists():
        return f'uv tool install "{LAB}"'
    if (prefix / _PIPX).exists():
        return f'pipx install --force "{LAB}"'
    return FROM_A_WHEEL


def _from(starter: tuple[str, ...], source: str) -> list[str]:
    if starter[0] == "pipx":
        return ["--spec", source]
    return ["--python", f"{sys.version_info.major}.{sys.version_info.minor}", "--from", source]


def _source(what: str) -> str:
    """Return where this very version can be had again: the index, or the file it came from."""
    origin = distribution(NAME).read_text("direct_url.json")
    if origin:
        return f"{what} @ {json.loads(origin)['url']}"
    return f"{what}=={version(NAME)}"
