"""Submissions that are broken or mean harm: a score, a reason, and the batch goes on."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import nbformat
import pytest
from bs4 import BeautifulSoup

from course_utils.grading.intake.found_attempts import find_attempts
from course_utils.grading.intake.handed_files import read_files
from course_utils.grading.marking.quiz_scores import ScoredQuiz, score_quiz
from course_utils.grading.reports.quiz_feedback import feedback_html
from course_utils.quiz.attempts import ATTEMPTS_FILE
from course_utils.quiz.bank import Bank, load_bank
from course_utils.quiz.kept_lines import MAX_BYTES
from tests.support.course import Course
from tests.support.rows import scores
from tests.support.small_course import BANK, LESSON, small_course
from tests.support.submissions import hand_in, right_answer, solutions, tried

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from nbformat import NotebookNode

FULL = {
    **{"double-test": 4, "double-more": 2},
    **{"quiz-colour": 1, "quiz-pick": 2, "quiz-truth": 1, "quiz-blank": 1},
}
NO_QUIZ = {**FULL, "quiz-colour": 0, "quiz-pick": 0, "quiz-truth": 0, "quiz-blank": 0}

LOUD_ASK = """import sys
def ask(key):
    print("loud", file=sys.stderr)
    return 99.0"""
VANDAL = """from pathlib import Path
for path in Path.cwd().parents[2].glob("submitted/*/*/attempts.jsonl"):
    path.write_text("")"""


def cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == name)


def vandal(notebook: NotebookNode) -> None:
    """Empty everybody's attempts while being graded."""
    cell(notebook, "title").update(nbformat.v4.new_code_cell(VANDAL, id="title"))


def printer(notebook: NotebookNode) -> None:
    """Print a number and warnings in every quiz cell."""
    cell(notebook, "imports").source = LOUD_ASK


def deleter(notebook: NotebookNode) -> None:
    """Delete every graded cell."""
    notebook.cells = [
        cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("grade")
    ]


def destroyer(notebook: NotebookNode) -> None:
    """Delete every cell that nbgrader knows."""
    notebook.cells = [cell for cell in notebook.cells if "nbgrader" not in cell.metadata]


def copier(notebook: NotebookNode) -> None:
    """Hand in two of each cell."""
    notebook.cells += [
        nbformat.from_dict({**cell, "id": f"{cell.id}-2"}) for cell in notebook.cells
    ]


def renamer(notebook: NotebookNode) -> None:
    """Change everything nbgrader keeps in the metadata."""
    graded = {
        cell.id: cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata
    }
    graded["quiz-colour"].update(points=1000)
    graded["quiz-pick"].update(solution=True, locked=False)
    graded["quiz-truth"].update(grade_id="quiz-truly")
    graded["quiz-blank"].update(schema_version=1, grade="no")
    cell(notebook, "double-test").source = "pass"
    cell(notebook, "double-more").metadata["tags"] = ["skip-execution"]
    cell(notebook, "title").metadata["nbgrader"] = ["not", "a", "mapping"]


EVIL = """evil <script>evil()</script><img src=x onerror=evil()><a href="javascript:evil()">a</a>
[b](javascript:evil())"""
SHOW_EVIL = f"""from IPython.display import display
for kind in ("text/html", "text/markdown", "image/svg+xml", "application/javascript", "text/latex",
             "text/vnd.mermaid"):
    display({{kind: {EVIL!r}, "text/plain": "plain"}}, raw=True)"""


def injector(notebook: NotebookNode) -> None:
    """Hand in markup for the instructor's browser, in words and in outputs."""
    cell(notebook, "title").source = EVIL
    cell(notebook, "imports").source += f"\n{SHOW_EVIL}"


CHANGES: dict[str, Callable[[NotebookNode], None]] = {
    "a-vandal": vandal,
    "printer": printer,
    "deleter": deleter,
    "destroyer": destroyer,
    "copier": copier,
    "renamer": renamer,
    "injector": injector,
    "zoe": lambda _: None,
}


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, str]:
    """Autograde one batch of all of them; return the course and nbgrader's log."""
    course = small_course(tmp_path_factory.mktemp("hostile"))
    course.release()
    events = [
        tried(question, right_answer(question))
        for question in load_bank(course.bank).questions
        if question.points
    ]
    # An author's own attempts must not stand in for a student's.
    (course.source / ATTEMPTS_FILE).write_text("".join(f"{e.model_dump_json()}\n" for e in events))
    for student, change in CHANGES.items():
        hand_in(course, student, solutions(course), events)
        path = course.submitted(student) / f"{LESSON}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        change(notebook)
        path.write_text(nbformat.v4.writes(notebook))
    hand_in(course, "idle", solutions(course), None)
    log = course.nbgrader("autograde", LESSON).stderr
    return course, log


def test_code_that_runs_while_grading_reaches_no_other_submission(
    batch: tuple[Course, str],
) -> None:
    course, _ = batch
    for student in ("a-vandal", "zoe"):
        assert (course.submitted(student) / ATTEMPTS_FILE).read_text().count("\n") == 4
        assert scores(course, student) == FULL


def test_what_a_kernel_prints_in_a_quiz_cell_is_discarded(batch: tuple[Course, str]) -> None:
    course, _ = batch
    graded = course.root / "grading" / "autograded" / "printer" / LESSON / f"{LESSON}.ipynb"
    assert scores(course, "printer") == FULL
    graded_cells = nbformat.read(graded, as_version=4).cells
    quiz = next(c for c in graded_cells if c.source == f'ask("{LESSON}/colour")')
    assert [output.output_type for output in quiz.outputs] == ["execute_result"]
    assert quiz.outputs[0].data["text/plain"] == "1.0"


def test_deleted_graded_cells_come_back_and_are_scored(batch: tuple[Course, str]) -> None:
    course, log = batch
    assert scores(course, "deleter") == FULL
    assert "quiz-truth and quiz-blank were not in the notebook." in log


def test_a_test_without_its_solution_scores_zero_and_waits_for_nobody(
    batch: tuple[Course, str],
) -> None:
    course, _ = batch
    assert scores(course, "destroyer") == {**FULL, "double-test": 0, "double-more": 0}


@pytest.mark.parametrize("student", ["copier", "renamer"])
def test_changed_metadata_and_repeated_cells_change_no_score(
    batch: tuple[Course, str], student: str
) -> None:
    course, _ = batch
    assert scores(course, student) == FULL


def test_an_authors_attempts_in_the_source_folder_help_nobody(batch: tuple[Course, str]) -> None:
    course, log = batch
    assert scores(course, "idle") == NO_QUIZ
    assert "idle: No attempts.jsonl was handed in" in log
    assert not (course.root / "grading" / "autograded" / "idle" / LESSON / ATTEMPTS_FILE).exists()


def test_a_students_markup_is_inert_on_the_feedback_page(batch: tuple[Course, str]) -> None:
    course, _ = batch
    course.nbgrader("generate_feedback", LESSON, "--student", "injector")
    feedback = course.root / "grading" / "feedback" / "injector" / LESSON / f"{LESSON}.html"
    page = feedback.read_text(encoding="utf-8")
    assert "evil" in page, "the page does not show the cell at all"
    parsed = BeautifulSoup(page, "html.parser")
    live = [str(script) for script in parsed("script") if "evil" in script.text]
    live += [str(tag) for tag in parsed(True) if "evil" in "".join(map(str, tag.attrs.values()))]
    assert live == [], "an instructor's browser would run what the student wrote"


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    path = tmp_path / f"{LESSON}.yaml"
    path.write_text(BANK)
    return load_bank(path)


def score_in(bank: Bank, folder: Path) -> ScoredQuiz:
    found = find_attempts(read_files([folder], LESSON).attempts, LESSON)
    return score_quiz(bank, "practice", found)


def fill_with_noise(path: Path) -> None:
    path.write_bytes(b"\x00\xff{]\n" + b"[" * 100_000 + b"\n" + b'{"event": "try"}\n')


def make_too_large(path: Path) -> None:
    path.write_bytes(b"x" * (MAX_BYTES + 1))


def link_elsewhere(path: Path) -> None:
    path.symlink_to("/etc/hostname")


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (fill_with_noise, "3 lines of attempts.jsonl could not be read and did not count."),
        (make_too_large, "attempts.jsonl cannot be read: it is larger than"),
        (link_elsewhere, "attempts.jsonl cannot be read: it is a symbolic link"),
        (lambda path: path.mkdir(), "No attempts.jsonl was handed in"),
        (lambda _: None, "No attempts.jsonl was handed in"),
    ],
)
def test_attempts_that_cannot_be_read_score_zero_and_say_why(
    bank: Bank, tmp_path: Path, write: Callable[[Path], None], reason: str
) -> None:
    write(tmp_path / ATTEMPTS_FILE)
    quiz = score_in(bank, tmp_path)
    assert {score.points for score in quiz.scores.values()} == {0}
    assert reason in quiz.note, f"the note is {quiz.note!r}"
    assert str(tmp_path) not in quiz.note, "the note tells where the instructor keeps submissions"


def test_nothing_of_an_answer_reaches_the_page_as_markup(bank: Bank, tmp_path: Path) -> None:
    question = bank.question("blank")
    assert question
    answer = "<script>alert(1)</script>`<b>`"
    (tmp_path / ATTEMPTS_FILE).write_text(f"{tried(question, answer).model_dump_json()}\n")
    score = score_in(bank, tmp_path).scores["blank"]
    page = feedback_html(question, score, "<i>note</i>")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<code>&lt;b&gt;</code>" in page
    for markup in ("<script", "<b>", "<i>"):
        assert markup not in page


LONG_LIVED = """
import sys
from pathlib import Path
from nbgrader.apps import NbGrader, NbGraderAPI

app = NbGrader()
app.load_config_file()
api = NbGraderAPI(config=app.config)
attempts = Path(sys.argv[1])
written = attempts.read_text()
for text in ("", written):
    attempts.write_text(text)
    result = api.autograde(sys.argv[2], "printer")
    assert result["success"], result
    print(api.get_submission(sys.argv[2], "printer")["score"])
"""


def test_formgraders_long_lived_process_scores_what_is_there_each_time(
    batch: tuple[Course, str], tmp_path: Path
) -> None:
    course, _ = batch
    root = tmp_path / "formgrader"
    shutil.copytree(course.root, root)
    later = Course(root, LESSON)
    events = [tried(q, right_answer(q)) for q in load_bank(later.bank).questions if q.points]
    attempts = later.submitted("printer") / ATTEMPTS_FILE
    attempts.write_text("".join(f"{event.model_dump_json()}\n" for event in events))
    done = later.python("-c", LONG_LIVED, str(attempts), LESSON)
    assert done.stdout.split() == ["6.0", "11.0"], done.stderr
