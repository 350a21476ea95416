"""`hitl report`, with a gradebook and with folders as grading leaves them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from course_utils.cli import app
from course_utils.grading.marking.record import RECORD_FILE, Mark, Record
from course_utils.grading.nbgrader.class_data import class_data
from course_utils.grading.nbgrader.course import course_here, gradebook_of
from course_utils.grading.reports.class_report.standings import standing, totals
from course_utils.neighbours.nbgrader import put_alembic_on_the_path
from tests.support.small_course import LESSON, grader, small_course

if TYPE_CHECKING:
    from pathlib import Path

SOLUTION = "def double(number):\n    return number + number"


def graded(grading: Path, student: str, lesson: str = LESSON) -> Path:
    """Write what grading leaves of a submission, and return its folder."""
    folder = grading / "autograded" / student / lesson
    folder.mkdir(parents=True)
    submitted = grading / "submitted" / student / lesson
    submitted.mkdir(parents=True)
    (submitted / f"{lesson}.ipynb").write_text("{}")
    record = Record(
        lesson=lesson,
        student=student,
        status="graded",
        digest="",
        jailed=True,
        marks=(
            Mark(cell="double-test", points=4, maximum=4),
            Mark(cell="double-more", points=0, maximum=2),
        ),
    )
    (folder / RECORD_FILE).write_text(record.model_dump_json())
    solution = new_code_cell(SOLUTION, metadata=grader("double", solution=True))
    nbformat.write(new_notebook(cells=[solution]), folder / f"{lesson}.ipynb")
    return folder


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook with three students, of whom one has points by hand; it takes seconds to make."""
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    put_alembic_on_the_path()
    with Gradebook(f"sqlite:///{path}") as book:
        book.add_student("ann", first_name="Ann", last_name="Abel")
        book.add_student("dee", first_name="Dee")
        book.add_student("bo")
        book.add_assignment(LESSON)
        book.add_notebook(LESSON, LESSON)
        book.add_grade_cell("double-more", LESSON, LESSON, max_score=2, cell_type="code")
        for student in ("ann", "bo"):
            book.add_submission(LESSON, student)
            grade = book.find_grade("double-more", LESSON, LESSON, student)
            grade.manual_score = 1.5 if student == "ann" else None
            grade.extra_credit = 0.25 if student == "ann" else None
            grade.auto_score, grade.needs_manual_grade = 0, student == "bo"
        book.db.commit()
    return path


@pytest.fixture
def grading(tmp_path: Path, gradebook: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that grading works in, with a released lesson; two of five are graded."""
    course = small_course(tmp_path)
    folder = tmp_path / "grading"
    (folder / "release" / LESSON).mkdir(parents=True)
    shutil.copy(course.source / f"{LESSON}.ipynb", folder / "release" / LESSON)
    graded(folder, "ann")
    graded(folder, "bo")
    (folder / "submitted" / "cy" / LESSON).mkdir(parents=True)
    (folder / "submitted" / "cy" / LESSON / f"{LESSON}.ipynb").write_text("{}")
    (folder / "submitted" / "eve").mkdir()
    (folder / "submitted" / "eve" / LESSON).symlink_to(folder / "submitted" / "cy" / LESSON)
    shutil.copy(gradebook, folder / "gradebook.db")
    monkeypatch.setenv("HITL_GRADEBOOK", f"sqlite:///{folder / 'gradebook.db'}")
    monkeypatch.setenv("HITL_QUIZZES", str(course.bank.parent))
    monkeypatch.chdir(tmp_path)
    return folder


def hitl(*arguments: str) -> tuple[int, str]:
    """Run a command and return its exit code and what it said."""
    done = CliRunner().invoke(app, ["report", *arguments])
    return done.exit_code, done.output


def test_everybody_is_read_from_gradebook_and_folders(grading: Path) -> None:
    course = course_here()
    with gradebook_of(course) as book:
        data = class_data(course, book, LESSON, grading.parent / "quizzes")
    found = {one.id: (one.name, standing(one, data.worth())) for one in data.students}
    assert found == {
        "ann": ("Ann Abel", "graded"),
        "bo": ("", "waits"),
        "cy": ("", "ungraded"),
        "dee": ("Dee", "nothing"),
        "eve": ("", "waits"),
    }
    ann, bo, *_, eve = data.students
    assert "is a link" in eve.trouble
    assert (ann.manual, ann.extra, ann.solutions) == (
        {"double-more": 1.5},
        0.25,
        {"double": SOLUTION},
    )
    assert (bo.manual, bo.extra) == ({}, 0)
    assert [total.points for total in totals(data)] == [5.75, 4]


def test_a_record_that_cannot_be_read_loses_nobody(grading: Path) -> None:
    (grading / "autograded" / "bo" / LESSON / RECORD_FILE).write_text('{"student": ')
    code, said = hitl(LESSON)
    assert (code, "1 graded, 2 waiting for a person, 1 not graded yet, 1 handed in" in said) == (
        0,
        True,
    ), said
    page = BeautifulSoup((grading / f"report_{LESSON}.html").read_text(), "html.parser")
    assert f"{RECORD_FILE} cannot be read: grade this student again." in page.get_text()


def test_one_line_names_the_page_of_a_lesson(grading: Path) -> None:
    code, said = hitl(LESSON)
    path = grading / f"report_{LESSON}.html"
    assert (code, said) == (
        0,
        f"{LESSON}: {path} (1 graded, 2 waiting for a person, 1 not graded yet, "
        "1 handed in nothing)\n",
    )
    page = BeautifulSoup(path.read_text(), "html.parser")
    assert page.h1.get_text() == f"{LESSON}: report on the class"
    assert not (grading / "report.html").exists()
    assert not list(grading.glob(".report*")), "a draft was left"


def test_without_a_lesson_each_that_is_graded_has_a_page_and_one_leads_to_them(
    grading: Path,
) -> None:
    graded(grading, "ann", "other")
    code, said = hitl()
    assert code == 0, said
    assert [line.partition(":")[0] for line in said.splitlines()] == [
        LESSON,
        "other",
        "all lessons",
    ]
    overview = BeautifulSoup((grading / "report.html").read_text(), "html.parser")
    links = [link["href"] for link in overview.table.find_all("a")]
    assert links == [f"report_{LESSON}.html", "report_other.html"]
    assert all((grading / link).exists() for link in links)


def test_without_grades_one_sentence_says_what_to_run(grading: Path) -> None:
    shutil.rmtree(grading / "autograded")
    assert hitl(LESSON) == (
        1,
        f"Nothing of {LESSON} is graded yet. Run `hitl grade {LESSON}` first.\n",
    )
    assert hitl() == (1, "Nothing is graded yet. Run `hitl grade LESSON` first.\n")
    assert not list(grading.glob("report*"))


def test_a_lesson_that_is_not_there_is_one_line(grading: Path) -> None:
    assert hitl("no-such") == (1, f"There is no lesson 'no-such'. There are {LESSON}.\n")
