"""Which lessons of a workspace an update changes, and the learner's cells in their new versions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import nbformat

from course_utils.workspace.cells import base_of, is_solution, moved_to
from course_utils.workspace.derive import outdated, renumbered
from course_utils.workspace.errors import WorkspaceError
from course_utils.workspace.learners import parsed, read_lesson
from course_utils.workspace.merging import Merged, Theirs, merge
from course_utils.workspace.naming import exercises_of
from course_utils.workspace.released import release_of, sources
from course_utils.workspace.remembered import derived, read_remembered

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

    from course_utils.workspace.changes import Changes
    from course_utils.workspace.learners import Lesson
    from course_utils.workspace.released import Release


@dataclass(slots=True)
class Planned:
    """A lesson that is going to be updated.

    Attributes:
        release: as it is released now.
        notebook: that of the release.
        there: what the learner has of it, in the folder of its name and of its former names.
        theirs: the notebooks among that.
        merged: the release with the learner's cells in it.
        moved: what became of solutions to exercises that are in another lesson now, in sentences.
    """

    release: Release
    notebook: NotebookNode
    there: list[Lesson]
    theirs: list[Theirs]
    merged: Merged = field(default_factory=Merged)
    moved: list[str] = field(default_factory=list)

    @property
    def words(self) -> dict[str, str]:
        """Its exercises as people know them, by the `grade_id`s of their cells."""
        return {name: name for name in self.solutions} | {
            name: f"{exercise.number} ({name})"
            for exercise in exercises_of(self.notebook.cells)
            for name in exercise.solutions
        }

    @property
    def solutions(self) -> dict[str, NotebookNode]:
        """The cells of its exercises, by their `grade_id`."""
        cells = [cell for cell in self.notebook.cells if is_solution(cell)]
        return {cell.metadata.nbgrader.grade_id: cell for cell in cells}


class Plan:
    """What an update finds.

    Attributes:
        known: what the workspace remembers of its lessons.
        left_alone: why a lesson is not updated, by its name.
    """

    def __init__(self, changes: Changes, workspace: Path, notebooks: Path, quizzes: Path) -> None:
        self._changes = changes
        self._workspace = workspace
        self._notebooks = notebooks
        self._quizzes = quizzes
        self.known = read_remembered(workspace)
        self.left_alone: dict[str, str] = {}

    def lessons(self) -> dict[str, Planned]:
        """Return the lessons that are not up to date, or not there, with the learner's cells.

        Solutions are taken along to lessons that their exercise is in now.
        """
        lessons = self._outdated()
        for lesson in lessons.values():
            lesson.merged = merge(lesson.notebook.cells, lesson.theirs)
        brought: dict[str, dict[str, NotebookNode]] = defaultdict(dict)
        away: dict[str, set[str]] = defaultdict(set)
        for name, lesson in list(lessons.items()):
            for task, cell in lesson.merged.gone.items():
                target = self._moved_to(task, cell, name, lessons)
                if target:
                    brought[target][task] = cell
                    away[name].add(task)
                    lesson.moved.append(
                        f"The exercise {task} is in {target} now, and your solution too. Run its "
                        "test there."
                    )
        for name in brought.keys() | away.keys():
            lessons[name].merged = merge(
                lessons[name].notebook.cells,
                lessons[name].theirs,
                brought=brought[name],
                taken_away=frozenset(away[name]),
            )
        return lessons

    def _outdated(self) -> dict[str, Planned]:
        """Return the lessons that are not up to date, or not there."""
        where = {"notebooks": self._notebooks, "quizzes": self._quizzes}
        old = outdated(self._workspace, **where)
        moved = renumbered(self._workspace, notebooks=self._notebooks)
        found = {}
        for name in sources(self._notebooks):
            folders = [self._workspace / name]
            folders += [self._workspace / former for former, now in moved.items() if now == name]
            there = [read_lesson(self._changes, folder) for folder in folders]
            if there[0].notebook is not None and name not in old:
                continue
            if any(one.is_deferred for one in there):
                line = "Its questions are your instructor's, so no newer version is put here."
                self.left_alone[name] = line
                continue
            lesson = self._lesson(*self._released(name), there)
            if lesson:
                found[name] = lesson
        return found

    def _lesson(
        self,
        release: Release,
        notebook: NotebookNode,
        there: list[Lesson],
        *,
        needed: bool = False,
    ) -> Planned | None:
        """Return a lesson to update; None for one that is up to date, or cannot be read."""
        now, theirs = derived(release.source, release.notebook), []
        for one in there:
            if one.notebook is None:
                continue
            path = one.folder / f"{one.folder.name}.ipynb"
            try:
                cells = parsed(one.notebook, path).cells
            except WorkspaceError as error:
                self.left_alone[release.name] = str(error)
                return None
            known = self.known.get(one.folder.name)
            theirs.append(Theirs(cells, known.cells if known else base_of(notebook.cells, cells)))
        is_this = bool(theirs) and theirs[0].base == now.cells and there[0].notebook is not None
        if is_this and len(there) == 1:
            # Only its questions may be other ones, or nothing but what is remembered.
            self.known[release.name] = now
            if not needed and release.questions in {None, there[0].questions}:
                return None
        return Planned(release, notebook, there, theirs)

    def _moved_to(
        self, task: str, cell: NotebookNode, name: str, lessons: dict[str, Planned]
    ) -> str:
        """Return the lesson that has an exercise now: the one before or after, if it was split."""
        names = list(sources(self._notebooks))
        at = names.index(name)
        beside = {}
        for other in names[max(0, at - 1) : at] + names[at + 1 : at + 2]:
            lesson = lessons.get(other) or self._up_to_date(other)
            if lesson and task not in lesson.merged.solutions:
                beside[other] = lesson
        target = moved_to(cell, {other: lesson.solutions for other, lesson in beside.items()})
        if target:
            lessons[target] = beside[target]
        return target

    def _up_to_date(self, name: str) -> Planned | None:
        """Return a lesson that needs no update, to put a solution from another one into it."""
        there = [read_lesson(self._changes, self._workspace / name)]
        if name in self.left_alone or there[0].is_deferred or there[0].notebook is None:
            return None
        lesson = self._lesson(*self._released(name), there, needed=True)
        if lesson:
            lesson.merged = merge(lesson.notebook.cells, lesson.theirs)
        return lesson

    def _released(self, name: str) -> tuple[Release, NotebookNode]:
        release = release_of(sources(self._notebooks)[name], self._quizzes)
        notebook = nbformat.reads(release.notebook, 4)  # type: ignore[no-untyped-call]  # half-typed
        return release, notebook
