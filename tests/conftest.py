"""Where the tests keep their checkpoints, SQLite or PostgreSQL, and how workers share the tests."""

from __future__ import annotations

import gc
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling

from course_utils.checkpoints import checkpoints
from tests.support import forked
from tests.support.postgres import NoPostgresqlError, Server, running_postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langgraph.checkpoint.base import BaseCheckpointSaver
    from xdist.remote import Producer

# `make soak` names it; `make test` has seven minutes.
SOAK = Path(__file__).parent / "soak"
collect_ignore = [SOAK.name]
# Their tests share nothing, and each may go to another worker.
APART = (
    "test_every_lesson.py",
    "test_exercises.py",
    "test_outputs.py",
    "soak/test_kill.py",
    "soak/test_presses.py",
)
# One process observes for all of the claims, and one JupyterLab and one Chromium serve the browser.
CLAIMS, BROWSER = "tests/claims/", "tests/browser/"


class ByFile(LoadScopeScheduling):
    """Give a worker the whole of a file, whose tests share fixtures, or of some a single test.

    Whatever takes longest has to begin first, so that single tests fill up the end.
    """

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def scope_of(nodeid: str) -> str:
    """Name what one worker runs as a whole with this test."""
    file = nodeid.partition("::")[0]
    for folder in (CLAIMS, BROWSER):
        if file.startswith(folder):
            return folder
    return nodeid if file.endswith(APART) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    # As the items are sorted, and not by the number of tests alone.
    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--checkpoints",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="where `place` and `saver` are; postgresql leaves out the tests that use neither",
    )
    parser.addoption("--seed", type=int, help="repeats the kills that a run of `make soak` printed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    sizes = Counter(scope_of(item.nodeid) for item in items)

    def longest_first(item: pytest.Item) -> tuple[bool, int]:
        scope = scope_of(item.nodeid)
        return scope != BROWSER, -sizes[scope]

    items.sort(key=longest_first)
    if config.getoption("--checkpoints") == "sqlite":
        return
    wanted = {"place", "postgresql"}
    others = [
        item
        for item in items
        if SOAK not in item.path.parents and wanted.isdisjoint(getattr(item, "fixturenames", ()))
    ]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


def pytest_collection_finish() -> None:
    # What is imported and collected stays: looking for garbage in it again and again costs a tenth.
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    forked.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL for the whole session; whoever needs to be alone takes a new database."""
    try:
        with running_postgresql() as server:
            yield server
    except NoPostgresqlError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where checkpoints of this test's own can be kept: a file's path or a database's address."""
    if request.config.getoption("--checkpoints") == "sqlite":
        return str(tmp_path / "checkpoints.sqlite")
    server: Server = request.getfixturevalue("postgresql")
    return server.new_database()


@pytest.fixture
def saver(place: str) -> Iterator[BaseCheckpointSaver[str]]:
    """An open checkpointer of this test's own."""
    with checkpoints(place) as opened:
        yield opened
