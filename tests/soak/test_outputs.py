"""Each lesson through ChatOllama, with a changed output, and with its sections run once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.lesson import NOTEBOOKS
from tests.support.nbval_runs import (
    check_chat_ollama_prints_the_same,
    check_sections_run_again,
    check_what_changed_is_found,
)

if TYPE_CHECKING:
    from pathlib import Path

every_lesson = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)


@every_lesson
def test_the_lesson_prints_the_same_through_the_real_chat_ollama(
    notebook: Path, tmp_path: Path
) -> None:
    check_chat_ollama_prints_the_same(notebook, tmp_path)


@every_lesson
def test_a_changed_line_and_a_changed_question_fail_the_run(notebook: Path, tmp_path: Path) -> None:
    check_what_changed_is_found(notebook, tmp_path)


@every_lesson
def test_each_section_prints_the_same_when_it_is_run_again_in_any_order(
    notebook: Path, tmp_path: Path
) -> None:
    check_sections_run_again(notebook, tmp_path, seed=1)
