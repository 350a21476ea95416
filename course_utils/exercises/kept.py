"""What happened in a lesson's exercises: one JSON object a line in `progress.jsonl`.

It lies beside the quiz's attempts, and is for the learner's eyes. Grading runs the tests itself,
and does not read it.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from course_utils.quiz.kept_lines import KeptLinesError, append_line, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PROGRESS_FILE = "progress.jsonl"
_Number = Annotated[int, Field(ge=1, le=1000)]

# What this kernel has seen pass, so that a full disk hides nothing while it lives.
_seen: dict[Path, set[tuple[int, int]]] = {}


class _Event(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    exercise: _Number
    time: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))


class Passed(_Event):
    """All checks of a test cell passed; most exercises have one such cell, which is part 1."""

    event: Literal["passed"] = "passed"
    part: _Number = 1


class Failed(_Event):
    """A test cell was run, and what the learner wrote did not pass."""

    event: Literal["failed"] = "failed"
    part: _Number = 1


class SolutionShown(_Event):
    """The worked solution was shown."""

    event: Literal["solution"] = "solution"


ExerciseEvent = Passed | Failed | SolutionShown
_EVENT: TypeAdapter[ExerciseEvent] = TypeAdapter(
    Annotated[ExerciseEvent, Field(discriminator="event")]
)


def record(path: Path, event: ExerciseEvent) -> str:
    """Keep what happened: each failure, a pass once for each part, a solution once.

    Args:
        path: the file to add it to.
        event: what happened.

    Returns:
        Why it could not be kept; empty if it is.
    """
    try:
        if isinstance(event, Failed) or not any(_same(event, old) for old in _in_the_file(path)):
            append_line(path, event.model_dump_json())
    except KeptLinesError as error:
        return f"{error}."
    finally:
        if isinstance(event, Passed):
            _seen.setdefault(path, set()).add((event.exercise, event.part))
    return ""


def read_kept(path: Path) -> tuple[ExerciseEvent, ...]:
    """Return what the file holds, in its order; one that cannot be read counts as empty."""
    try:
        return _in_the_file(path)
    except KeptLinesError:
        return ()


def passed_in(path: Path, events: Iterable[ExerciseEvent]) -> frozenset[tuple[int, int]]:
    """Return what has passed, each as the exercise's number and the part's.

    Args:
        path: the file, whose passes this kernel knows even where it could not write them.
        events: what the file holds.
    """
    kept = {(each.exercise, each.part) for each in events if isinstance(each, Passed)}
    return frozenset(kept | _seen.get(path, set()))


def kept_lines_of(path: Path) -> tuple[tuple[ExerciseEvent, ...], int]:
    """Return what the file holds, and how many of its lines are torn or not ours.

    A file that is not there is empty.

    Raises:
        KeptLinesError: if it is not a plain file, is too large, or cannot be read.
    """
    try:
        return parse_kept(read_lines(path))
    except FileNotFoundError:
        return (), 0


def parse_kept(content: bytes) -> tuple[tuple[ExerciseEvent, ...], int]:
    """Return what a file's content holds, and how many of its lines are torn or not ours."""
    found, skipped = [], 0
    for line in io.BytesIO(content):
        try:
            found.append(_EVENT.validate_json(line))
        except ValidationError:
            skipped += bool(line.strip(b" \t\r\n\0"))
    return tuple(found), skipped


def _in_the_file(path: Path) -> tuple[ExerciseEvent, ...]:
    found, _ = kept_lines_of(path)
    return found


def _same(one: ExerciseEvent, other: ExerciseEvent) -> bool:
    return one.model_copy(update={"time": other.time}) == other
