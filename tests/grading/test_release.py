"""What a release holds, what it must never hold, and when it is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
import yaml

from course_utils.grading.release import ReleaseError, check_quiz, lesson_bank
from course_utils.quiz.released import read_released
from tests.support.small_course import BANK, LESSON, small_course, small_lesson

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from tests.support.course import Course

PATH = Path("notebooks/01_small/01_small.ipynb")

SECRETS = (
    "return 2 * number",
    "BEGIN SOLUTION",
    "THE-EXPLANATION",
    "HIDDEN",
    "secret-state",
    "secret-output",
)


def make_dirty(course: Course) -> None:
    """Leave in the source folder what a working author leaves there."""
    path = course.source / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": "secret-state"}
    notebook.metadata["celltoolbar"] = "Create Assignment"
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata["collapsed"] = True
        cell.metadata["ExecuteTime"] = {"start_time": "2024-01-01"}
        if cell.cell_type == "code":
            cell.execution_count = number
            cell.outputs = [nbformat.v4.new_output("stream", text="secret-output")]
    notebook.cells[1].metadata["tags"] = ["kept"]
    nbformat.write(notebook, path)
    for name in (
        "attempts.jsonl",
        ".attempts.jsonl.lock",
        "progress.jsonl",
        "journal.sqlite",
        "checkpoints.sqlite-wal",
        "notes.txt",
        ".ipynb_checkpoints/01_small-checkpoint.ipynb",
        "drafts/solution.py",
    ):
        stray = course.source / name
        stray.parent.mkdir(exist_ok=True)
        stray.write_text("stray")
    for name in ("Untitled.ipynb", f"{LESSON}-Copy1.ipynb"):
        (course.source / name).write_text(path.read_text())


def files(folder: Path) -> dict[str, bytes]:
    """Return every file under a folder with its content."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = small_course(tmp_path_factory.mktemp("dirty"))
    make_dirty(course)
    course.release()
    return course


def test_a_dirty_source_gives_a_release_of_two_files(dirty: Course) -> None:
    assert sorted(files(dirty.released)) == [f"{LESSON}.ipynb", "questions.json"]


def test_a_release_holds_no_solution_explanation_hidden_test_output_or_widget_state(
    dirty: Course,
) -> None:
    text = (dirty.released / f"{LESSON}.ipynb").read_text()
    for secret in SECRETS:
        assert secret not in text, f"the released notebook holds {secret!r}"


def test_a_release_keeps_cell_ids_tags_and_nbgrader_metadata_and_nothing_else(
    dirty: Course,
) -> None:
    notebook = nbformat.read(dirty.released / f"{LESSON}.ipynb", as_version=4)
    assert [cell.id for cell in notebook.cells] == [cell.id for cell in small_lesson().cells]
    assert set(notebook.metadata) == {"kernelspec"}
    kept = {name for cell in notebook.cells for name in cell.metadata}
    assert kept == {"nbgrader", "tags", "deletable", "editable"}
    assert {cell.execution_count for cell in notebook.cells[1:]} == {None}


def test_a_practice_release_ships_the_questions_with_their_key(dirty: Course) -> None:
    quiz = read_released(dirty.released / "questions.json")
    assert quiz.mode == "practice"
    assert quiz.questions == lesson_bank(LESSON, dirty.bank.parent).questions


def other_key() -> str:
    """Return the bank with other keys, reasons, near misses, explanations and hints."""
    data = yaml.safe_load(BANK)
    for question in data["questions"]:
        question["explanation"] = "Quite another explanation."
        question["hints"] = [{"text": "Another hint.", "penalty": 50}]
        for option in question.get("options", []):
            option["correct"] = not option.get("correct", False)
            option["reason"] = "Another reason."
        if question["type"] == "multiple-choice":
            for number, option in enumerate(question["options"]):
                option["correct"] = number == 3
        if question["type"] == "fill-blank":
            question["accepted"] = ["beyond"]
            question["near_misses"] = []
    return yaml.safe_dump(data, allow_unicode=True)


def test_banks_that_differ_in_what_is_hidden_give_byte_identical_deferred_releases(
    tmp_path: Path,
) -> None:
    one = small_course(tmp_path / "one", feedback="deferred")
    other = small_course(tmp_path / "other", feedback="deferred", bank=other_key())
    assert lesson_bank(LESSON, one.bank.parent) != lesson_bank(LESSON, other.bank.parent)
    one.release()
    other.release()
    assert files(one.released) == files(other.released)
    assert json.loads(files(one.released)["questions.json"])["mode"] == "deferred"


def test_a_lesson_that_does_not_fit_its_bank_is_not_released(tmp_path: Path) -> None:
    course = small_course(tmp_path, bank=BANK.replace("points: 2", "points: 3"))
    done = course.nbgrader("generate_assignment", LESSON)
    assert done.returncode != 0
    assert "cell 'quiz-pick': it is worth 2 and its question 3 points" in done.stderr
    assert files(course.root / "grading" / "release") == {}


def problems(notebook: NotebookNode, bank: str, tmp_path: Path) -> list[str]:
    """Return what the release check says of a notebook and a bank."""
    (tmp_path / f"{LESSON}.yaml").write_text(bank)
    with pytest.raises(ReleaseError) as raised:
        check_quiz(notebook, LESSON, lesson_bank(LESSON, tmp_path), PATH)
    return str(raised.value).splitlines()


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == name)


def test_a_scored_question_without_a_quiz_cell_is_named(tmp_path: Path) -> None:
    notebook = small_lesson()
    notebook.cells.remove(cell(notebook, "quiz-pick"))
    assert problems(notebook, BANK, tmp_path) == [
        f"{PATH}: question 'pick' scores and has no quiz cell; add a cell whose grade_id is "
        "'quiz-pick', or give the question 0 points."
    ]


def test_a_withdrawn_question_needs_no_quiz_cell(tmp_path: Path) -> None:
    notebook = small_lesson()
    notebook.cells.remove(cell(notebook, "quiz-blank"))
    (tmp_path / f"{LESSON}.yaml").write_text(f"{BANK}    withdrawn: true\n")
    check_quiz(notebook, LESSON, lesson_bank(LESSON, tmp_path), PATH)


def test_a_question_with_two_quiz_cells_is_named(tmp_path: Path) -> None:
    notebook = small_lesson()
    notebook.cells.append(cell(notebook, "quiz-truth"))
    assert problems(notebook, BANK, tmp_path) == [
        f"{PATH}: cell 'quiz-truth': there are 2 cells with this grade_id; keep one."
    ]


def test_a_quiz_cell_without_a_question_is_named(tmp_path: Path) -> None:
    notebook = small_lesson()
    cell(notebook, "quiz-truth").metadata["nbgrader"]["grade_id"] = "quiz-thruth"
    found = problems(notebook, BANK, tmp_path)
    assert found[0].startswith(f"{PATH}: question 'truth' scores and has no quiz cell")
    assert found[1] == (
        f"{PATH}: cell 'quiz-thruth': the bank has no question 'thruth'; add it, or remove the "
        "cell."
    )


def test_a_quiz_cell_that_asks_another_question_is_named(tmp_path: Path) -> None:
    notebook = small_lesson()
    cell(notebook, "quiz-truth").source = f'ask("{LESSON}/pick")'
    assert problems(notebook, BANK, tmp_path) == [
        f"{PATH}: cell 'quiz-truth': it must hold ask(\"{LESSON}/truth\") and no other ask."
    ]


def test_an_ask_of_a_question_that_does_not_exist_is_named(tmp_path: Path) -> None:
    notebook = small_lesson()
    cell(notebook, "warm-up").source = f'ask("{LESSON}/warmup")  # ask("nothing/here")'
    assert problems(notebook, BANK, tmp_path) == [
        f"{PATH}: cell 'warm-up': it asks '{LESSON}/warmup', which is not in the bank of "
        f"{LESSON}; correct the id, or add the question."
    ]


def test_a_quiz_cell_that_is_also_a_solution_is_named(tmp_path: Path) -> None:
    notebook = small_lesson()
    cell(notebook, "quiz-truth").metadata["nbgrader"]["solution"] = True
    assert problems(notebook, BANK, tmp_path) == [
        f"{PATH}: cell 'quiz-truth': make it a code cell with \"grade\": true and "
        '"solution": false.'
    ]


def test_a_lesson_with_questions_and_no_bank_is_not_released(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="cell 'warm-up': it asks '01_small/warm-up'"):
        check_quiz(small_lesson(), LESSON, lesson_bank(LESSON, tmp_path), PATH)
