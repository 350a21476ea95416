"""The button that checks a learner's work, outside a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_utils.widgets.own_check import READY, OwnCheck, is_in_a_page

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_why_nothing_is_checked_is_told_and_no_page_is_linked(tmp_path: Path) -> None:
    card = OwnCheck(tmp_path / "77_none")
    assert card.status == READY
    card.press()
    assert card.status.startswith("There is no lesson '77_none'. There are 00_start_here, ")
    assert card._page.outputs == ()
    assert not card._button.disabled


def test_a_button_stands_only_where_it_can_be_pressed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    (tmp_path / "questions.json").touch()
    assert not is_in_a_page(tmp_path)
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "lesson.ipynb"))
    assert is_in_a_page(tmp_path)
    (tmp_path / "questions.json").unlink()
    assert not is_in_a_page(tmp_path)
