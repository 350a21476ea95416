"""Five students of any lesson: perfect, blank, wrong, hinted and half-right."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import nbformat

from course_utils.quiz.attempts import ATTEMPTS_FILE, HintOpened, TryMade
from course_utils.quiz.bank import load_bank

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from course_utils.quiz.attempts import Answer, AttemptEvent
    from course_utils.quiz.questions import Question
    from tests.support.course import Course

Answers = dict[str, str]
"""What a student wrote, by the `grade_id` of the exercise's cell."""

STUDENTS = ("perfect", "blank", "wrong", "hinted", "half-right")


def hand_in(
    course: Course, student: str, answers: Mapping[str, str], events: Iterable[AttemptEvent] | None
) -> None:
    """Put a submission where `nbgrader collect` would: the release, filled in.

    Args:
        course: a course whose lesson has been released.
        student: whose submission this is.
        answers: the exercises solved; the others stay as released.
        events: what the student did in the quiz; None when no file was handed in.
    """
    folder = course.submitted(student)
    shutil.copytree(course.released, folder)
    path = folder / f"{course.lesson}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(name, cell.source)
    nbformat.write(notebook, path)
    if events is not None:
        lines = "".join(f"{event.model_dump_json()}\n" for event in events)
        (folder / ATTEMPTS_FILE).write_text(lines)


def solutions(course: Course) -> Answers:
    """Return the source's own solutions."""
    source = nbformat.read(course.source / f"{course.lesson}.ipynb", as_version=4)
    graded = [cell for cell in source.cells if "nbgrader" in cell.metadata]
    return {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in graded
        if cell.metadata.nbgrader.solution
    }


def hand_in_five(course: Course, *, wrong: Answers, half: Answers) -> None:
    """Hand in for the five students.

    Args:
        course: a course whose lesson has been released.
        wrong: a wrong answer to each exercise.
        half: answers some of which are right; exercises it leaves out are solved.
    """
    right = solutions(course)
    scored = [question for question in load_bank(course.bank).questions if question.points]
    perfect = [tried(question, right_answer(question)) for question in scored]
    mistakes = [tried(question, wrong_answer(question)) for question in scored]
    hints = [opened(question) for question in scored if question.hints]
    hand_in(course, "perfect", right, perfect)
    hand_in(course, "blank", {}, None)
    hand_in(course, "wrong", wrong, mistakes)
    hand_in(course, "hinted", right, [*hints, *perfect])
    hand_in(course, "half-right", {**right, **half}, [*mistakes, *perfect])


def tried(question: Question, answer: Answer) -> TryMade:
    return TryMade(question=question.key, version=question.version, answer=answer)


def opened(question: Question, hint: int = 1) -> HintOpened:
    return HintOpened(question=question.key, version=question.version, hint=hint)


def right_answer(question: Question) -> Answer:
    if question.type == "fill-blank":
        return question.accepted[0]
    right = tuple(option.id for option in question.options if option.correct)
    return right if question.type == "select-all" else right[0]


def wrong_answer(question: Question) -> Answer:
    if question.type == "fill-blank":
        return "no such word"
    wrong = tuple(option.id for option in question.options if not option.correct)
    return wrong[:1] if question.type == "select-all" else wrong[0]
