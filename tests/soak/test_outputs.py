"""Each lesson through ChatOllama, with a changed output, and with its sections run once more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from course_utils.places import COURSE_ROOT
from tests.support.lesson import NOTEBOOKS, REFERENCE
from tests.support.nbval_runs import (
    check_only_the_models_words_differ,
    check_sections_run_again,
    check_what_changed_is_found,
)

if TYPE_CHECKING:
    from pathlib import Path

every_lesson = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
MODELLED = [
    path for path in [*NOTEBOOKS, REFERENCE] if "chat_model" in path.read_text(encoding="utf-8")
]
# The lessons that README.md says need two tool calls in one message.
README = " ".join((COURSE_ROOT / "README.md").read_text(encoding="utf-8").split())
SENTENCE = re.search(r"of the lessons ([^.]*) need two tool calls in one message\.", README)
SEVERAL_CALLS = re.findall(r"\d\d", SENTENCE[1] if SENTENCE else "")
every_lesson_with_a_model = pytest.mark.parametrize(
    "notebook", MODELLED, ids=lambda path: path.stem
)


@every_lesson_with_a_model
def test_through_the_real_chat_ollama_only_the_models_words_differ(
    notebook: Path, tmp_path: Path
) -> None:
    most = check_only_the_models_words_differ(notebook, tmp_path)
    assert (most > 1) == (notebook.stem[:2] in SEVERAL_CALLS), (
        f"a message of the model had {most} tool calls, and README.md names {SEVERAL_CALLS}"
    )


@every_lesson
def test_a_changed_line_and_a_changed_question_fail_the_run(notebook: Path, tmp_path: Path) -> None:
    check_what_changed_is_found(notebook, tmp_path)


@every_lesson
def test_each_section_prints_the_same_when_it_is_run_again(notebook: Path, tmp_path: Path) -> None:
    # The capstone's desk is one scenario of several sections; elsewhere each can be run alone.
    seed = None if notebook == NOTEBOOKS[-1] else 1
    check_sections_run_again(notebook, tmp_path, seed)
