"""Runs the coroutine tests of this folder, as langchain-tests expects, and no others."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

HERE = Path(__file__).parent


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_pycollect_makeitem() -> Generator[None, Any, Any]:
    """Mark every coroutine test before pytest-asyncio looks for its mark."""
    made = yield
    for item in made if isinstance(made, list) else []:
        if inspect.iscoroutinefunction(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.asyncio)
    return made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that skips itself, unless its module lists it in OPT_OUTS with a reason."""
    report = yield
    allowed = getattr(getattr(item, "module", None), "OPT_OUTS", {})
    name = getattr(item, "originalname", item.name)
    if report.skipped and item.path.parent == HERE and name not in allowed:
        report.outcome = "failed"
        report.longrepr = f"{name} skipped itself, and OPT_OUTS gives no reason: {report.longrepr}"
    return report
