"""What `hitl doctor` looks at on this machine: Python, packages, kernel, port, browser, proxies."""

from __future__ import annotations

import os
import platform
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING
from urllib.request import getproxies, proxy_bypass

from course_utils.cli import commands
from course_utils.cli.browser import has_browser
from course_utils.cli.findings import Finding
from course_utils.cli.servers import DEFAULT_PORT, next_free, refusal
from course_utils.places import COURSE_ROOT, course_folder, data_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REINSTALL = "`make lab`, or `pip install -c constraints.txt -e .` in your own environment"
# Of so many packages, those that a learner hears of.
_NAMED = ("langgraph", "langchain", "jupyterlab")


def installed() -> Iterator[Finding]:
    """Look at Python and the packages: each is to be what the course was tried with."""
    project = tomllib.loads((COURSE_ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["requires-python"]
    oldest, too_new = (_version(end.strip("<>=")) for end in wanted.split(","))
    fits = oldest <= sys.version_info < too_new
    fix = "" if fits else f"install Python {wanted}, remove .venv, and run `make lab`"
    yield Finding("Python", platform.python_version(), fix)
    fine = []
    for line in project["dependencies"]:
        name, _, pin = line.partition("==")
        found = _package(name.partition("[")[0], pin)
        if found.fix:
            yield found
        else:
            fine.append(found)
    named = ", ".join(f"{each.what} {each.found}" for each in fine if each.what in _NAMED)
    yield Finding("packages", f"{len(fine)} as they were tried, among them {named}")


def surroundings(workspace: Path) -> Iterator[Finding]:
    """Look at what JupyterLab needs around it.

    Args:
        workspace: the learner's, which the port may be taken for already.
    """
    yield Finding("course", str(course_folder()))
    yield Finding("data", str(data_folder()))
    yield _kernel()
    yield _port(workspace)
    fix = "" if has_browser() else "open the address that `hitl lab` prints in a browser yourself"
    found = "none can be opened from here" if fix else "can be opened"
    yield Finding("browser", found, fix, needed=False)
    yield _proxies()


def _version(words: str) -> tuple[int, ...]:
    return tuple(map(int, words.split(".")))


def _package(name: str, pin: str) -> Finding:
    try:
        there = version(name)
    except PackageNotFoundError:
        return Finding(name, "not installed", REINSTALL)
    if there == pin:
        return Finding(name, there)
    return Finding(name, f"{there}, tested with {pin}", REINSTALL)


def _kernel() -> Finding:
    # Imported here: Jupyter's packages may be what is missing.
    try:
        from course_utils.cli.kernels import LESSONS, CourseKernels  # noqa: PLC0415

        python = CourseKernels().get_kernel_spec(LESSONS).argv[0]
    except Exception as error:  # what a broken installation raises is the line to show
        return Finding("kernel", f"{type(error).__name__}: {error}", REINSTALL)
    return Finding("kernel", python)


def _port(workspace: Path) -> Finding:
    why = refusal(DEFAULT_PORT, of=workspace)
    if not why:
        return Finding("port", f"{DEFAULT_PORT} is free, or this workspace's own")
    fix = commands.lab(workspace, next_free(DEFAULT_PORT))
    return Finding("port", why, fix, needed=False)


def _proxies() -> Finding:
    proxies = {name: each.rpartition("@")[2] for name, each in getproxies().items() if name != "no"}
    if not proxies:
        return Finding("proxies", "none")
    found = ", ".join(f"{name}: {address}" for name, address in sorted(proxies.items()))
    if proxy_bypass("127.0.0.1"):
        return Finding("proxies", f"{found}; none for this machine")
    others = [os.environ.get("no_proxy", ""), "127.0.0.1,localhost"]
    return Finding(
        "proxies",
        f"{found}. The course goes past them to this machine; a browser may not.",
        f"export no_proxy={','.join(filter(None, others))}",
        needed=False,
    )
