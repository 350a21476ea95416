"""A real `hitl lab` and a real Chromium, for each test its own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tests.support import chromium
from tests.support.lab_page import LabPage
from tests.support.running_lab import address, running_lab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

THIS_MACHINE = {"127.0.0.1", "localhost"}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The learner's folder that `lab` derives and serves."""
    return tmp_path / "workspace"


@pytest.fixture
def lab(workspace: Path, tmp_path: Path) -> Iterator[str]:
    """The address, token included, that a running `hitl lab` printed."""
    with running_lab(workspace, tmp_path / "home") as printed:
        yield address(printed)


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
