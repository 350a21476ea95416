"""Where a worked solution may be shown, and the button for it stands, and where not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from course_utils.exercises import solution_button
from course_utils.exercises.solution_button import RETURNED, offer_solution, why_withheld
from course_utils.places import COURSE_ROOT
from course_utils.quiz.released import released_questions
from tests.support.small_bank import bank_from, folder_with_a_bank

if TYPE_CHECKING:
    from pathlib import Path

NOTEBOOKS = COURSE_ROOT / "notebooks"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A learner's folder of a lesson, with its questions in practice mode."""
    folder = folder_with_a_bank(tmp_path, monkeypatch)
    release(folder, "practice")
    return folder


def release(folder: Path, mode: Any) -> None:
    (folder / "questions.json").write_bytes(released_questions(bank_from(folder.parent), mode))


def test_nothing_withholds_it_from_a_learner_alone(folder: Path) -> None:
    assert why_withheld(folder, NOTEBOOKS) == ""


def test_an_instructors_lesson_has_none_whatever_this_machine_is_set_to(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(folder, "deferred")
    assert why_withheld(folder, NOTEBOOKS).endswith(RETURNED)
    release(folder, "practice")
    monkeypatch.setenv("HITL_FEEDBACK", "deferred")
    assert why_withheld(folder, NOTEBOOKS).endswith(RETURNED)


def test_without_the_courses_own_lessons_there_is_none(folder: Path) -> None:
    assert why_withheld(folder, folder / "nowhere").endswith(RETURNED)


@pytest.mark.parametrize("content", [None, b"{}"])
def test_questions_that_cannot_be_read_may_be_an_instructors(
    folder: Path, content: bytes | None
) -> None:
    path = folder / "questions.json"
    path.unlink() if content is None else path.write_bytes(content)
    why = why_withheld(folder, NOTEBOOKS)
    assert why.startswith(f"{path}: the questions cannot be read: "), why


def test_a_setting_that_is_none_withholds_it_and_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HITL_FEEDBACK", "later")
    assert "HITL_FEEDBACK" in why_withheld(folder, NOTEBOOKS)


def test_the_button_stands_in_a_page_alone_and_holds_the_number_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(solution_button, "after_this_cell", lambda act: act())
    monkeypatch.setattr(solution_button, "display", lambda data, raw: shown.append(data))
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    offer_solution(2, folder)
    assert shown == []
    monkeypatch.setenv("JPY_SESSION_NAME", str(folder / "lesson.ipynb"))
    offer_solution(2, folder)
    kind = solution_button.SOLUTION_BUTTON
    assert shown == [{kind: {"exercise": 2}, "text/html": "", "text/plain": ""}]
    release(folder, "deferred")
    offer_solution(2, folder)
    assert len(shown) == 1, "a button for what is an instructor's"
