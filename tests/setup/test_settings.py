"""What the settings take, and what they refuse before it does harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from course_utils.settings import COURSE_ROOT, SettingsError, settings

if TYPE_CHECKING:
    from pathlib import Path


def test_a_misspelt_setting_is_refused_and_not_taken_for_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HITL_FEEDBAK", "deferred")
    with pytest.raises(SettingsError, match=r"HITL_FEEDBAK is not a setting; .*HITL_FEEDBACK"):
        settings()


def test_a_value_that_is_not_allowed_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HITL_FEEDBACK", "later")
    with pytest.raises(SettingsError, match="HITL_FEEDBACK='later'"):
        settings()


def test_a_folder_of_banks_is_taken_from_the_courses_folder_whatever_the_present_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HITL_QUIZZES", "my-banks")
    assert settings().quizzes == COURSE_ROOT / "my-banks"
    monkeypatch.setenv("HITL_QUIZZES", str(tmp_path))
    assert settings().quizzes == tmp_path


def test_an_empty_setting_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HITL_MODEL", "")
    assert settings().model == "offline"
