"""Where a learner was last, kept in a file of the workspace that may be damaged or out of date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from course_utils.learning.last_place import (
    FILE,
    last_place,
    read_places,
    remember_place,
    remember_shown,
)
from tests.support.small_workspace import FIRST, SECOND, make_lesson

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace of two lessons, in which nobody was."""
    make_lesson(tmp_path, FIRST)
    make_lesson(tmp_path, SECOND)
    return tmp_path


def test_each_lesson_keeps_its_place_and_the_last_one_is_told(workspace: Path) -> None:
    assert last_place(workspace) is None
    remember_place(workspace, SECOND, "on")
    remember_shown(workspace, "tour")
    remember_place(workspace, FIRST, "needs")

    known = read_places(workspace)
    assert (known.cells, known.shown) == ({FIRST: "needs", SECOND: "on"}, {"tour"})
    place = last_place(workspace)
    assert place is not None
    assert place.heading == "What a pause needs"
    assert place.link == f"{FIRST}/{FIRST}.ipynb#cell-id=needs"


def test_a_cell_or_a_lesson_that_is_gone_is_no_place(workspace: Path) -> None:
    remember_place(workspace, FIRST, "taken-out")
    assert last_place(workspace) is None
    remember_place(workspace, "03_renumbered", "needs")
    assert last_place(workspace) is None


@pytest.mark.parametrize("damaged", ["", "{", "[]", '{"cells": [], "last": 1}', "\0"])
def test_from_a_damaged_file_nothing_is_known_and_it_is_written_anew(
    workspace: Path, damaged: str
) -> None:
    (workspace / FILE).write_text(damaged)
    assert read_places(workspace).cells == {}
    remember_place(workspace, FIRST, "needs")
    assert read_places(workspace).cells == {FIRST: "needs"}
    assert [path.name for path in workspace.glob(f"{FILE}*")] == [FILE], "a draft is left behind"
