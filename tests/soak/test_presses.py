"""Thirty cards typed on and pressed while every core is busy, on both lines of ipykernel."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from course_utils.places import COURSE_ROOT
from tests.support import chromium
from tests.support.lab_page import LabPage
from tests.support.presses import SLOW, type_and_press
from tests.support.running_lab import address, running_lab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TRIES = 30
# The newest of the line that handles every message where the cells run, and what it needs beside.
OLDER = ("ipykernel==6.31.0", "nest-asyncio==1.6.0")


@contextmanager
def busy_cores() -> Iterator[None]:
    """Keep every core busy, which is when messages overtake each other."""
    spin = [sys.executable, "-c", "while True: pass"]
    spinning = [subprocess.Popen(spin) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def installed(folder: Path, *packages: str) -> dict[str, str]:
    """Install packages beside the environment, and return what makes Python prefer them."""
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps"]
    where = ["--python", sys.executable, "--target", folder]
    subprocess.run([*install, *where, *packages], cwd=COURSE_ROOT, check=True)
    return {"PYTHONPATH": str(folder)}


@pytest.mark.parametrize("line", ["6.31", "the pin"])
def test_every_press_decides_what_stood_in_the_fields(line: str, tmp_path: Path) -> None:
    found = chromium.find()
    assert found is not None, chromium.ADVICE
    settings = installed(tmp_path / "older", *OLDER) if line == "6.31" else {}
    workspace = tmp_path / "workspace"
    with (
        running_lab(workspace, tmp_path / "home", **settings) as printed,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=found, args=chromium.FLAGS) as browser,
    ):
        page = browser.new_page()
        lab_page = LabPage(page, address(printed))
        page.set_default_timeout(SLOW)
        told = type_and_press(lab_page, workspace, TRIES, busy_cores())
    assert told["ipykernel"].startswith("6.31.") == (line == "6.31"), told["ipykernel"]
    assert told["heard"] == told["typed"]
    assert told["threads"] == ["course-utils-decision"]
