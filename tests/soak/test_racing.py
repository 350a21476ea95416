"""Two processes decide one pause at once: what plain LangGraph does, and what decide() does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from soak.racing import ACTING, PAUSES, WON, race

if TYPE_CHECKING:
    from pathlib import Path

    from postgres import Server

PLAIN_ROUNDS = 100


@pytest.fixture(params=["sqlite", "postgresql"])
def kept_in(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where both processes keep their checkpoints."""
    if request.param == "sqlite":
        return str(tmp_path / "checkpoints.sqlite")
    server: Server = request.getfixturevalue("postgresql")
    return server.new_database()


@pytest.mark.parametrize("pause", PAUSES)
def test_plain_langgraph_acts_twice_in_every_round(
    kept_in: str, pause: str, tmp_path: Path
) -> None:
    for number, went in enumerate(race("plain", pause, kept_in, tmp_path, PLAIN_ROUNDS)):
        expected = [f"round-{number} alice", f"round-{number} bob"]
        assert sorted(went.effects) == expected, f"{number}: {went}"
        assert (went.tried, went.ended) == ((ACTING,) * 2, (WON,) * 2), f"{number}: {went}"
