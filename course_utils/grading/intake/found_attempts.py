"""A student's attempts for a lesson, in whatever file or files they came."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from course_utils.grading.intake.doubt import Doubt
from course_utils.plain_files import decoded
from course_utils.printable import listed
from course_utils.quiz.attempts import ATTEMPTS_FILE, Attempts, parse_attempts
from course_utils.quiz.kept_lines import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from course_utils.grading.intake.handed_files import HandedFile
    from course_utils.quiz.attempts import AttemptEvent

_BETWEEN = re.compile(r"[\s,]*")
MISSING = (
    f"No {ATTEMPTS_FILE} was handed in, so there are no answers to score. The quiz writes it "
    "beside the notebook: hand in both files."
)
"""Said of work that came without any answers."""


@dataclass(frozen=True, slots=True)
class FoundAttempts:
    """What was found of a student's answers to a quiz.

    Attributes:
        attempts: the answers.
        notes: what was wrong or put right, for student and instructor, in sentences.
        waits: why a person has to look.
        of_lesson: whether any of the answers is to a question of the lesson.
    """

    attempts: Attempts = field(default_factory=Attempts)
    notes: tuple[str, ...] = ()
    waits: tuple[Doubt, ...] = ()
    of_lesson: bool = False

    def content(self) -> bytes:
        """Return the answers as the file that a quiz card writes."""
        return "".join(f"{event.model_dump_json()}\n" for event in self.attempts.events).encode()


def find_attempts(files: Sequence[HandedFile], lesson: str) -> FoundAttempts:
    """Take the answers to a lesson's quiz from the files that may hold them.

    Args:
        files: those that were handed in, the best first.
        lesson: the lesson's name.
    """
    read = {file.path: (file, _read(file)) for file in files}
    mine = {path: found for path, (_, found) in read.items() if _of(lesson, found)}
    if not mine:
        return FoundAttempts(notes=tuple(_none(list(read.values()), lesson)))
    kept = _without_repeats(mine)
    notes = [*_unread(read[path][0] for path in read if path not in mine)]
    notes += [] if _usual(kept, lesson) else [f"The answers were taken from {listed(kept)}."]
    waits = []
    if len(kept) > 1 and not all(map(_only_grew, kept.values())):
        why = (
            f"The answers are in several files, and not all were written in order: {listed(kept)}. "
            "The first was scored. Compare them, and keep the right one."
        )
        waits.append(Doubt(why))
        kept = dict([next(iter(kept.items()))])
    attempts = _merged(list(kept.values()))
    return FoundAttempts(attempts, (*notes, *_told(attempts, lesson)), tuple(waits), True)


def _read(file: HandedFile) -> Attempts:
    if file.problem or len(file.content) > MAX_BYTES:
        return Attempts()
    found = parse_attempts(file.content)
    return found if found.events or not found.skipped else _laid_out_anew(file.content, found)


def _laid_out_anew(content: bytes, found: Attempts) -> Attempts:
    """Read answers that an editor laid out over several lines, or made one list of."""
    text = decoded(content, "replace")
    values: list[object] = []
    at = len(text) - len(text.lstrip())
    try:
        while at < len(text):
            value, end = json.JSONDecoder().raw_decode(text, at)
            values += value if isinstance(value, list) else [value]
            between = _BETWEEN.match(text, end)
            at = between.end() if between else end
    except (ValueError, RecursionError):
        return found
    again = parse_attempts("\n".join(map(json.dumps, values)).encode())
    return again if again.events else found


def _of(lesson: str, attempts: Attempts) -> list[AttemptEvent]:
    return [event for event in attempts.events if event.question.startswith(f"{lesson}/")]


def _none(read: list[tuple[HandedFile, Attempts]], lesson: str) -> Iterator[str]:
    """Say why there are no answers."""
    others = Counter(
        event.question.partition("/")[0] for _, attempts in read for event in attempts.events
    )
    if others:
        name, other = (
            next(file.path for file, found in read if found.events),
            others.most_common(1)[0][0],
        )
        yield (
            f"{name} holds answers to the lesson {other} and none to {lesson}. Nothing counts: "
            f"hand in the {ATTEMPTS_FILE} of {lesson}."
        )
        return
    said = [*_unread(file for file, _ in read), *(note for _, a in read for note in _skipped(a))]
    empty = any(not file.problem for file, _ in read) and not said
    yield from said or ([f"{ATTEMPTS_FILE} has no answers in it."] if empty else [MISSING])


def _unread(files: Iterable[HandedFile]) -> Iterator[str]:
    for file in files:
        problem = file.problem
        if len(file.content) > MAX_BYTES:
            problem = f"cannot be read: it is larger than {MAX_BYTES:,} bytes"
        if problem:
            yield f"{file.path} {problem}. Nothing in it counts."


def _without_repeats(mine: dict[str, Attempts]) -> dict[str, Attempts]:
    """Leave out a file whose answers all stand in another one."""
    kept: dict[str, Attempts] = {}
    for path, found in mine.items():
        events = set(found.events)
        others = [set(other.events) for name, other in mine.items() if name != path]
        if any(events < other for other in others) or any(
            events == set(k.events) for k in kept.values()
        ):
            continue
        kept[path] = found
    return kept


def _usual(kept: dict[str, Attempts], lesson: str) -> bool:
    return list(kept) in ([f"{lesson}/{ATTEMPTS_FILE}"], [ATTEMPTS_FILE])


def _only_grew(attempts: Attempts) -> bool:
    times = [event.time for event in attempts.events]
    return times == sorted(times)


def _merged(found: list[Attempts]) -> Attempts:
    """Put the answers of several files in the order in which they were given, each once."""
    if len(found) == 1:
        return found[0]
    events = dict.fromkeys(event for attempts in found for event in attempts.events)
    in_order = sorted(events, key=lambda event: event.time)
    return Attempts(tuple(in_order), sum(attempts.skipped for attempts in found))


def _told(attempts: Attempts, lesson: str) -> Iterator[str]:
    others = sorted({event.question.partition("/")[0] for event in attempts.events} - {lesson})
    if others:
        yield f"{ATTEMPTS_FILE} also holds answers to {listed(others)}, which do not count here."
    yield from _skipped(attempts)


def _skipped(attempts: Attempts) -> Iterator[str]:
    if attempts.skipped:
        lines = "1 line" if attempts.skipped == 1 else f"{attempts.skipped} lines"
        yield f"{lines} of {ATTEMPTS_FILE} could not be read and did not count."
