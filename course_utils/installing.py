"""Installs the course into `.venv` for `make`, and says in two sentences why it could not.

It runs before anything is installed, so it needs nothing but Python.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

LOG = Path(".venv/install.log")
BEGUN = "Installing the course into .venv, which takes a minute the first time."
WITHOUT_UV = "uv does not work here: pip installs the same versions, and takes longer."
FULL = "The disk is full. Free two gigabytes, and run make again."
UNREACHABLE = (
    "The packages cannot be downloaded: nobody answers. Check the network, and run make again."
)
PROXIED = (
    "The packages cannot be downloaded: {name} is set, and nobody answers through {address}. "
    "Correct it or unset it, and run make again."
)
UNBUILT = (
    "{package} has no wheel for this computer ({system}, Python {python}), and it could not be "
    "built here. Use a 64-bit Python from python.org, or conda: conda env create -f "
    "environment.yml"
)
OTHER = "The course could not be installed. The last line says why: {line}."
KEPT = "All that was printed is in {log}."

_NOBODY = re.compile(
    "NewConnectionError|ConnectTimeout|ProxyError|NameResolutionError|Max retries exceeded|"
    "Connection refused|dns error|error sending request|Network is unreachable",
    re.IGNORECASE,
)
# As pip and uv name what they could not build; pip first names what it was building.
_UNBUILT = re.compile(r"Failed to build '?`?([\w.-]+)|Failed building wheel for ([\w.-]+)")
_BUILDING = re.compile(r"Collecting ([\w.-]+)|Processing .*?([\w.-]+?)-[\d.]+\.(?:tar\.gz|zip)")
_NOT_BUILT = ("metadata-generation-failed", "subprocess-exited-with-error")
_PROXIES = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")


def install(what: str) -> int:
    """Install what a requirement names, at the pinned versions.

    Args:
        what: the course, as `.[lab]` or `.[test]`.

    Returns:
        0, or 1 where it could not be installed; what was printed is in `.venv/install.log`.
    """
    print(BEGUN, flush=True)
    pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check"]
    pinned = ["-c", "constraints.txt", "-e", what]
    # Compiled, because importing LangGraph without bytecode takes three times as long, and some
    # machines forbid Python to write it later (PYTHONDONTWRITEBYTECODE).
    uv = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--python", sys.executable]
    is_there, said = _run([*pip, "uv"])
    if is_there:
        is_done, said = _run([*uv, "--compile-bytecode", *pinned])
        if is_done:
            return 0
    if not is_there or _NOBODY.search(said):
        # It trusts other certificates than pip does, and is not made for every machine.
        print(WITHOUT_UV, flush=True)
        is_done, said = _run([*pip, *pinned])
        if is_done:
            return 0
    try:
        LOG.write_text(said, encoding="utf-8")
        kept = KEPT.format(log=LOG)
    except OSError:  # the disk that could not hold the packages
        kept = ""
    print(f"{why(said)} {kept}".rstrip(), flush=True)
    return 1


def why(said: str) -> str:
    """Say why an installation failed, and what to do.

    Args:
        said: what the installer printed.
    """
    if "No space left on device" in said or "Disk quota exceeded" in said:
        return FULL
    if _NOBODY.search(said):
        proxy = next(((name, os.environ[name]) for name in _PROXIES if os.environ.get(name)), None)
        return PROXIED.format(name=proxy[0], address=_bare(proxy[1])) if proxy else UNREACHABLE
    built = _UNBUILT.findall(said) or (
        _BUILDING.findall(said)[-1:] if any(words in said for words in _NOT_BUILT) else []
    )
    if built:
        system = f"{platform.system()} {platform.machine()}"
        package = next(filter(None, built[0]))
        return UNBUILT.format(package=package, system=system, python=platform.python_version())
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return OTHER.format(line=lines[-1].rstrip(".") if lines else "nothing was printed")


def _bare(address: str) -> str:
    """Return a proxy's address without its password."""
    return address.rpartition("@")[2]


def _run(command: list[str]) -> tuple[bool, str]:
    try:
        ended = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
    except OSError as error:
        return False, str(error)
    return ended.returncode == 0, ended.stdout


if __name__ == "__main__":
    sys.exit(install(sys.argv[1]))
