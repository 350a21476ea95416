"""A learner's own work is checked as an instructor grades it, and the page is the instructor's."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbgrader.api import Gradebook

from course_utils.grading.engine.local import LocalExecutor
from course_utils.grading.jail.task import JailError
from course_utils.grading.nbgrader.graded_folder import read_record
from course_utils.grading.nbgrader.released_lesson import released_lesson
from course_utils.grading.own_work import checking
from course_utils.grading.own_work.checking import Checking, read_own
from course_utils.grading.own_work.from_source import lesson_from_source
from course_utils.grading.own_work.page import PAGE_FILE, page_of, write_page
from course_utils.grading.own_work.told import exercises, questions, sentences, totals
from course_utils.quiz.attempts import ATTEMPTS_FILE
from course_utils.quiz.bank import load_bank
from course_utils.quiz.released import QUESTIONS_FILE, released_questions
from tests.support.small_class import WRONG, Marking, grade
from tests.support.small_course import LESSON, small_course
from tests.support.submissions import hand_in, right_answer, solutions, tried, wrong_answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from course_utils.grading.engine.job import Job, Marked
    from course_utils.grading.engine.steps import Heard
    from course_utils.grading.own_work.checking import Checked, OwnLesson
    from tests.support.course import Course

# It passes what is shown of the test, and not what is hidden.
FOR_THE_VISIBLE = "def double(number):\n    return {2: 4, 'ab': 'abab'}.get(number)"
ELSEWHERE = "double = lambda number: 2 * number"
SAME = ("perfect", "half", "hidden", "flagged", "torn")


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A released course with a folder for each way to work on the lesson."""
    course = small_course(tmp_path_factory.mktemp("course"))
    course.release()
    scored = [question for question in load_bank(course.bank).questions if question.points]
    right = [tried(question, right_answer(question)) for question in scored]
    wrong = [tried(question, wrong_answer(question)) for question in scored]
    hand_in(course, "perfect", solutions(course), right)
    hand_in(course, "half", {"double": WRONG}, [*wrong, *right])
    hand_in(course, "hidden", {"double": FOR_THE_VISIBLE}, right)
    hand_in(course, "flagged", {"double": WRONG}, right)
    add_a_cell(course.submitted("flagged") / f"{LESSON}.ipynb", ELSEWHERE)
    hand_in(course, "torn", solutions(course), right)
    path = course.submitted("torn") / f"{LESSON}.ipynb"
    path.write_text(path.read_text()[:200])
    hand_in(course, "untouched", {}, None)
    hand_in(course, "open", solutions(course), wrong[:1])
    hand_in(course, "unanswered", solutions(course), None)
    return course


@pytest.fixture(scope="module")
def graded(handed_in: Course) -> Course:
    """The course as an instructor has it, graded and with feedback."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HITL_QUIZZES", "HITL_GRADEBOOK", "HITL_FEEDBACK"):
            patch.setenv(name, "")
        with LocalExecutor(2) as executor:
            grade(handed_in, executor)
    handed_in.must("generate_feedback", LESSON)
    return handed_in


@pytest.fixture(scope="module")
def jail() -> Iterator[Checking]:
    with Checking() as opened:
        yield opened


def add_a_cell(path: Path, source: str) -> None:
    """Put a cell of the student's own behind the answer."""
    notebook = nbformat.read(path, 4)
    notebook.cells.insert(4, nbformat.v4.new_code_cell(source, id="mine"))
    nbformat.write(notebook, path)


def own_of(course: Course, folder: Path) -> OwnLesson:
    return read_own(folder, course.source / f"{LESSON}.ipynb", course.bank.parent)


def copied(course: Course, student: str, to: Path) -> Path:
    shutil.copytree(course.submitted(student), to / LESSON)
    return to / LESSON


def check(jail: Checking, course: Course, student: str, to: Path) -> Checked:
    return jail.check(own_of(course, copied(course, student, to)))


def words(html: str) -> str:
    return " ".join(re.sub(r"<style.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL).split())


def rows(checked: Checked) -> list[tuple[str, str, float, float]]:
    told = [*exercises(checked), *questions(checked)]
    return [(row.name, row.state, row.points, row.maximum) for row in told]


def test_the_source_gives_the_lesson_that_a_gradebook_and_a_release_give(
    handed_in: Course,
) -> None:
    source = handed_in.source / f"{LESSON}.ipynb"
    with Gradebook(handed_in.gradebook) as gradebook:
        known = gradebook.find_notebook(LESSON, LESSON)
        path = handed_in.released / f"{LESSON}.ipynb"
        released = released_lesson(LESSON, path, known, source)
    assert lesson_from_source(source) == released


@pytest.mark.parametrize("student", SAME)
def test_marks_and_page_are_the_instructors_and_nothing_else_changes(
    graded: Course, jail: Checking, tmp_path: Path, student: str
) -> None:
    folder = copied(graded, student, tmp_path)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    [checked] = jail.check_all([own_of(graded, folder)])
    write_page(folder, page_of(checked))

    record = read_record(graded.root / "grading" / "autograded" / student / LESSON)
    assert record is not None
    assert checked.graded.record.marks == record.marks
    assert [flag.cell for flag in checked.graded.record.flags] == [f.cell for f in record.flags]
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    page = words(after.pop(PAGE_FILE).decode())
    assert after == before
    # An instructor is also told to ask for the notebook again.
    theirs = words(graded.page(student)).replace(f" Ask for {LESSON}.ipynb again.", "")
    assert page == theirs
    again = own_of(graded, folder).submission
    assert again == checked.own.submission, "the page is read as work"


def test_what_is_hidden_of_a_test_is_nowhere_on_the_page(
    jail: Checking, handed_in: Course, tmp_path: Path
) -> None:
    checked = check(jail, handed_in, "hidden", tmp_path)
    assert rows(checked)[0][1:] == ("not passed", 2, 6)
    page = page_of(checked)
    assert "A hidden check failed" in page
    for part in ("HIDDEN-TEST-BODY", "double(5)", "BEGIN HIDDEN"):
        assert part not in page


def test_each_exercise_and_each_question_is_told(
    jail: Checking, handed_in: Course, tmp_path: Path
) -> None:
    perfect = check(jail, handed_in, "perfect", tmp_path / "perfect")
    assert {row[1] for row in rows(perfect)} == {"passed", "right"}
    assert totals([*exercises(perfect), *questions(perfect)]) == (11, 11)
    assert sentences(perfect) == []
    half = check(jail, handed_in, "half", tmp_path / "half")
    assert rows(half)[0] == ("A small lesson", "not passed", 0, 6)
    assert [row[1] for row in rows(half)[1:]] == ["right", "right", "wrong", "right"]


def test_a_flag_is_told_in_a_learners_words(
    jail: Checking, handed_in: Course, tmp_path: Path
) -> None:
    checked = check(jail, handed_in, "flagged", tmp_path)
    assert rows(checked)[0][1] == "waits"
    assert sentences(checked) == [
        "An instructor would be asked to look at 'A small lesson', because the test passed in the "
        "notebook, and not when run by itself."
    ]


def test_a_torn_notebook_waits_and_the_quiz_is_scored(
    jail: Checking, handed_in: Course, tmp_path: Path
) -> None:
    checked = check(jail, handed_in, "torn", tmp_path)
    assert [row[1] for row in rows(checked)] == ["waits", *["right"] * 4]
    why, put_back = sentences(checked)
    assert why.startswith("An instructor would be asked to look at this, because the exercises")
    assert f"{LESSON}.ipynb is damaged" in why
    assert put_back == "Put a good copy of the notebook in its place, and check again."


def test_what_can_still_be_answered_keeps_its_answer(
    jail: Checking, handed_in: Course, tmp_path: Path
) -> None:
    checked = check(jail, handed_in, "open", tmp_path)
    assert [row[1] for row in rows(checked)[1:]] == ["try again", *["not answered"] * 3]
    page = words(page_of(checked))
    assert page.count("You can still answer this question for points.") == 4
    assert "Right answer:" not in page
    assert "Red is red." not in page


def test_without_answers_nobody_is_told_that_a_file_was_not_handed_in(
    jail: Checking, handed_in: Course, tmp_path: Path
) -> None:
    checked = check(jail, handed_in, "unanswered", tmp_path)
    assert sentences(checked) == ["You have not answered a question of this quiz yet."]
    assert "handed in" not in page_of(checked)
    assert checked.own.begun


def test_a_lesson_is_begun_with_an_answer_in_a_cell_or_in_the_quiz(
    handed_in: Course, tmp_path: Path
) -> None:
    folder = copied(handed_in, "untouched", tmp_path)
    assert not own_of(handed_in, folder).begun
    shutil.copy(handed_in.submitted("open") / ATTEMPTS_FILE, folder)
    assert own_of(handed_in, folder).begun


def test_a_page_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / PAGE_FILE).mkdir()
    with pytest.raises(OSError, match=PAGE_FILE):
        write_page(tmp_path, "<p>A page.</p>")
    assert [path.name for path in tmp_path.iterdir()] == [PAGE_FILE]


def test_a_deferred_quiz_is_left_to_the_instructor(
    jail: Checking, handed_in: Course, tmp_path: Path
) -> None:
    folder = copied(handed_in, "half", tmp_path)
    deferred = released_questions(load_bank(handed_in.bank), "deferred")
    (folder / QUESTIONS_FILE).write_bytes(deferred)
    checked = jail.check(own_of(handed_in, folder))
    assert rows(checked) == [("A small lesson", "not passed", 0, 6)]
    assert sentences(checked) == [
        "The questions of this lesson are scored by an instructor, when you have handed it in."
    ]
    page = words(page_of(checked))
    assert f"{LESSON} (Score: 0.0 / 6.0)" in page
    assert "Right answer:" not in page


class _Place(Marking):
    """Marks without a jail; with one, it is not there."""

    def __init__(self, *, sandbox: bool = True, **_: object) -> None:
        if sandbox:
            raise JailError("No jail can be made here.")
        super().__init__()
        self.jailed = False

    def submit(self, job: Job, _: Heard | None = None) -> Future[Marked]:
        return super().submit(job)

    def __exit__(self, *_: object) -> None:
        pass


def test_without_a_jail_the_learners_code_runs_and_a_sentence_says_so(
    handed_in: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "LocalExecutor", _Place)
    with Checking() as jail:
        checked = check(jail, handed_in, "perfect", tmp_path)
    assert jail.unjailed == "This machine has no jail, so your code ran as in your notebook."
    assert rows(checked)[0][1] == "passed"
    assert not checked.graded.record.jailed
