"""What the commands for an instructor share: the course they work on, and one line for an error."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from course_utils.places import COURSE_VARIABLE, named_folder
from course_utils.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory


CourseFolder = Annotated[
    Path | None,
    typer.Option(
        "--course",
        metavar="DIR",
        file_okay=False,
        help="The folder of the course; else the one you are in, or HITL_COURSE.",
    ),
]


def use_course(folder: Path | None) -> None:
    """Work on the course in a folder, in this process and in those that it starts.

    Args:
        folder: what `--course` named; None leaves it as it is.
    """
    if folder is not None:
        os.environ[COURSE_VARIABLE] = str(named_folder(folder))


def from_here(path: str | Path) -> Path:
    """Return a path as one types it in this folder."""
    plain, here = Path(path), Path.cwd()
    return plain.relative_to(here) if plain.is_relative_to(here) else plain


@contextmanager
def opened_course(
    folder: Path | None, *expected: type[Exception]
) -> Iterator[tuple[CourseDirectory, Gradebook]]:
    """Open the course and its gradebook; what goes wrong becomes one line, and the command ends.

    Args:
        folder: what `--course` named; None for the course in use.
        expected: what may be raised besides, with a message for people.
    """
    # Imported here: nbgrader takes most of a second that `hitl --help` need not wait.
    from course_utils.grading.nbgrader.course import (  # noqa: PLC0415
        CourseError,
        course_here,
        gradebook_of,
    )

    use_course(folder)
    for_people: tuple[type[Exception], ...] = (CourseError, SettingsError, OSError, *expected)
    try:
        course = course_here()
        with gradebook_of(course) as gradebook:
            yield course, gradebook
    except for_people as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
