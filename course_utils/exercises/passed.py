"""What has passed: one JSON object a line in `progress.jsonl`, beside the quiz's attempts.

It is for the learner's eyes. Grading runs the tests itself, and does not read it.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from course_utils.quiz.kept_lines import KeptLinesError, append_line, read_lines

if TYPE_CHECKING:
    from pathlib import Path

PASSED_FILE = "progress.jsonl"
_Number = Annotated[int, Field(ge=1, le=1000)]

# What this kernel has seen pass, so that a full disk hides nothing while it lives.
_seen: dict[Path, set[tuple[int, int]]] = {}


class Passed(BaseModel):
    """All checks of a test cell passed; most exercises have one such cell, which is part 1."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    event: Literal["passed"] = "passed"
    exercise: _Number
    part: _Number = 1
    time: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))


def record(path: Path, passed: Passed) -> str:
    """Keep what has passed, once for each part.

    Args:
        path: the file to add it to.
        passed: the part that has passed.

    Returns:
        Why it could not be kept; empty if it is.
    """
    what = (passed.exercise, passed.part)
    try:
        if what not in _in_the_file(path):
            append_line(path, passed.model_dump_json())
    except KeptLinesError as error:
        return f"{error}."
    finally:
        _seen.setdefault(path, set()).add(what)
    return ""


def read_passed(path: Path) -> frozenset[tuple[int, int]]:
    """Return what has passed, each as the exercise's number and the part's.

    A file that cannot be read counts as empty: what this kernel has seen pass is still known.
    """
    try:
        kept = _in_the_file(path)
    except KeptLinesError:
        kept = set()
    return frozenset(kept | _seen.get(path, set()))


def passed_lines(path: Path) -> tuple[tuple[Passed, ...], int]:
    """Return what the file alone holds, and how many of its lines are torn or not ours.

    A file that is not there is empty.

    Raises:
        KeptLinesError: if it is not a plain file, is too large, or cannot be read.
    """
    try:
        content = read_lines(path)
    except FileNotFoundError:
        return (), 0
    found, skipped = [], 0
    for line in io.BytesIO(content):
        try:
            found.append(Passed.model_validate_json(line))
        except ValidationError:
            skipped += bool(line.strip(b" \t\r\n\0"))
    return tuple(found), skipped


def _in_the_file(path: Path) -> set[tuple[int, int]]:
    found, _ = passed_lines(path)
    return {(passed.exercise, passed.part) for passed in found}
