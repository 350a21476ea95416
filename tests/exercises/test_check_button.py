"""Where the button that checks a learner's work stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from course_utils.exercises import check_button
from course_utils.exercises.check_button import CHECK_BUTTON, offer_check

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is displayed, in the place of a notebook's output."""
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(check_button, "display", lambda data, **_: shown.append(data))
    return shown


def test_it_stands_in_a_learners_folder_in_a_jupyter_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, displayed: list[dict[str, Any]]
) -> None:
    folder = tmp_path / "01_interrupt_before"
    folder.mkdir()
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    (folder / "questions.json").touch()
    offer_check(folder)
    monkeypatch.setenv("JPY_SESSION_NAME", str(folder / "lesson.ipynb"))
    (folder / "questions.json").unlink()
    offer_check(folder)
    assert displayed == []
    (folder / "questions.json").touch()
    offer_check(folder)
    words = "To check your work, run this in a terminal: hitl check 01_interrupt_before"
    assert displayed == [{CHECK_BUTTON: {}, "text/plain": words}]
