"""A lesson's end, from source and in a learner's folder: scores, what is undone, what is next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils.exercises import kept
from course_utils.exercises.kept import PROGRESS_FILE, Passed, SolutionShown, record
from course_utils.quiz.attempts import HintOpened, TryMade, append_event
from course_utils.quiz.released import released_questions
from course_utils.widgets.progress_view import progress
from tests.exercises.test_outline import SOLUTION
from tests.support.small_bank import LESSON, bank_from, folder_with_a_bank

if TYPE_CHECKING:
    from pathlib import Path

    from course_utils.settings import Feedback

CELLS = [
    new_markdown_cell("## Exercise 1: stop <b>before</b> it"),
    new_code_cell("def stop(): ...", id="stop", metadata=SOLUTION),
    new_code_cell("with exercise(1, stop) as check: ...", id="stop-test"),
    new_markdown_cell("## Exercise 2: go on"),
    new_code_cell("def go_on(): ...", id="go-on", metadata=SOLUTION),
    new_code_cell("with exercise(2, go_on, part=1) as check: ...", id="go-on-test-one"),
    new_code_cell("with exercise(2, go_on, part=2) as check: ...", id="go-on-test-two"),
    new_code_cell(f'ask("{LESSON}/needs")', id="quiz-needs"),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a lesson of two exercises and a quiz from a bank, in which a kernel works."""
    folder = folder_with_a_bank(tmp_path, monkeypatch)
    monkeypatch.setattr(kept, "_seen", {})
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    nbformat.write(new_notebook(cells=CELLS), folder / f"{LESSON}.ipynb")
    monkeypatch.chdir(folder)
    return folder


def release(folder: Path, mode: Feedback) -> None:
    (folder / "questions.json").write_bytes(released_questions(bank_from(folder.parent), mode))


def tried(folder: Path, question: str, *answers: str, version: int = 1) -> None:
    for answer in answers:
        event = TryMade(question=f"{LESSON}/{question}", version=version, answer=answer)
        append_event(folder / "attempts.jsonl", event)


def lines() -> list[str]:
    return repr(progress()).splitlines()


def test_at_first_everything_is_undone_with_the_cell_that_it_is_in(folder: Path) -> None:
    first, second, words, *undone, following = lines()
    assert (first, words) == ("Exercises: 0 of 2 passed.", "Not done yet:")
    assert second.startswith("Quiz: 0 of "), second
    assert undone[:3] == [
        "- Exercise 1: stop <b>before</b> it: not passed (cell stop)",
        "- Exercise 2: go on: not passed (cell go-on)",
        "- Question 1: What does a pause need?: not answered (cell quiz-needs)",
    ]
    assert following.startswith("Next lesson: 02 "), following


def test_an_exercise_has_passed_when_all_its_parts_have(folder: Path) -> None:
    record(folder / PROGRESS_FILE, Passed(exercise=1))
    record(folder / PROGRESS_FILE, Passed(exercise=2, part=1))
    assert lines()[0] == "Exercises: 1 of 2 passed."
    assert "- Exercise 2: go on: part 2 not passed (cell go-on)" in lines()
    record(folder / PROGRESS_FILE, SolutionShown(exercise=2))
    record(folder / PROGRESS_FILE, Passed(exercise=2, part=2))
    assert lines()[0] == "Exercises: 2 of 2 passed, 1 after its solution was shown."
    assert "Exercise 2" not in "\n".join(lines()[1:])


@pytest.mark.parametrize("released", [False, True])
def test_what_hints_and_tries_cost_is_told_in_points(folder: Path, released: bool) -> None:
    if released:
        release(folder, "practice")
    append_event(
        folder / "attempts.jsonl", HintOpened(question=f"{LESSON}/needs", version=1, hint=1)
    )
    tried(folder, "needs", "luck", "saver")
    # Of two points, a tenth for the hint and a third for the wrong try.
    assert "1.13 of " in lines()[1]
    assert lines()[1].endswith(" points. Hints cost 0.2 points. Earlier tries cost 0.67 points.")
    assert "Question 1" not in repr(progress())


def test_a_question_with_tries_left_is_undone_and_says_how_many(folder: Path) -> None:
    tried(folder, "needs", "luck")
    (line,) = [line for line in lines() if "Question 1" in line]
    assert line.endswith("2 scored tries left (cell quiz-needs)"), line


def test_deferred_only_what_is_answered_is_counted(folder: Path) -> None:
    release(folder, "deferred")
    tried(folder, "needs", "luck")
    assert lines()[1].startswith("Quiz: 1 of "), lines()[1]
    assert lines()[1].endswith(" questions answered. The score comes with the feedback.")
    assert "Question 1" not in repr(progress())
    assert "cost" not in repr(progress())


@pytest.mark.parametrize("broken", ["questions.json", "attempts.jsonl"])
def test_what_cannot_be_read_is_told_and_the_rest_is_shown(folder: Path, broken: str) -> None:
    release(folder, "practice")
    for exercise, part in ((1, 1), (2, 1), (2, 2)):
        record(folder / PROGRESS_FILE, Passed(exercise=exercise, part=part))
    (folder / broken).unlink(missing_ok=True)
    if broken == "questions.json":
        (folder / broken).write_text("{")
    else:
        (folder / broken).mkdir()
    assert lines()[0] == "Exercises: 2 of 2 passed."
    assert lines()[1].startswith("Quiz: It cannot be counted. "), lines()[1]
    assert broken in lines()[1]
    # Nobody knows whether the lesson is done.
    assert lines()[2].startswith("Next lesson: "), lines()[2]
    assert "are done" not in progress()._repr_mimebundle_()["text/html"]


def test_without_a_notebook_the_exercises_are_not_counted(folder: Path) -> None:
    (folder / f"{LESSON}.ipynb").write_text("{")
    assert lines()[0] == (
        "Exercises: The notebook cannot be read, so its exercises are not counted."
    )


def test_the_page_links_to_cells_by_the_files_name_and_escapes_what_it_quotes(folder: Path) -> None:
    (folder / f"{LESSON}.ipynb").rename(folder / "my 'own'.ipynb")
    html = progress()._repr_mimebundle_()["text/html"]
    page = BeautifulSoup(html, "html.parser")
    links = {link.text: link["href"] for link in page.find_all("a")}
    assert links["Exercise 1: stop <b>before</b> it"] == "my%20%27own%27.ipynb#cell-id=stop"
    assert page.find("b") is None
    assert "2026" not in html.split("</style>")[1], "a time would change with each run"


def test_a_learner_is_linked_to_the_next_lesson_only_where_it_is(folder: Path) -> None:
    release(folder, "practice")
    page = BeautifulSoup(progress()._repr_mimebundle_()["text/html"], "html.parser")
    assert [link["href"] for link in page.find_all("a") if ".." in link["href"]] == []
    following = folder.parent / "01_quizzed"
    following.mkdir()
    (following / "01_quizzed.ipynb").touch()
    page = BeautifulSoup(progress()._repr_mimebundle_()["text/html"], "html.parser")
    assert [link["href"] for link in page.find_all("a") if ".." in link["href"]] == [
        "../01_quizzed/01_quizzed.ipynb"
    ]


def test_a_lesson_that_is_done_says_so(folder: Path) -> None:
    for exercise, part in ((1, 1), (2, 1), (2, 2)):
        record(folder / PROGRESS_FILE, Passed(exercise=exercise, part=part))
    # Under this name there is no bank, and so no quiz.
    (folder / f"{LESSON}.ipynb").rename(folder / "99_last.ipynb")
    assert lines() == [
        "Exercises: 2 of 2 passed.",
        "All exercises and questions of this lesson are done.",
        "This was the last lesson.",
    ]
