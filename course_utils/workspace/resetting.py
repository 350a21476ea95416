"""A lesson, or one exercise of it, as it was released; what was there is kept with a date."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils import places
from course_utils.exercises.kept import PROGRESS_FILE
from course_utils.places import WORKSPACE_MARK
from course_utils.quiz.attempts import ATTEMPTS_FILE
from course_utils.quiz.released import QUESTIONS_FILE
from course_utils.settings import settings
from course_utils.workspace.carried import without_passes
from course_utils.workspace.cells import base_of, grade_id, homes_of
from course_utils.workspace.changes import changing
from course_utils.workspace.errors import WorkspaceError
from course_utils.workspace.kept import kept_folder
from course_utils.workspace.learners import parsed, read_lesson, written
from course_utils.workspace.naming import Named, exercise_named, exercises_of, lesson_named
from course_utils.workspace.released import Release, release_of, sources
from course_utils.workspace.remembered import (
    as_remembered,
    derived,
    read_remembered,
)

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

    from course_utils.workspace.changes import Changes
    from course_utils.workspace.learners import Lesson


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be reset.

    Attributes:
        release: the lesson as it is released.
        exercise: the exercise; None for the whole lesson.
    """

    release: Release
    exercise: Named | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What a reset did.

    Attributes:
        kept: the folder with what was there before; None when nothing was there.
        lines: what became of the lesson, in sentences.
    """

    kept: Path | None
    lines: tuple[str, ...]


def chosen(
    lesson: str, exercise: str = "", *, notebooks: Path | None = None, quizzes: Path | None = None
) -> Chosen:
    """Find what a learner means.

    Args:
        lesson: its name, its number or a part of its name.
        exercise: its number or the id of its cell; empty for the whole lesson.
        notebooks: the source folder; by default the course's.
        quizzes: the folder of banks; by default the one in the settings.

    Raises:
        WorkspaceError: if there is no such lesson or exercise; those that there are, are listed.
    """
    lessons = sources(notebooks or places.notebooks())
    source = lessons[lesson_named(lesson, lessons)]
    release = release_of(source, quizzes or settings().quizzes)
    if not exercise:
        return Chosen(release)
    found = exercises_in(Chosen(release))
    return Chosen(release, exercise_named(exercise, release.name, found))


def exercises_in(what: Chosen) -> list[Named]:
    """Return the exercises of a lesson as it is released."""
    return exercises_of(_cells(what.release))


def reset(workspace: Path, what: Chosen) -> Done:
    """Put an exercise or a lesson back to what was released.

    Of an exercise, its solution and its tests are put back, and it no longer counts as passed.
    Of a lesson, the notebook and the questions are, and attempts and progress begin anew, unless
    the questions are an instructor's: these and the answers to them stay.

    Args:
        workspace: the learner's.
        what: the lesson, or the exercise.

    Raises:
        WorkspaceError: if it cannot be done; nothing is changed then.
        OSError: if a file cannot be read or written.
    """
    if not workspace.is_dir():
        raise WorkspaceError(f"There is no workspace in {workspace}. `hitl lab` makes it.")
    for former in sorted(workspace.glob(f"[0-9][0-9]{what.release.name[2:]}")):
        if former.name != what.release.name:
            raise WorkspaceError(
                f"{what.release.name} is {former.name} in your workspace. Run `hitl update` first."
            )
    with changing(workspace) as changes:
        lesson = read_lesson(changes, workspace / what.release.name)
        kept = kept_folder(workspace, what.release.name, "reset")
        for name, content in lesson.files.items():
            changes.put(kept / name, content)
        if what.exercise:
            lines = _reset_exercise(changes, lesson, what.release, what.exercise)
        else:
            lines = _reset_lesson(changes, lesson, what.release)
        changes.commit()
    return Done(kept if lesson.files else None, tuple(lines))


def _reset_lesson(changes: Changes, lesson: Lesson, release: Release) -> list[str]:
    lines = [f"{release.name} is as it was released."]
    content = release.files
    if lesson.is_deferred:
        del content[QUESTIONS_FILE]
        lines.append("The questions are your instructor's. They and your answers stay.")
    elif lesson.attempts is not None:
        changes.put(lesson.folder / ATTEMPTS_FILE, b"")
        lines.append("Your answers to its questions begin anew.")
    if lesson.progress is not None:
        changes.put(lesson.folder / PROGRESS_FILE, b"")
        lines.append("None of its exercises counts as passed.")
    for name, new in content.items():
        changes.put(lesson.folder / name, new)
    known = read_remembered(lesson.folder.parent)
    known[release.name] = derived(release.source, release.notebook)
    changes.put(lesson.folder.parent / WORKSPACE_MARK, as_remembered(known))
    return lines


def _reset_exercise(
    changes: Changes, lesson: Lesson, release: Release, exercise: Named
) -> list[str]:
    path = lesson.folder / f"{release.name}.ipynb"
    if lesson.notebook is None:
        raise WorkspaceError(f"{path} is not there. `hitl lab` makes it.")
    notebook, cells = parsed(lesson.notebook, path), _cells(release)
    known = read_remembered(lesson.folder.parent).get(release.name)
    now = derived(release.source, release.notebook).cells
    if (known.cells if known else base_of(cells, notebook.cells)) != now:
        raise WorkspaceError(
            f"{release.name} is of another version of the course in your workspace. Run "
            "`hitl update` first, or reset the whole lesson."
        )
    for name in (*exercise.solutions, *exercise.tests):
        _put_back(notebook.cells, cells, name)
    changes.put(path, written(notebook))
    if lesson.progress is not None:
        left = without_passes(lesson.progress, frozenset({exercise.number}))
        changes.put(lesson.folder / PROGRESS_FILE, left)
    return [
        f"Exercise {exercise.number} of {release.name} is as it was released, and counts as not "
        "passed. All other cells stay."
    ]


def _put_back(cells: list[NotebookNode], release: list[NotebookNode], name: str) -> None:
    """Put a released cell where a notebook has it, or where it would stand."""
    place = next(at for at, cell in enumerate(release) if grade_id(cell) == name)
    homes = homes_of(release, cells)
    there = [number for number, home in homes.items() if home == place]
    # Of two copies, the one that still has the id is the exercise's.
    there.sort(key=lambda number: (cells[number].id != release[place].id, number))
    fresh = deepcopy(release[place])
    if there:
        cells[there[0]] = fresh
        for number in sorted(there[1:], reverse=True):
            if grade_id(cells[number]) == name:
                del cells[number]
        return
    before = [number for number, home in homes.items() if home < place]
    if fresh.id in {cell.id for cell in cells}:
        fresh.id = f"{fresh.id}-again"
    cells.insert(max(before, default=-1) + 1, fresh)


def _cells(release: Release) -> list[NotebookNode]:
    import nbformat  # noqa: PLC0415 - as in `release_of`

    cells: list[NotebookNode] = nbformat.reads(release.notebook, 4).cells  # type: ignore[no-untyped-call]  # half-typed
    return cells
