"""Where the course is, and where the work of whoever uses it is kept.

The course is its lessons and its question banks. A clone has them in its own folder. An installed
package carries a copy, which is only read: what somebody makes lies where they work.
"""

from __future__ import annotations

import os
from pathlib import Path

COURSE_VARIABLE = "HITL_COURSE"
DATA_VARIABLE = "HITL_DATA"
WORKSPACE_MARK = ".course.json"
"""What lies in each learner's workspace."""

PACKAGE = Path(__file__).resolve().parent
CARRIED = PACKAGE / "course"
"""The course as a wheel carries it; a clone has no such folder."""
COURSE_ROOT = PACKAGE.parent
"""The folder that the package lies in: of a clone, the clone."""
CONFIGURATION = "nbgrader_config.py"


def is_clone() -> bool:
    """Tell whether this runs from a clone of the course."""
    return not CARRIED.is_dir()


def named_folder(place: str | Path) -> Path:
    """Return a folder as a variable or an option names it, whatever the current one is later."""
    return Path(place).expanduser().absolute()


def is_course(folder: Path) -> bool:
    """Tell whether an instructor can work in a folder."""
    return (folder / CONFIGURATION).is_file() and notebooks(folder).is_dir()


def course_folder() -> Path:
    """Return the folder of the course.

    It is the one that `HITL_COURSE` names, else the current one if that is a course, else the
    clone that this runs from, else what the package carries.
    """
    named = os.environ.get(COURSE_VARIABLE)
    if named:
        return named_folder(named)
    here = _here()
    if here is not None and is_course(here):
        return here
    return COURSE_ROOT if is_clone() else CARRIED


def data_folder() -> Path:
    """Return the folder in which things are kept: `.env`, workspace, gradebook and checkpoints.

    It is the one that `HITL_DATA` names, else the course's own. Beside what the package carries
    nothing is written: then it is the folder that the current workspace lies in, else the current
    one.
    """
    named = os.environ.get(DATA_VARIABLE)
    if named:
        return named_folder(named)
    course = course_folder()
    if course != CARRIED:
        return course
    around = _workspace_around()
    return around.parent if around else _here() or Path.home()


def workspace_folder() -> Path:
    """Return the learner's workspace: one that lies around the current folder, or the usual one."""
    around = None if is_clone() else _workspace_around()
    return around or data_folder() / "workspace"


def notebooks(course: Path | None = None) -> Path:
    """Return the folder of the lessons, as their authors wrote them.

    Args:
        course: the course's folder; by default the one in use.
    """
    return (course or course_folder()) / "notebooks"


def source_of(lesson: str) -> Path:
    """Return the notebook of a lesson as its author wrote it, in the course in use."""
    return notebooks() / lesson / f"{lesson}.ipynb"


def _here() -> Path | None:
    try:
        return Path.cwd()
    except FileNotFoundError:  # somebody has removed it
        return None


def _workspace_around() -> Path | None:
    here = _here()
    above = (here, *here.parents) if here else ()
    return next((folder for folder in above if (folder / WORKSPACE_MARK).is_file()), None)
