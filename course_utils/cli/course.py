"""What the commands for an instructor share: the course they work on, and one line for an error."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from course_utils.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory


def from_here(path: str | Path) -> Path:
    """Return a path as one types it in this folder."""
    plain, here = Path(path), Path.cwd()
    return plain.relative_to(here) if plain.is_relative_to(here) else plain


@contextmanager
def opened_course(*expected: type[Exception]) -> Iterator[tuple[CourseDirectory, Gradebook]]:
    """Open the course and its gradebook; what goes wrong becomes one line, and the command ends.

    Args:
        expected: what may be raised besides, with a message for people.
    """
    # Imported here: nbgrader takes most of a second that `hitl --help` need not wait.
    from course_utils.grading.nbgrader.course import (  # noqa: PLC0415
        CourseError,
        course_here,
        gradebook_of,
    )

    for_people: tuple[type[Exception], ...] = (CourseError, SettingsError, OSError, *expected)
    try:
        course = course_here()
        with gradebook_of(course) as gradebook:
            yield course, gradebook
    except for_people as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
