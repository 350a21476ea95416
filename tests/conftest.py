"""Where the tests keep their checkpoints: a SQLite file, or PostgreSQL for `make soak`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from postgres import NoPostgresqlError, Server, running_postgresql

from course_utils.review.checkpoints import checkpoints

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from langgraph.checkpoint.base import BaseCheckpointSaver

collect_ignore = ["soak"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--checkpoints",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="where `place` and `saver` are; with postgresql, only the tests that use them are run",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--checkpoints") == "sqlite":
        return
    wanted = {"place", "postgresql"}
    others = [item for item in items if wanted.isdisjoint(getattr(item, "fixturenames", ()))]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


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
