"""Find a Chromium for the browser tests, or get one: `python tests/support/chromium.py`.

The tests themselves only look for one, so that running them never installs anything; `make test`
runs this file first.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
STANDARD_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
)

# The last four keep Chromium from calling home, which an offline machine refuses a hundred times.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-domain-reliability",
]
if hasattr(os, "geteuid") and os.geteuid() == 0:
    # Chromium's own sandbox refuses to start as root, which is who CI runs as in a container.
    FLAGS.append("--no-sandbox")


ADVICE = (
    "The browser tests need Chromium: install it (on Debian: apt install chromium) "
    "or run `make test` as someone who may."
)


def find() -> Path | None:
    """Return the Chromium or Chrome on this machine, if there is one."""
    named = filter(None, map(shutil.which, NAMES))
    for path in [*named, *STANDARD_PLACES, _playwrights_own()]:
        if Path(path).is_file() and _starts(path):
            return Path(path)
    return None


def provide() -> Path | None:
    """Return the Chromium or Chrome on this machine, installing one where there is none."""
    return find() or _from_debian() or _from_playwright()


def _playwrights_own() -> str:
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _starts(path: str) -> bool:
    # Ubuntu ships a `chromium-browser` that only says which snap to install. Chrome on Windows
    # opens a window when asked for its version, so there its presence has to do.
    if os.name == "nt":
        return True
    return subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0


def _from_debian() -> Path | None:
    if not shutil.which("apt-get"):
        return None
    as_root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    print("No Chromium here: installing Debian's with apt-get.", flush=True)
    for step in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        _run([*as_root, "apt-get", *step])
    return find()


def _from_playwright() -> Path | None:
    # Never seen to succeed by us: the machines this was written on cannot reach the download.
    print("Trying the Chromium that Playwright downloads.", flush=True)
    _run([sys.executable, "-m", "playwright", "install", "chromium"])
    return find()


def _run(command: list[str]) -> None:
    """Run a step of an installation; what decides is whether a browser is there afterwards."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr, flush=True)


def main() -> int:
    """Provide a browser and print where it is; return 1 where none can be had."""
    browser = provide()
    print(f"Browser: {browser}" if browser else ADVICE, flush=True)
    return 0 if browser else 1


if __name__ == "__main__":
    sys.exit(main())
