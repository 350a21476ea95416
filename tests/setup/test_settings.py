"""What the settings take, and what they refuse before it does harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from course_utils.places import COURSE_ROOT
from course_utils.settings import SettingsError, settings, without_password

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


def test_checkpoints_are_a_file_of_the_courses_folder_or_an_address_as_it_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    address = "postgresql://ada:se%40same@127.0.0.1:5433/course"
    expected = {
        "": COURSE_ROOT / "workspace" / "checkpoints.sqlite",
        "kept/threads.sqlite": COURSE_ROOT / "kept" / "threads.sqlite",
        str(tmp_path / "threads.sqlite"): tmp_path / "threads.sqlite",
        address: address,
    }
    for given, place in expected.items():
        monkeypatch.setenv("HITL_CHECKPOINTS", given)
        assert settings().checkpoints == str(place), f"HITL_CHECKPOINTS={given!r}"


@pytest.mark.parametrize(
    "address",
    [
        "mysql://ada:sesame@127.0.0.1/course",
        "postgresql+psycopg://ada:sesame@127.0.0.1/course",
        "postgresql:/ada:sesame@127.0.0.1/course",
        "postgresql://ada:sesame%zz@127.0.0.1/course",
        "postgresql://ada:sesame@[::1/course",
        "postgresql://ada:sesame/2@127.0.0.1/course",
        "postgresql://ada:12/sesame@127.0.0.1/course",
        "postgresql://ada:se@sesame@127.0.0.1/course",
        "host=127.0.0.1 password=sesame dbname=course",
    ],
)
def test_an_address_of_no_postgresql_is_refused_without_its_password(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("HITL_CHECKPOINTS", address)
    with pytest.raises(SettingsError, match="HITL_CHECKPOINTS: write the path") as told:
        settings()
    assert "sesame" not in str(told.value), told.value


def test_settings_are_shown_without_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HITL_CHECKPOINTS", "postgresql://ada:sesame@127.0.0.1/course")
    monkeypatch.setenv("HITL_GRADEBOOK", "postgresql://ada:sesame@127.0.0.1/grades")
    assert "sesame" not in repr(settings())


@pytest.mark.parametrize("password", ["sesame", "ses%2Fame", "ses#ame", "ses?ame"])
def test_an_address_is_shown_without_its_password(password: str) -> None:
    address = f"postgresql://ada:{password}@127.0.0.1:5433/course?password={password}"
    assert without_password(address) == "postgresql://ada@127.0.0.1:5433/course"
