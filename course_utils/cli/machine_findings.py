"""What `hitl doctor` looks at on this machine: Python, packages, kernel, port, browser, proxies."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING
from urllib.request import getproxies, proxy_bypass

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from course_utils.cli import commands
from course_utils.cli.browser import has_browser
from course_utils.cli.distribution import FROM_A_WHEEL, required, required_python
from course_utils.cli.findings import Finding
from course_utils.cli.servers import DEFAULT_PORT, next_free, refusal
from course_utils.places import COURSE_ROOT, course_folder, data_folder, is_clone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IN_A_CLONE = (
    "`make lab`, or `pip install -c constraints.txt -e '.[lab,postgres]'` in your own environment"
)
# Of so many packages, those that a learner hears of.
_NAMED = ("langgraph", "langchain", "jupyterlab")


def installed() -> Iterator[Finding]:
    """Look at Python and the packages.

    In a clone each package is to be as `make` installs it. Elsewhere it is to be in the range that
    the course takes.
    """
    wanted = required_python()
    fits = SpecifierSet(wanted).contains(platform.python_version(), prereleases=True)
    fix = "" if fits else f"install Python {wanted}, remove .venv, and run `make lab`"
    yield Finding("Python", platform.python_version(), fix)
    fine, pins = [], _pins()
    for requirement in required("lab", "grading"):
        pin = pins.get(canonicalize_name(requirement.name))
        found = _package(requirement.name, SpecifierSet(pin) if pin else requirement.specifier)
        if found.fix:
            yield found
        else:
            fine.append(found)
    named = ", ".join(f"{each.what} {each.found}" for each in fine if each.what in _NAMED)
    how = "as they were tried" if pins else "in the ranges that the course takes"
    yield Finding("packages", f"{len(fine)} {how}, among them {named}")


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


def _pins() -> dict[str, str]:
    """Return the one version of each package that `make` installs into a clone."""
    if not is_clone():
        return {}
    lines = (COURSE_ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = map(Requirement, lines)
    return {canonicalize_name(pin.name): str(pin.specifier) for pin in pins}


def _package(name: str, wanted: SpecifierSet) -> Finding:
    fix = IN_A_CLONE if is_clone() else FROM_A_WHEEL
    try:
        there = version(name)
    except PackageNotFoundError:
        return Finding(name, "not installed", fix)
    if wanted.contains(there, prereleases=True):
        return Finding(name, there)
    return Finding(name, f"{there}, tested with {str(wanted).removeprefix('==')}", fix)


def _kernel() -> Finding:
    # Imported here: Jupyter's packages may be what is missing.
    try:
        from course_utils.cli.kernels import LESSONS, CourseKernels  # noqa: PLC0415

        python = CourseKernels().get_kernel_spec(LESSONS).argv[0]
    except Exception as error:  # what a broken installation raises is the line to show
        fix = IN_A_CLONE if is_clone() else FROM_A_WHEEL
        return Finding("kernel", f"{type(error).__name__}: {error}", fix)
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
