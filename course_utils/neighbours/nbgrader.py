"""What is used of nbgrader and nbconvert that they do not promise.

Seen in nbgrader 0.9.6 and nbconvert 7.17.2. One nbgrader command is one run of a
*converter*, which makes one *exporter*, which takes each notebook through its *steps*, the
preprocessors. The exporter's parent is the converter, and a step's parent is the exporter.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbgrader
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from nbconvert.exporters import Exporter
    from nbformat import NotebookNode
    from nbgrader.api import Notebook
    from nbgrader.plugins import BasePlugin
    from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, NbGraderPreprocessor

Resources = dict[str, Any]
Metadata = dict[str, Any]

_SCHEMA_VERSION = 3
_FORMGRADER = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"


@dataclass(frozen=True, slots=True)
class NotebookNames:
    """Which notebook a step is working on, and where its grades are."""

    student: str
    assignment: str
    notebook: str
    db_url: str


def notebook_names(resources: Resources) -> NotebookNames:
    """Return what nbgrader 0.9.6 tells the steps in `resources["nbgrader"]`."""
    told = resources["nbgrader"]
    return NotebookNames(told["student"], told["assignment"], told["notebook"], told["db_url"])


def put_beside(resources: Resources, files: Mapping[str, bytes]) -> None:
    """Have files written into the folder of the notebook that is written next.

    nbconvert 7.17.2 writes what is in `resources["outputs"]`, by their names.
    """
    resources["outputs"] = dict(files)


def exporter_of(step: NbGraderPreprocessor) -> Any:
    """Return the exporter of the run that a step belongs to: in nbgrader 0.9.6, its parent."""
    return step.parent


def course_of(exporter: Exporter) -> CourseDirectory:
    """Return the folders that a run works in: in nbgrader 0.9.6, its converter's `coursedir`."""
    course: CourseDirectory = _converter(exporter).coursedir
    return course


def found_notebooks(exporter: Exporter) -> dict[str, list[str]]:
    """Return what nbgrader 0.9.6 found for a run: the notebooks of each student's folder.

    It makes the exporter when it has found them, and before it opens one or removes anything.
    """
    return dict(_converter(exporter).assignments)


def convert_only(exporter: Exporter, notebooks: Mapping[str, list[str]]) -> None:
    """Have a run convert these notebooks of these folders, whatever nbgrader found.

    nbgrader 0.9.6 reads its converter's `assignments` after it has made the exporter. A folder may
    be named that has no notebook; its exporter is then asked for one that is not there.

    Args:
        exporter: the run's.
        notebooks: by folder. A folder is named as `format_path` does, with `/./` in a release,
            because nbgrader takes the student's name from there.
    """
    _converter(exporter).assignments = dict(notebooks)


def copy_nothing(
    exporter: Exporter, read_timestamp: Callable[[Path], datetime | None]
) -> CourseDirectory:
    """Have a run copy no file beside a notebook, and read its timestamps as we do.

    nbgrader 0.9.6 copies whatever its course's `ignore` does not match, and follows links; it
    raises AttributeError at a timestamp that is no date.

    Args:
        exporter: the run's.
        read_timestamp: returns when the submission in a folder was handed in, if that can be told.

    Returns:
        The run's course from now on.
    """
    course = course_of(exporter)
    mine = _CourseWithoutCopying(parent=course.parent, **_same(course, ignore=["*", ".*"]))
    mine.read_timestamp = read_timestamp
    _converter(exporter).coursedir = mine
    return mine


def release_into(exporter: Exporter, step: str, whole: Callable[[], None]) -> None:
    """Have a run write its release into another folder, and be told when all of it is there.

    nbgrader 0.9.6 removes a release that is there before it makes a new one. When that is written,
    its converter sets the permissions; its own hook for the end swallows errors.

    Args:
        exporter: the run's.
        step: the folder, in the place of `release_directory`.
        whole: called when the release is written. If it raises, the run has failed.
    """
    course, converter = course_of(exporter), _converter(exporter)
    converter.coursedir = CourseDirectory(
        parent=course.parent, **_same(course, release_directory=step)
    )
    set_permissions = converter.set_permissions

    def finish(*lesson: str) -> None:
        set_permissions(*lesson)
        whole()

    converter.set_permissions = finish


def _same(course: CourseDirectory, **changed: Any) -> dict[str, Any]:
    """Return the traits of a copy: Formgrader keeps one course for all it does."""
    return {**{name: getattr(course, name) for name in course.trait_names(config=True)}, **changed}


class _CourseWithoutCopying(CourseDirectory):
    read_timestamp: Callable[[Path], datetime | None]

    def get_existing_timestamp(self, dest_path: str) -> datetime | None:
        return self.read_timestamp(Path(dest_path))


def course_of_the_step(plugin: BasePlugin) -> CourseDirectory:
    """Return the run's course; a late plugin of nbgrader 0.9.6 hangs some parents below it."""
    part: Any = plugin
    while not hasattr(part, "coursedir"):
        part = part.parent
    course: CourseDirectory = part.coursedir
    return course


def parse_timestamp(text: str) -> datetime:
    """Read a `timestamp.txt` as nbgrader 0.9.6 does: to naive UTC.

    Raises:
        ValueError: if it is no date.
        OverflowError: if it is none that a computer can hold.
    """
    moment: datetime = parse_utc(text)
    return moment


def remove_hidden_tests(step: ClearHiddenTests, cell: NotebookNode) -> None:
    """Take the marked hidden tests out of one cell; `ClearHiddenTests` does it to all.

    It is a private method of nbgrader 0.9.6.
    """
    step._remove_hidden_test_region(cell)


def remove_mark_scheme(step: ClearMarkScheme, cell: NotebookNode) -> None:
    """Take the marked marking scheme out of one cell; `ClearMarkScheme` does it to all.

    It is a private method of nbgrader 0.9.6.
    """
    step._remove_mark_scheme_region(cell)


def released_metadata(released: Notebook) -> Iterator[tuple[str, Metadata]]:
    """Yield the id and the nbgrader metadata, schema 3, of each cell that was released.

    nbgrader 0.9.6 keeps all of it in the gradebook, spread over four tables.
    """
    solutions = {cell.name for cell in released.solution_cells}
    tasks = {cell.name for cell in released.task_cells}
    grades = {cell.name for cell in released.grade_cells}
    points = {cell.name: cell.max_score for cell in (*released.grade_cells, *released.task_cells)}
    for record in released.source_cells:
        data: Metadata = {
            "schema_version": _SCHEMA_VERSION,
            "grade_id": record.name,
            "grade": record.name in grades,
            "solution": record.name in solutions,
            "task": record.name in tasks,
            "locked": record.locked,
            "cell_type": record.cell_type,
            "checksum": record.checksum,
        }
        if record.name in points:
            data["points"] = points[record.name]
        yield record.name, data


def page_filters(*, html: str, markdown: str) -> dict[str, str]:
    """Return the `HTMLExporter.filters` that replace what makes a student's words HTML.

    The pages of nbgrader 0.9.6 put a cell's markdown through `markdown2html`; those of nbconvert
    7.17.2, which it builds on, put HTML outputs through `clean_html` when
    `HTMLExporter.sanitize_html` is set.

    Args:
        html: the dotted name of a function that is given HTML.
        markdown: the dotted name of a function that is given markdown.
    """
    return {"clean_html": html, "markdown2html": markdown}


def page_templates(ours: Path) -> list[str]:
    """Return the `HTMLExporter.extra_template_basedirs` that put templates before nbgrader's own.

    nbgrader 0.9.6 keeps those in Formgrader's folder, and sets the trait unless it is configured.

    Args:
        ours: a folder with a folder for each of its pages, `feedback` and `formgrade`.
    """
    return [str(ours), str(_FORMGRADER / "templates")]


def page_styles() -> list[str]:
    """Return the `HTMLExporter.extra_template_paths` that a feedback page of nbgrader 0.9.6 needs.

    Its `GenerateFeedback` sets the trait to where it keeps Bootstrap's style sheet.
    """
    return [str(_FORMGRADER / "static" / "node_modules" / "bootstrap" / "dist" / "css")]


def is_formgraders(resources: Resources) -> bool:
    """Tell Formgrader's page of a submission, which an instructor reads, from every other.

    nbgrader 0.9.6 gives no other page a `submission_id`.
    """
    return "submission_id" in resources


def escape_names(resources: Resources) -> None:
    """Escape the names of a student, which Formgrader's page puts between tags as they are.

    nbgrader 0.9.6 tells them to that page.

    Args:
        resources: those of a page, changed in place.
    """
    if is_formgraders(resources):
        for name in ("student", "first_name", "last_name", "notebook_path"):
            resources[name] = escape(resources[name] or "")


def grade_with(grade: Callable[[Autograde], None]) -> None:
    """Have `nbgrader autograde` and Formgrader's button grade with a function of ours.

    Both make an `Autograde` of nbgrader 0.9.6 and call its `start`, which takes only folders that
    have a notebook in them.

    Args:
        grade: is given the `Autograde`, whose `coursedir`, `force` and `create_student` say what
            was asked for.
    """

    def start(converter: Autograde) -> None:
        grade(converter)

    Autograde.start = start


def late_penalties(converter: Autograde) -> Callable[[str, float, float], float | None]:
    """Return what nbgrader 0.9.6 is configured to take off a late submission.

    Its own step makes the plugin, which hangs below it, and it below the converter.

    Args:
        converter: has the configuration, the course and the lesson.

    Returns:
        Of a student's id, their score and the seconds they were late: the points taken off.
    """
    made = AssignLatePenalties(parent=converter)
    made.init_plugin()
    taken: Callable[[str, float, float], float | None] = made.plugin_inst.late_submission_penalty
    return taken


def _converter(exporter: Exporter) -> Any:
    return exporter.parent


def put_alembic_on_the_path() -> None:
    """Let nbgrader 0.9.6 find `alembic`, with which it makes a gradebook, by the PATH alone."""
    environment = str(Path(sys.executable).parent)
    if environment not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([environment, os.environ["PATH"]])
