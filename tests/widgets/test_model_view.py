"""A lesson's first cell says which model answers, and where its words are in the outputs."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from course_utils.exercises.outline import MODEL_WORDS, outline_of
from course_utils.widgets.model_view import OFFLINE_ANSWERS, which_model
from tests.support.lesson import NOTEBOOKS, REFERENCE, Lesson
from tests.support.ollama_server import OllamaServer

if TYPE_CHECKING:
    from pathlib import Path

EVERY = [Lesson(path) for path in [*NOTEBOOKS, REFERENCE]]
MODELLED = [lesson for lesson in EVERY if any("chat_model" in c.source for c in lesson.cells)]
with_a_model = pytest.mark.parametrize("lesson", MODELLED, ids=lambda lesson: lesson.name)


@pytest.fixture
def opened(lesson: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lesson:
    """A learner's copy of the lesson, in whose folder the kernel works."""
    (tmp_path / lesson.path.name).write_bytes(lesson.path.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(os.environ, "HITL_MODEL", "offline")
    return lesson


@with_a_model
def test_the_first_cell_of_a_lesson_that_asks_a_model_says_which(lesson: Lesson) -> None:
    first = next(cell for cell in lesson.cells if cell.cell_type == "code")
    assert "which_model()" in first.source, first.source
    assert OFFLINE_ANSWERS in str(first.outputs), first.outputs


def test_two_lessons_ask_no_model() -> None:
    others = [lesson.name for lesson in EVERY if lesson not in MODELLED]
    assert others == ["04_provide_input", "10_capstone"]


@pytest.mark.usefixtures("opened")
@with_a_model
def test_a_real_model_is_named_and_each_section_with_its_words_is_linked(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OllamaServer() as server:
        monkeypatch.setenv("HITL_MODEL", "ollama:llama3.1:8b")
        monkeypatch.setenv("OLLAMA_HOST", server.base_url)
        view = which_model()._repr_mimebundle_()
    page = BeautifulSoup(view["text/html"], "html.parser")
    assert "The model ollama:llama3.1:8b answers" in page.get_text(), page
    tagged = [cell.id for cell in lesson.cells if MODEL_WORDS in cell.metadata.get("tags", [])]
    linked = [link["href"].partition("#cell-id=")[2] for link in page.find_all("a")]
    headings = outline_of(lesson.path).headings
    assert {headings[cell] for cell in linked} == {headings[cell] for cell in tagged}
    assert set(linked) <= set(tagged), f"links to {linked}, and {tagged} are tagged"
    for link in page.find_all("a"):
        assert f"- {link.get_text()}" in view["text/plain"], view["text/plain"]


@pytest.mark.parametrize("lesson", MODELLED[:1], ids=["any"])
@pytest.mark.usefixtures("opened")
def test_a_model_that_cannot_answer_is_told_before_the_lesson_needs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with OllamaServer() as gone:
        monkeypatch.setenv("OLLAMA_HOST", gone.base_url)
    monkeypatch.setenv("HITL_MODEL", "ollama:llama3.1:8b")
    told = repr(which_model())
    assert re.match(r"The model ollama:llama3.1:8b cannot answer yet. Ollama does not", told), told
    assert "`ollama serve`" in told, told
