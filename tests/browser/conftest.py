"""A real `hitl lab` and a real Chromium, shared by the tests, of which each finds them as new."""

from __future__ import annotations

import shutil
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

    from playwright.sync_api import Browser, BrowserContext, Page

THIS_MACHINE = {"127.0.0.1", "localhost"}


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The learner's folder that a running `hitl lab` derived and serves, and its address."""
    # A blank and an umlaut, as in many a learner's path.
    folder = tmp_path_factory.mktemp("Für mich ")
    with running_lab(folder / "workspace", folder / "home") as printed:
        shutil.copytree(folder / "workspace", folder / "derived")
        yield folder / "workspace", address(printed)


@pytest.fixture
def lab(served: tuple[Path, str]) -> str:
    """The address, token included, that a running `hitl lab` printed."""
    return served[1]


@pytest.fixture
def workspace(served: tuple[Path, str]) -> Iterator[Path]:
    """The learner's folder that `lab` serves; what a test changes there is undone."""
    folder, _ = served
    yield folder
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(folder.with_name("derived"), folder, dirs_exist_ok=True)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, headless. Not for other folders: Playwright's loop is in the way of asyncio's."""
    found = chromium.find()
    if found is None:
        pytest.fail(chromium.ADVICE, pytrace=False)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=chromium.FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page that has been nowhere; it may ask nothing of another machine."""
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        asked = _asked(context)
        yield context.new_page()
    _assert_nothing_is_from_outside(asked)


@pytest.fixture(scope="package")
def shared_page(browser: Browser, served: tuple[Path, str]) -> Iterator[tuple[LabPage, list[str]]]:
    """A page that keeps JupyterLab open, and what it has asked for."""
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        asked = _asked(context)
        yield LabPage(context.new_page(), served[1]), asked


@pytest.fixture
def lab_page(workspace: Path, shared_page: tuple[LabPage, list[str]]) -> Iterator[LabPage]:
    """The page of the running JupyterLab, with what a person does in it, and nothing open.

    It takes the workspace, which is undone when no notebook is open any more.
    """
    lab_page, asked = shared_page
    asked.clear()
    yield lab_page
    lab_page.close_all()
    _assert_nothing_is_from_outside(asked)


def _asked(context: BrowserContext) -> list[str]:
    """Return a list that will hold the address of whatever the pages ask for."""
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("page", lambda page: page.on("websocket", lambda s: asked.append(s.url)))
    return asked


def _assert_nothing_is_from_outside(asked: list[str]) -> None:
    outside = [url for url in asked if urlsplit(url).hostname not in {*THIS_MACHINE, None}]
    assert not outside, f"the page asked other machines for {outside}; the course works offline"
