"""`hitl report`: how a class did on a lesson, as a page for the instructor."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from course_utils.quiz.bank import BankError
from course_utils.settings import COURSE_ROOT, SettingsError, settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from course_utils.grading.reports.class_report.contents import Contents

GRADING = COURSE_ROOT / "grading"
OVERVIEW = "report.html"


def report(
    lesson: Annotated[
        str | None, typer.Argument(help="A lesson, else all lessons with graded work.")
    ] = None,
) -> None:
    """Write a page on how the class did: points, questions, who needs help, who waits and why."""
    try:
        for line in write_reports(GRADING, lesson):
            typer.echo(line)
    except (BankError, SettingsError, NothingGradedError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


class NothingGradedError(ValueError):
    """There is nothing to report on; the message says what to run."""


def write_reports(grading: Path, lesson: str | None) -> Iterator[str]:
    """Write the report on one lesson, or on all lessons and a page that leads to them.

    Args:
        grading: the folder that grading works in; the reports are written into it.
        lesson: the lesson's name; None for all with graded work.

    Yields:
        A line for each file that was written.

    Raises:
        NothingGradedError: if nothing is graded.
        BankError: if the lesson's bank has a mistake in it.
    """
    # Imported here: nbgrader takes two seconds, and `hitl --help` need not wait for it.
    from course_utils.grading.nbgrader.class_data import class_data, graded_lessons  # noqa: PLC0415
    from course_utils.grading.reports.class_report.contents import contents  # noqa: PLC0415
    from course_utils.grading.reports.class_report.render import (  # noqa: PLC0415
        lesson_page,
        overview_page,
    )

    graded = graded_lessons(grading)
    wanted = graded if lesson is None else [name for name in graded if name == lesson]
    if not wanted:
        what = f"Nothing of {lesson}" if lesson else "Nothing"
        raise NothingGradedError(
            f"{what} is graded yet. Run `hitl grade {lesson or 'LESSON'}` first."
        )
    made, chosen, shown = datetime.now().astimezone(), settings(), []
    for name in wanted:
        of = contents(class_data(name, grading, chosen.gradebook, chosen.quizzes))
        shown.append(of)
        path = grading / _file(name)
        _write(path, lesson_page(of, made))
        yield f"{name}: {path} ({_in_short(of)})"
    if lesson is None:
        files = {name: _file(name) for name in wanted}
        _write(grading / OVERVIEW, overview_page(shown, files, made))
        yield f"all lessons: {grading / OVERVIEW}"


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
