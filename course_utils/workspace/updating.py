"""A workspace brought to the course's newest release, with all of the learner's work in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_utils import places
from course_utils.exercises.kept import PROGRESS_FILE
from course_utils.places import WORKSPACE_MARK
from course_utils.printable import listed
from course_utils.quiz.attempts import ATTEMPTS_FILE
from course_utils.settings import settings
from course_utils.workspace.account import ACCOUNT, Told, as_page, attempts_told, cells_told
from course_utils.workspace.carried import carried_passes, not_counted, renamed_attempts
from course_utils.workspace.changes import changing
from course_utils.workspace.errors import WorkspaceError
from course_utils.workspace.kept import kept_folder
from course_utils.workspace.learners import parsed, written
from course_utils.workspace.naming import exercises_of
from course_utils.workspace.planning import Plan, Planned
from course_utils.workspace.remembered import (
    as_remembered,
    derived,
    read_remembered,
)

if TYPE_CHECKING:
    from pathlib import Path

    from course_utils.workspace.changes import Changes
    from course_utils.workspace.learners import Lesson
    from course_utils.workspace.merging import Theirs


def update(
    workspace: Path, *, notebooks: Path | None = None, quizzes: Path | None = None
) -> list[Told]:
    """Bring a workspace to the course's newest release.

    A lesson that the learner has not changed is replaced. In one that they have changed, both are
    kept, cell by cell. The page `update.md` in the workspace says what happened.

    Args:
        workspace: the learner's; it must be there.
        notebooks: the source folder; by default the course's.
        quizzes: the folder of banks; by default the one in the settings.

    Returns:
        What became of each lesson that was not up to date, in their order.

    Raises:
        WorkspaceError: if it cannot be done; nothing is changed then.
        ReleaseError: if a lesson of the course does not fit its bank.
        BankError: if a bank has a mistake in it.
        OSError: if a file cannot be read or written; nothing is changed then.
    """
    notebooks = notebooks or places.notebooks()
    quizzes = quizzes or settings().quizzes
    if not workspace.is_dir():
        raise WorkspaceError(f"There is no workspace in {workspace}. `hitl lab` makes it.")
    with changing(workspace) as changes:
        return _Update(changes, workspace, notebooks, quizzes).done()


class _Update:
    def __init__(self, changes: Changes, workspace: Path, notebooks: Path, quizzes: Path) -> None:
        self._changes = changes
        self._workspace = workspace
        self._plan = Plan(changes, workspace, notebooks, quizzes)
        self._told: dict[str, Told] = {}

    def done(self) -> list[Told]:
        lessons = self._plan.lessons()
        self._told = {
            name: Told(name, "left", [why]) for name, why in self._plan.left_alone.items()
        }
        for name, lesson in lessons.items():
            self._told[name] = self._write(lesson)
        told = [self._told[name] for name in sorted(self._told)]
        if told:
            page = self._workspace / ACCOUNT
            earlier = (self._changes.read(page) or b"").decode(errors="replace")
            self._changes.put(page, as_page(told, earlier).encode())
        if self._plan.known != read_remembered(self._workspace):
            self._changes.put(self._workspace / WORKSPACE_MARK, as_remembered(self._plan.known))
        self._changes.commit()
        return told

    def _write(self, lesson: Planned) -> Told:
        release, merged = lesson.release, lesson.merged
        now, formers = lesson.there[0], lesson.there[1:]
        told = Told(release.name, "merged" if merged.has_theirs else "newer")
        told.former = [former.folder.name for former in formers]
        if not any(one.files for one in lesson.there) and not merged.has_theirs:
            told.what = "new"
        told.lines += [*cells_told(lesson.merged, lesson.words), *lesson.moved]
        attempts, progress = self._records(lesson, told)
        new = release.files
        lesson.notebook.cells = merged.cells
        new[f"{release.name}.ipynb"] = written(lesson.notebook)
        if attempts is not None:
            new[ATTEMPTS_FILE] = attempts
        if progress is not None:
            new[PROGRESS_FILE] = progress
        changed = {name: content for name, content in new.items() if now.files.get(name) != content}
        if now.files and (merged.has_theirs or _has_run(lesson.theirs) or now.has_records):
            self._keep(now, told)
        for name, content in changed.items():
            self._changes.put(now.folder / name, content)
        for former in formers:
            self._take_along(former, now.folder, told)
            self._plan.known.pop(former.folder.name, None)
        self._plan.known[release.name] = derived(release.source, release.notebook)
        return told

    def _records(self, lesson: Planned, told: Told) -> tuple[bytes | None, bytes | None]:
        """Return the attempts and the progress beside the new version; None for no file."""
        name = lesson.release.name
        # What was done under a former name was done earlier.
        there = list(reversed(lesson.there))
        attempts = [
            one.attempts
            if len(there) == 1
            else renamed_attempts(_whole(one.attempts), one.folder.name, name)
            for one in there
            if one.attempts is not None
        ]
        joined = b"".join(attempts) if attempts else None
        if joined is not None:
            told.lines += attempts_told(*not_counted(joined, lesson.release.questions))
        content, again, had = b"", set(), False
        for one in there:
            if one.progress is not None and one.notebook is not None:
                before = parsed(one.notebook, one.folder).cells
                passes = carried_passes(one.progress, before, lesson.notebook.cells)
                content += passes.content
                again |= {
                    task
                    for exercise in exercises_of(before)
                    if exercise.number in passes.lost
                    for task in exercise.solutions
                }
                had = True
        again &= lesson.solutions.keys()
        if again:
            which = listed(sorted(lesson.words[task] for task in again))
            told.lines.append(
                f"These passed, and their tests are other ones now. Run them: {which}."
            )
        return joined, content if had else None

    def _keep(self, lesson: Lesson, told: Told) -> None:
        kept = kept_folder(self._workspace, lesson.folder.name, "update")
        for name, content in lesson.files.items():
            self._changes.put(kept / name, content)
        told.kept.append(kept.relative_to(self._workspace).as_posix())

    def _take_along(self, former: Lesson, folder: Path, told: Told) -> None:
        """Copy what else a learner put beside a lesson, and put the former folder away."""
        for path in sorted(former.folder.rglob("*")):
            within = path.relative_to(former.folder)
            hidden = any(part.startswith((".", "__pycache__")) for part in within.parts)
            known = str(within) in former.files or (folder / within).exists()
            if path.is_file() and not hidden and not known:
                self._changes.copy(path, folder / within)
        kept = kept_folder(self._workspace, former.folder.name, "update")
        self._changes.move(former.folder, kept)
        told.kept.append(kept.relative_to(self._workspace).as_posix())


def _whole(content: bytes) -> bytes:
    """Return lines of which the last one has ended."""
    return content if not content or content.endswith(b"\n") else content + b"\n"


def _has_run(theirs: list[Theirs]) -> bool:
    """Tell whether a notebook holds outputs, which a newer version does not."""
    return any(cell.get("outputs") for one in theirs for cell in one.cells)
