"""`hitl report`: how a class did on a lesson, as a page for the instructor."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from course_utils.cli.course import CourseFolder, opened_course
from course_utils.quiz.bank import BankError
from course_utils.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory

    from course_utils.grading.reports.class_report.contents import Contents

OVERVIEW = "report.html"


class NothingGradedError(ValueError):
    """There is nothing to report on; the message says what to run."""


def report(
    lesson: Annotated[
        str | None, typer.Argument(help="A lesson, else all lessons with graded work.")
    ] = None,
    folder: CourseFolder = None,
) -> None:
    """Write a page on how the class did: points, questions, who needs help, who waits and why."""
    with opened_course(folder, BankError, NothingGradedError) as (course, gradebook):
        for line in _write_reports(course, gradebook, lesson):
            typer.echo(line)


def _write_reports(
    course: CourseDirectory, gradebook: Gradebook, lesson: str | None
) -> Iterator[str]:
    """Write the report on one lesson, or on all and a page that leads to them; tell each file."""
    # Imported here: nbgrader takes most of a second that `hitl --help` need not wait.
    from course_utils.grading.nbgrader.class_data import class_data  # noqa: PLC0415
    from course_utils.grading.reports.class_report import render  # noqa: PLC0415
    from course_utils.grading.reports.class_report.contents import contents  # noqa: PLC0415

    wanted = _wanted(course, gradebook, lesson)
    # Beside the folder of graded work, as problems.csv.
    place = Path(course.format_path(course.autograded_directory, ".", ".")).parent
    made, quizzes, shown = datetime.now().astimezone(), settings().quizzes, []
    for name in wanted:
        of = contents(class_data(course, gradebook, name, quizzes))
        shown.append(of)
        path = place / _file(name)
        _write(path, render.lesson_page(of, made))
        yield f"{name}: {path} ({_in_short(of)})"
    if lesson is None:
        files = {name: _file(name) for name in wanted}
        _write(place / OVERVIEW, render.overview_page(shown, files, made))
        yield f"all lessons: {place / OVERVIEW}"


def _wanted(course: CourseDirectory, gradebook: Gradebook, lesson: str | None) -> list[str]:
    from course_utils.grading.nbgrader.class_data import graded_lessons  # noqa: PLC0415 - as above
    from course_utils.grading.nbgrader.course import check_lesson  # noqa: PLC0415 - as above

    graded = graded_lessons(course)
    if lesson is None and graded:
        return graded
    if lesson is None:
        raise NothingGradedError("Nothing is graded yet. Run `hitl grade LESSON` first.")
    if lesson not in graded:
        check_lesson(course, gradebook, lesson)
        raise NothingGradedError(
            f"Nothing of {lesson} is graded yet. Run `hitl grade {lesson}` first."
        )
    return [lesson]


def _file(lesson: str) -> str:
    return f"report_{lesson}.html"


def _in_short(of: Contents) -> str:
    counts = {
        "graded": "graded",
        "waits": "waiting for a person",
        "ungraded": "not graded yet",
        "nothing": "handed in nothing",
    }
    return ", ".join(f"{len(of.those(where))} {words}" for where, words in counts.items())  # type: ignore[arg-type]  # the keys are those


def _write(path: Path, page: str) -> None:
    """Write a whole page or none."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(page, encoding="utf-8")
    draft.replace(path)
