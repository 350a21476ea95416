"""Where a student's notebook and answers are, and which of several notebooks is the work."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from course_utils.grading.intake.cell_text import defined, same_code
from course_utils.grading.intake.doubt import Doubt
from course_utils.grading.intake.file_names import is_attempts
from course_utils.grading.intake.found_attempts import FoundAttempts, find_attempts
from course_utils.grading.intake.handed_files import Handed, HandedFile, read_files
from course_utils.grading.intake.matching import equal_share
from course_utils.grading.intake.restore import restore, worked_on
from course_utils.grading.intake.submitted import UnreadableError, read_cells
from course_utils.printable import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from course_utils.grading.intake.class_list import Entry
    from course_utils.grading.intake.released import ReleasedLesson
    from course_utils.grading.intake.restore import Restored
    from course_utils.grading.intake.submitted import HandedCell

_ASKS = re.compile(r"""\bask\(\s*["']([\w.-]+)/[\w.-]+["']""")
_MOSTLY = 0.3
_MAX_NOTEBOOKS = 30
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Located:
    """What was found of a student's work for a lesson.

    Attributes:
        restored: the notebook, ready to be graded; None when none could be taken.
        path: where that notebook lay, below the student's folder.
        attempts: the answers to the quiz.
        timestamps: the contents of each `timestamp.txt`, the best first.
        handed_in: whether anything was handed in for the lesson.
        unread: whether a file that could not be read may be the notebook.
        notes: what was put right, for student and instructor, in sentences.
        waits: why a person has to look.
    """

    restored: Restored | None = None
    path: str = ""
    attempts: FoundAttempts = field(default_factory=FoundAttempts)
    timestamps: tuple[bytes, ...] = ()
    handed_in: bool = True
    notes: tuple[str, ...] = ()
    waits: tuple[Doubt, ...] = ()
    unread: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A notebook of this lesson."""

    path: str
    restored: Restored
    work: Mapping[str, str]
    own: bool


def locate(entry: Entry, released: ReleasedLesson) -> Located:
    """Find a student's work for a lesson and restore its notebook.

    Args:
        entry: the student, as the class list has it.
        released: the lesson.
    """
    beside = [path for path in entry.others if is_attempts(path.name)]
    handed = read_files((*entry.places, *beside) if entry.places else (), released.name)
    found = _of_files(handed, released)
    if found.restored is not None or not entry.others:
        return found
    handed = read_files((*entry.places, *entry.others), released.name)
    more = _of_files(handed, released)
    if more.restored is not None:
        return more
    if entry.places or more.unread:
        return found if entry.places else more
    seen = listed([*(path for path in _all_paths(handed))][:_SHOWN])
    return Located(handed_in=False, notes=(f"Nothing of {released.name} was found in: {seen}.",))


def _all_paths(handed: Handed) -> list[str]:
    files = (*handed.notebooks, *handed.attempts, *handed.archives, *handed.timestamps)
    return [*(file.path for file in files), *handed.passed_over]


def _of_files(handed: Handed, released: ReleasedLesson) -> Located:
    mine: list[_Candidate] = []
    bad: list[tuple[str, str]] = []
    foreign: list[tuple[str, str]] = []
    for file in _best_first(handed.notebooks, released.name)[:_MAX_NOTEBOOKS]:
        try:
            cells = read_cells(_content(file))
        except UnreadableError as error:
            bad.append((file.path, str(error)))
            continue
        if why := _not_of(released, cells):
            foreign.append((file.path, why))
        else:
            mine.append(_candidate(file.path, released, cells))
    bad += [(file.path, file.problem) for file in handed.archives]
    attempts = find_attempts(_best_first(handed.attempts, released.name), released.name)
    times = tuple(file.content for file in handed.timestamps if not file.problem)
    if not mine:
        return _without_a_notebook(handed, released.name, attempts, times, bad, foreign)
    best, notes, waits = _choose(mine)
    if best.path not in _right_paths(released.name):
        notes = [f"The notebook was found as {best.path}.", *notes]
    notes += [f"{path} {why}, and was not used." for path, why in bad]
    return Located(
        best.restored,
        best.path,
        attempts,
        times,
        notes=(*notes, *best.restored.notes),
        waits=(*waits, *best.restored.waits),
    )


def _content(file: HandedFile) -> bytes:
    if file.problem:
        raise UnreadableError(file.problem)
    return file.content


def _right_paths(lesson: str) -> tuple[str, ...]:
    return (f"{lesson}/{lesson}.ipynb",)


def _best_first(files: Iterable[HandedFile], lesson: str) -> list[HandedFile]:
    """Put the file that lies where it should first, then those that have the right name."""

    def rank(file: HandedFile) -> tuple[bool, bool, int]:
        named = file.name in {f"{lesson}.ipynb", "attempts.jsonl"}
        right = file.path in {f"{lesson}/{lesson}.ipynb", f"{lesson}/attempts.jsonl"}
        return not right, not named, file.path.count("/")

    return sorted(files, key=rank)


def _candidate(path: str, released: ReleasedLesson, cells: Sequence[HandedCell]) -> _Candidate:
    restored = restore(released, cells)
    own = any(cell.whose == "student" for cell in restored.cells)
    return _Candidate(path, restored, worked_on(released, restored), own)


def _not_of(released: ReleasedLesson, cells: Sequence[HandedCell]) -> str:
    """Say why a notebook is not of a lesson, as the end of a sentence; empty when it is."""
    if not any(cell.source.strip() for cell in cells):
        return "has no text in any cell"
    if equal_share(released, cells) >= _MOSTLY:
        return ""
    asks = Counter(
        lesson
        for cell in cells
        if cell.cell_type == "code"
        for lesson in _ASKS.findall(cell.source)
    )
    own = asks.pop(released.name, 0)
    if asks and asks.most_common(1)[0][1] > own:
        return f"is the notebook of the lesson {asks.most_common(1)[0][0]}, not of {released.name}"
    wanted = {name for cell in released.cells if cell.is_solution for name in defined(cell.source)}
    written = {name for name in wanted if any(name in cell.source for cell in cells)}
    known = {cell.name for cell in released.cells if cell.name} & {c.grade_id for c in cells}
    if own or known or wanted & written or equal_share(released, cells):
        return ""
    return f"holds nothing of the lesson {released.name}"


def _choose(mine: list[_Candidate]) -> tuple[_Candidate, list[str], list[Doubt]]:
    """Choose among several notebooks of the lesson the one in which the student worked."""
    worked = [candidate for candidate in mine if candidate.work]
    worked = worked or [candidate for candidate in mine if candidate.own] or mine[:1]
    best = worked[0]
    fullest = max(worked, key=lambda candidate: len(candidate.work))
    if all(_holds(fullest.work, other.work) for other in worked):
        best = best if _holds(best.work, fullest.work) else fullest
        used = [c.path for c in mine if c is not best]
        note = f"Of several copies, {best.path} was graded and not {listed(used)}."
        return best, [note] if used else [], []
    names = listed(candidate.path for candidate in worked)
    why = (
        f"There is different work in {names}. {best.path} was graded: compare them, and remove the "
        "ones that are not meant."
    )
    return best, [], [Doubt(why)]


def _holds(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether all answers of one notebook stand in another, too."""
    return all(name in one and same_code(one[name], text) for name, text in other.items())


def _without_a_notebook(
    handed: Handed,
    lesson: str,
    attempts: FoundAttempts,
    times: tuple[bytes, ...],
    bad: list[tuple[str, str]],
    foreign: list[tuple[str, str]],
) -> Located:
    ask = f"Ask for {lesson}.ipynb again."
    none = "The exercises could not be graded:"
    waits = [Doubt(f"{none} {path} {why}. {ask}") for path, why in (*foreign, *bad)]
    if not waits and (attempts.attempts.events or handed.passed_over or handed.attempts):
        seen = [*handed.passed_over, *(file.path for file in handed.attempts)]
        more = f" and {len(seen) - _SHOWN} more" if len(seen) > _SHOWN else ""
        files = listed(seen) if not more else f"{', '.join(seen[:_SHOWN])}{more}"
        why = f"{none} there is no {lesson}.ipynb among the files: {files}. {ask}"
        waits.append(Doubt(why))
    unread = bool(bad or attempts.of_lesson)
    alone = f"Only {handed.timestamps[0].path} was handed in." if handed.timestamps else ""
    notes = (alone,) if alone and not waits else ()
    return Located(None, "", attempts, times, bool(waits), notes, tuple(waits), unread)
