"""Whoever decides is killed: what a few rounds show; `make soak` has hundreds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.killing import DONE, LOOKS_ONCE, STOPS, Place, begin, decider, rounds

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = 10
SEED = 1


def test_a_decision_that_is_killed_counts_once_and_can_be_taken_up(
    place: str, tmp_path: Path
) -> None:
    went = list(rounds(place, tmp_path, ROUNDS, SEED, measured=1))
    assert len(went) == ROUNDS, went
    assert all(one.phase for one in went), went


def test_nobody_takes_a_decision_up_while_its_tool_still_runs(place: str, tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.touch()
    here = Place("breakpoint", place, marks, "t")
    begin(here)
    with decider(here, "bob") as bob, decider(here, "alice", STOPS) as alice:
        alice.tell("approve")
        assert alice.answer() == "tool"
        with decider(here, "carol", LOOKS_ONCE) as carol:
            seen = carol.seen
        assert (seen.status, seen.keys) == ("running", ()), seen
        assert "alice" in seen.explanation, seen
        said = bob.decide("approve")
        assert said.startswith("refused: alice decided this first"), said
        alice.tell("go on")
        assert [alice.answer() for _ in range(5)][-1] == DONE
    assert here.happened().count("paid 10") == 1, here.happened()
