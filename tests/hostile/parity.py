"""Honest submissions, graded by stock nbgrader and by the course: the marks of each exercise.

    python -m tests.hostile.parity [LESSON ...] > parity.md

Nine kinds of submission of lesson 01, and all answers that are kept for the lessons' exercises,
right ones and wrong ones. Questions are left out: stock nbgrader does not know them. Its kernels
are forked here from a process whose imports are done.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from course_utils.quiz.bank import load_bank
from tests.hostile.attack import LESSON, new_code
from tests.hostile.ours import grade
from tests.hostile.stock import CONFIG
from tests.support.course import ROOT, Course, make_course
from tests.support.lesson import NOTEBOOKS, Lesson
from tests.support.rows import scores
from tests.support.submissions import (
    hand_in,
    opened,
    right_answer,
    solutions,
    tried,
    wrong_answer,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Marks = dict[str, float | None]
"""What a submission got for each test; None where a person must grade, or nothing was graded."""


def main(lessons: list[str]) -> None:
    """Write the table of all lessons, or of these, and then each mark that differs."""
    print("| lesson | submissions | marks | equal | different |\n|---|---|---|---|---|")
    different: list[str] = []
    for notebook in NOTEBOOKS:
        if lessons and notebook.stem not in lessons:
            continue
        found = list(compared(notebook.stem))
        marks = sum(len(stock.keys() | ours.keys()) for _, stock, ours in found)
        here = [row for one in found for row in _different(notebook.stem, *one)]
        counts = f"{len(found)} | {marks} | {marks - len(here)} | {len(here)}"
        print(f"| {notebook.stem} | {counts} |", flush=True)
        different += here
    if different:
        print("\n| lesson | submission | test | stock | ours |\n|---|---|---|---|---|")
        print("\n".join(different))


def _different(lesson: str, student: str, stock: Marks, ours: Marks) -> Iterator[str]:
    """Yield a row for each test for which a submission got different marks."""
    for test in sorted(stock.keys() | ours.keys()):
        if stock.get(test) != ours.get(test):
            both = f"{stock.get(test)} | {ours.get(test)}"
            yield f"| {lesson} | {student} | {test} | {both} |"


def compared(lesson: str) -> Iterator[tuple[str, Marks, Marks]]:
    """Grade a lesson's submissions in both ways; yield each with both marks."""
    with tempfile.TemporaryDirectory() as folder:
        stock = _graded(Path(folder, "stock"), lesson, is_stock=True)
        ours = _graded(Path(folder, "ours"), lesson, is_stock=False)
    for student in stock:
        yield student, stock[student], ours[student]


def kept_answers(lesson: str) -> dict[str, dict[str, str]]:
    """Return submissions in which each kept answer of a lesson stands once.

    The submission of a number has the answers of that number to each of the exercises.
    """
    made: dict[str, dict[str, str]] = {}
    count: dict[str, int] = defaultdict(int)
    for answer in Lesson(ROOT / "notebooks" / lesson / f"{lesson}.ipynb").answers():
        made.setdefault(f"kept-{count[answer.exercise]:02}", {})[answer.exercise] = answer.code
        count[answer.exercise] += 1
    return made


def hand_in_kinds(course: Course) -> list[str]:
    """Hand in nine kinds of honest submissions of lesson 01; return their names."""
    right = solutions(course)
    questions = [q for q in load_bank(course.bank).questions if q.points]
    perfect = [tried(question, right_answer(question)) for question in questions]
    mistakes = [tried(question, wrong_answer(question)) for question in questions]
    hints = [opened(question) for question in questions if question.hints]
    kept = {(a.exercise, a.name): a.code for a in Lesson(_source(course.lesson)).answers()}
    wrong = {
        "supervise": kept["supervise", "stops-after-the-booking"],
        "pending": kept["pending", "first-call-only"],
        "reject": kept["reject", "only-prints"],
    }
    half = {**right, "reject": kept["reject", "as-no-node-in-particular"]}
    other = {
        "supervise": kept["supervise", "stops-after-the-node-that-asks"],
        "pending": kept["pending", "asks-the-waiting-tasks"],
        "reject": kept["reject", "builds-the-config-and-loops"],
    }
    hand_in(course, "perfect", right, perfect)
    hand_in(course, "blank", {}, None)
    hand_in(course, "wrong", wrong, mistakes)
    hand_in(course, "half-right", half, [*mistakes, *perfect])
    hand_in(course, "hinted", right, [*hints, *perfect])
    hand_in(course, "written-differently", other, perfect)
    hand_in(course, "helper-of-its-own", {**right, "pending": _WITH_HELPER}, perfect)
    _insert(course, "helper-of-its-own", "pending", _HELPER)
    hand_in(course, "plots-and-prints", right, perfect)
    _insert(course, "plots-and-prints", "pending", _NOISE)
    magic = {**right, "supervise": f"%%time\n{right['supervise']}"}
    hand_in(course, "magics", magic, perfect)
    _insert(course, "magics", "pending", _AWAITS)
    return [
        *("perfect", "blank", "wrong", "half-right", "hinted", "written-differently"),
        *("helper-of-its-own", "plots-and-prints", "magics"),
    ]


_HELPER = """def last_calls(state):
    return state.values["messages"][-1].tool_calls"""
_WITH_HELPER = """def pending(graph, config):
    state = graph.get_state(config)
    return last_calls(state) if state.next else []"""
_NOISE = """import sys, warnings
print("drawing")
print("noise", file=sys.stderr)
warnings.warn("an old name")
show_graph(graph, first)"""
_AWAITS = """import asyncio
await asyncio.sleep(0)
%timeit -n 1 -r 1 sum(range(10))"""


def _graded(folder: Path, lesson: str, *, is_stock: bool) -> dict[str, Marks]:
    bank = ROOT / "quizzes" / f"{lesson}.yaml"
    course = make_course(folder, lesson, _source(lesson).read_text(), bank.read_text())
    if is_stock:
        (folder / "nbgrader_config.py").write_text(CONFIG)
    course.release()
    students = hand_in_kinds(course) if lesson == LESSON else []
    for student, answers in kept_answers(lesson).items():
        hand_in(course, student, {**solutions(course), **answers}, None)
        students.append(student)
    if is_stock:
        for student in students:
            course.nbgrader("autograde", lesson, "--student", student)
    else:
        grade(course)
    return {student: _marks(course, student) for student in students}


def _marks(course: Course, student: str) -> Marks:
    # Each id of a quiz cell begins so.
    found: Mapping[str, float | None] = scores(course, student)
    return {name: points for name, points in found.items() if not name.startswith("quiz-")}


def _source(lesson: str) -> Path:
    return ROOT / "notebooks" / lesson / f"{lesson}.ipynb"


def _insert(course: Course, student: str, before: str, source: str) -> None:
    """Put a cell of the student's own before the cell of an id."""
    path = course.submitted(student) / f"{course.lesson}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    at = next(n for n, cell in enumerate(notebook.cells) if cell.id == before)
    notebook.cells.insert(at, nbformat.from_dict(new_code(source)))
    nbformat.write(notebook, path)


if __name__ == "__main__":
    main(sys.argv[1:])
