"""A real `hitl lab` and a real Chromium, for each test its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Thread, Timer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from browser import chromium
from browser.lab_page import LabPage
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

THIS_MACHINE = {"127.0.0.1", "localhost"}
START_SECONDS = 90


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The learner's folder that `lab` derives and serves."""
    return tmp_path / "workspace"


@pytest.fixture
def lab(workspace: Path, tmp_path: Path) -> Iterator[str]:
    """The address, token included, that a running `hitl lab` printed."""
    command = [Path(sys.executable).parent / "hitl", "lab", "--no-browser"]
    server = subprocess.Popen(
        [*command, "--workspace", workspace],
        env=_environment(tmp_path / "home"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    too_slow = Timer(START_SECONDS, server.kill)
    too_slow.start()
    try:
        yield _printed_address(server)
    finally:
        too_slow.cancel()
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, headless. One a file: Playwright's loop would be in the way of asyncio's later."""
    found = chromium.find()
    if found is None:
        pytest.fail(chromium.ADVICE, pytrace=False)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=chromium.FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page; afterwards it fails the test if anything was asked of another machine."""
    asked: list[str] = []
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        context.on("request", lambda request: asked.append(request.url))
        fresh = context.new_page()
        fresh.on("websocket", lambda socket: asked.append(socket.url))
        yield fresh
    outside = [url for url in asked if urlsplit(url).hostname not in {*THIS_MACHINE, None}]
    assert not outside, f"the page asked other machines for {outside}; the course works offline"


@pytest.fixture
def lab_page(lab: str, page: Page) -> LabPage:
    """The page of the running JupyterLab, with what a person does in it."""
    return LabPage(page, lab)


def _environment(home: Path) -> dict[str, str]:
    """The environment of a learner with an empty home, whatever this machine's owner has set."""
    settings = home / ".jupyter"
    settings.mkdir(parents=True)
    # The tests wait for what JupyterLab's own commands report, so that none has to guess.
    exposed = {"LabApp": {"expose_app_in_browser": True}}
    (settings / "jupyter_lab_config.json").write_text(json.dumps(exposed))
    left_out = ("HITL_", "JUPYTER", "IPYTHON", "XDG_", "OLLAMA_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {**kept, "HOME": str(home), "HITL_MODEL": "offline", "HITL_FEEDBACK": "practice"}


def _printed_address(server: subprocess.Popen[str]) -> str:
    printed: list[str] = []
    for line in server.stdout or ():
        printed.append(line)
        if line.startswith("JupyterLab: "):
            # What it prints from now on is read too, or a full pipe would stop it.
            Thread(target=lambda: printed.extend(server.stdout or ()), daemon=True).start()
            return line.removeprefix("JupyterLab: ").strip()
    pytest.fail(f"`hitl lab` ended without an address. It printed:\n{''.join(printed)}", False)
