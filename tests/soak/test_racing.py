"""Two processes decide one pause at once: what plain LangGraph does, and what decide() does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.racing import CHECKS, PAUSES, race

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.postgres import Server

ROUNDS = {"sqlite": 1000, "postgresql": 200}


@pytest.fixture(params=ROUNDS)
def kept_in(request: pytest.FixtureRequest) -> str:
    """The kind of database in which both processes keep their checkpoints."""
    return str(request.param)


@pytest.fixture
def address(kept_in: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database of that kind."""
    if kept_in == "sqlite":
        return str(tmp_path / "checkpoints.sqlite")
    server: Server = request.getfixturevalue("postgresql")
    return server.new_database()


@pytest.mark.parametrize("pause", PAUSES)
@pytest.mark.parametrize("how", CHECKS)
def test_of_two_processes_one_acts_and_on_plain_langgraph_both(
    how: str, pause: str, kept_in: str, address: str, tmp_path: Path
) -> None:
    for number, went in enumerate(race(how, pause, address, tmp_path, ROUNDS[kept_in])):
        CHECKS[how](number, went)
