"""A small class of the small lesson, graded in this process and without a jail."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import Future
from contextlib import nullcontext
from typing import TYPE_CHECKING

from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import PyFileConfigLoader

from course_utils.grading.engine.job import Job, Marked
from course_utils.grading.marking.record import Mark
from course_utils.grading.nbgrader.lesson_run import LessonRun, Options
from course_utils.neighbours.nbgrader import late_penalties
from course_utils.quiz.bank import load_bank
from tests.support.small_course import LESSON, small_course
from tests.support.submissions import hand_in, right_answer, solutions, tried

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from course_utils.grading.engine.job import Executor
    from course_utils.grading.reports.problems import Standing
    from tests.support.course import Course

RIGHT = "def double(number):\n    return 2 * number"
WRONG = "def double(number):\n    return number"
STUDENTS = ("ann", "bob", "cy", "torn")
QUIZ = {"quiz-colour": 1, "quiz-pick": 2, "quiz-truth": 1, "quiz-blank": 1}


def small_class(root: Path) -> Course:
    """Make a course in which ann is right, bob wrong, cy right; torn is torn; dan only enrolled."""
    course = small_course(root)
    course.release()
    questions = load_bank(course.bank).questions
    events = [tried(question, right_answer(question)) for question in questions if question.points]
    for student in STUDENTS:
        answers = {"double": WRONG} if student == "bob" else solutions(course)
        hand_in(course, student, answers, events)
        (course.submitted(student) / "timestamp.txt").write_text("2030-01-01 10:00:00 UTC")
    (course.submitted("torn") / f"{LESSON}.ipynb").write_text('{"cells": [')
    # What a Mac puts beside the folders of an archive.
    shutil.copytree(course.submitted("ann"), course.submitted("__MACOSX"))
    with Gradebook(course.gradebook) as gradebook:
        gradebook.add_student("dan")
    return course


class Marking:
    """Marks in place of the jail: a text that holds `2 *` or `number + number` is right.

    Attributes:
        submitted: whose work was marked, in order.
    """

    jailed, slots = True, 1

    def __init__(self, before: Callable[[Job], None] = lambda _: None) -> None:
        """Set it up.

        Args:
            before: called with each job before it is done.
        """
        self._before, self.submitted = before, list[str]()

    def submit(self, job: Job) -> Future[Marked]:
        """Mark it now."""
        done: Future[Marked] = Future()
        self._before(job)
        self.submitted.append(job.student)
        answer = job.restored.solutions["double"]
        tests = [cell for cell in job.lesson.cells if cell.name.startswith("double-")]
        points = 1.0 if "2 *" in answer or "number + number" in answer else 0.0
        done.set_result(
            Marked(
                {},
                tuple(
                    Mark(
                        cell=cell.name, points=points * cell.points, maximum=cell.points, words="."
                    )
                    for cell in tests
                ),
            )
        )
        return done


def run_of(course: Course, marking: Executor, options: Options | None = None) -> LessonRun:
    """Return a run over the lesson, as `hitl grade` makes it."""
    os.environ.update(
        {name: text for name, text in course.environment.items() if name.startswith("HITL_")}
    )
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()
    directory = CourseDirectory(config=config)
    directory.assignment_id = LESSON
    penalty = late_penalties(Autograde(coursedir=directory, config=config))
    options = options or Options(permissions=0o644)
    return LessonRun(directory, LESSON, options, penalty, lambda: nullcontext(marking))


def grade(course: Course, marking: Executor, options: Options | None = None) -> dict[str, Standing]:
    """Grade the lesson; return where each student is."""
    with run_of(course, marking, options) as run:
        for _ in run:
            pass
    return run.standings
