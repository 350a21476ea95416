"""kill -9 at a random moment of a decision, hundreds of times."""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING

import pytest

from tests.support.killing import PHASES, rounds, spread

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.postgres import Server

ROUNDS = {"sqlite": 100, "postgresql": 60}
# The others are over in a few milliseconds, and may be missed.
LONG = {PHASES[0], *(phase for phase in PHASES if phase.startswith("in the "))}


@pytest.mark.parametrize("kept_in", ROUNDS)
def test_a_decision_that_is_killed_counts_once_and_can_be_taken_up(
    kept_in: str, request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = str(tmp_path / "checkpoints.sqlite")
    if kept_in == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        place = server.new_database()
    seed = request.config.getoption("--seed") or SystemRandom().randrange(10**6)
    with capsys.disabled():
        print(f"\n{ROUNDS[kept_in]} decisions on {kept_in}, killed; again with --seed={seed}")
    went = list(rounds(place, tmp_path, ROUNDS[kept_in], seed))
    with capsys.disabled():
        print(spread(went))
    missed = LONG - {one.phase for one in went}
    assert not missed, f"no decision was killed in these phases: {missed}"
