"""Two processes decide one pause at once, a few times; `make soak` has a thousand rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.racing import PAUSES, check_decide, check_plain, race

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = 10


@pytest.mark.parametrize("pause", PAUSES)
def test_of_two_processes_one_acts_and_the_other_is_told_who(
    place: str, pause: str, tmp_path: Path
) -> None:
    for number, went in enumerate(race("decide", pause, place, tmp_path, ROUNDS)):
        check_decide(number, went)


def test_on_plain_langgraph_both_act(place: str, tmp_path: Path) -> None:
    for number, went in enumerate(race("plain", PAUSES[0], place, tmp_path, ROUNDS)):
        check_plain(number, went)
