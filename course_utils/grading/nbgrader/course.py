"""The course that a command for an instructor works on, as nbgrader has it configured."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config.loader import PyFileConfigLoader

from course_utils.places import CARRIED, CONFIGURATION, course_folder
from course_utils.settings import without_password

if TYPE_CHECKING:
    from collections.abc import Iterator

    from traitlets.config import Config


class CourseError(ValueError):
    """What a command needs of the course is not there; the message says what, and what to do."""


def configuration_here() -> Config:
    """Return nbgrader's configuration of the course in use.

    Raises:
        CourseError: if that is no folder in which an instructor can work.
    """
    folder = course_folder()
    if folder == CARRIED:
        raise CourseError(
            f"Grading needs a folder of your own. Copy the course: cp -r {CARRIED} my-course. "
            "Then name the copy with --course my-course."
        )
    if not (folder / CONFIGURATION).is_file():
        raise CourseError(
            f"{folder} is no folder of a course: it has no {CONFIGURATION}. Name one with --course."
        )
    return PyFileConfigLoader(CONFIGURATION, path=str(folder)).load_config()


def course_here() -> CourseDirectory:
    """Return the folders of the course: those that nbgrader uses when it is started there."""
    return CourseDirectory(config=configuration_here())


def autograde_here(lesson: str) -> Autograde:
    """Return nbgrader's own converter for grading a lesson, as it is configured here."""
    configuration = configuration_here()
    course = CourseDirectory(config=configuration)
    course.assignment_id = lesson
    return Autograde(coursedir=course, config=configuration)


@contextmanager
def gradebook_of(course: CourseDirectory) -> Iterator[Gradebook]:
    """Open the gradebook of a course.

    Raises:
        CourseError: if the database cannot be opened, or fails while it is open.
    """
    try:
        with Gradebook(course.db_url, course.course_id) as gradebook:
            yield gradebook
    except SQLAlchemyError as error:
        # Of the message, what follows the first line repeats what was written.
        first = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise CourseError(f"The gradebook {_shown(course.db_url)} failed: {first}") from error


def lessons_of(course: CourseDirectory) -> list[str]:
    """Return the lessons that the course has a source for."""
    source = Path(course.format_path(course.source_directory, ".", ".")).resolve()
    folders = sorted(source.iterdir()) if source.exists() else []
    return [folder.name for folder in folders if (folder / f"{folder.name}.ipynb").exists()]


def check_lesson(course: CourseDirectory, gradebook: Gradebook, lesson: str) -> None:
    """Check that there is such a lesson.

    Raises:
        CourseError: if neither the course nor the gradebook has it.
    """
    known = dict.fromkeys([*lessons_of(course), *(one.name for one in gradebook.assignments)])
    if lesson not in known:
        raise CourseError(f"There is no lesson {lesson!r}. There are {', '.join(known) or 'none'}.")


def _shown(address: str) -> str:
    return address if address.startswith("sqlite") else without_password(address)
