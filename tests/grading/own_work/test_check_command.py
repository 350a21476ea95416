"""`hitl check`: which lesson is meant, what is printed, and the page in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest

from course_utils.grading.own_work.errors import CheckError
from course_utils.grading.own_work.lessons import lesson_called, lessons_in
from course_utils.grading.own_work.page import PAGE_FILE
from course_utils.places import COURSE_ROOT
from course_utils.quiz.attempts import ATTEMPTS_FILE
from course_utils.quiz.bank import load_bank
from course_utils.workspace.derive import derive_workspace
from tests.support import forked
from tests.support.running_lab import HITL, learners_environment
from tests.support.submissions import right_answer, tried

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

FIRST, SECOND = "00_start_here", "01_interrupt_before"
LESSONS = [FIRST, SECOND, "02_state_next", "06_editing_state"]


def hitl_check(
    workspace: Path, *arguments: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    environment = {**learners_environment(workspace.parent), "COLUMNS": "120", **variables}
    command = ("check", *arguments, "--workspace", str(workspace))
    return forked.run(str(HITL), *command, env=environment)


def notebook_of(lesson: str) -> Path:
    return COURSE_ROOT / "notebooks" / lesson / f"{lesson}.ipynb"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two lessons; of the first, one exercise and one question are solved."""
    root = tmp_path_factory.mktemp("learner")
    for lesson in (FIRST, SECOND):
        (root / "notebooks" / lesson).mkdir(parents=True)
        (root / "notebooks" / lesson / f"{lesson}.ipynb").symlink_to(notebook_of(lesson))
    derive_workspace(root / "workspace", notebooks=root / "notebooks")
    mine = root / "workspace" / FIRST / f"{FIRST}.ipynb"
    notebook, solved = (nbformat.read(path, 4) for path in (mine, notebook_of(FIRST)))
    number = next(n for n, cell in enumerate(notebook.cells) if "solution" in _known(cell))
    notebook.cells[number].source = solved.cells[number].source
    nbformat.write(notebook, mine)
    bank = load_bank(COURSE_ROOT / "quizzes" / f"{FIRST}.yaml")
    question = next(question for question in bank.questions if question.points)
    event = tried(question, right_answer(question))
    (mine.parent / ATTEMPTS_FILE).write_text(f"{event.model_dump_json()}\n")
    return root / "workspace"


def browser(opened: Path) -> str:
    """Return a browser that writes down what it is to open."""
    program = opened.with_name("browser")
    program.write_text(f'#!/bin/sh\necho "$1" >> {opened}\n')
    program.chmod(0o755)
    return str(program)


def _known(cell: nbformat.NotebookNode) -> list[str]:
    return [name for name, value in cell.metadata.get("nbgrader", {}).items() if value is True]


def test_a_lesson_is_checked_by_its_number_and_its_page_is_opened(
    workspace: Path, tmp_path: Path
) -> None:
    opened = tmp_path / "opened"
    done = hitl_check(workspace, "0", BROWSER=browser(opened))
    assert done.returncode == 0, done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[0] == FIRST
    states = [line.rsplit(" ", 3) for line in lines if line.startswith("Exercise")]
    assert [words[0].rsplit(" ", 1)[-1] for words in states] == ["passed", "yet"], lines
    assert sum("not answered" in line for line in lines) == 3
    assert "Total 9 of 20" in lines
    page = workspace / FIRST / PAGE_FILE
    assert f"The page: {page}" in lines
    assert opened.read_text().strip() == page.resolve().as_uri()


def test_without_a_name_all_that_was_begun_is_checked_and_no_page_is_opened(
    workspace: Path, tmp_path: Path
) -> None:
    opened = tmp_path / "opened"
    done = hitl_check(workspace, BROWSER=browser(opened))
    assert done.returncode == 0, done.stderr
    assert not opened.exists()
    assert FIRST in done.stdout
    assert SECOND not in done.stdout
    assert not (workspace / SECOND / PAGE_FILE).exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("77", "There is no lesson '77'. There are 00_start_here,"),
        ("2", "There is no 02_state_next in "),
    ],
)
def test_what_cannot_be_checked_is_told_in_one_line(workspace: Path, given: str, said: str) -> None:
    done = hitl_check(workspace, given)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "lesson"),
    [
        ("1", SECOND),
        ("01", SECOND),
        ("interrupt_before", SECOND),
        ("Interrupt-Before", SECOND),
        ("before", SECOND),
        ("02_s", "02_state_next"),
        (f"workspace/{SECOND}/{SECOND}.ipynb", SECOND),
        (f"./{FIRST}/", FIRST),
    ],
)
def test_a_short_name_means_one_lesson(given: str, lesson: str) -> None:
    assert lesson_called(given, LESSONS) == lesson


@pytest.mark.parametrize("given", ["state", "", "start here now", "1000"])
def test_a_name_that_means_none_or_several_is_refused(given: str) -> None:
    with pytest.raises(CheckError):
        lesson_called(given, LESSONS)


def test_the_lessons_are_those_of_the_course() -> None:
    found = lessons_in(COURSE_ROOT / "notebooks")
    assert found[:2] == [FIRST, SECOND]
    assert "reference" not in found
