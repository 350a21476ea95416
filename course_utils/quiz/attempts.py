"""What a learner did: hints opened and tries made, one JSON object a line in `attempts.jsonl`.

The file only grows; `kept_lines` says how it stays whole.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from course_utils.plain_files import decoded
from course_utils.quiz.kept_lines import KeptLinesError, append_line, read_lines

if TYPE_CHECKING:
    from pathlib import Path

ATTEMPTS_FILE = "attempts.jsonl"
MAX_ANSWER_LENGTH = 1000

# A byte-order mark, or the zero of a character in UTF-16 without one.
_OTHER_BEGINNINGS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0", b"{\0")


class AttemptsError(OSError):
    """The attempts could not be read or written; the message names the file and the reason."""


class AttemptsMissingError(AttemptsError):
    """There is no file of attempts."""


class _Event(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    question: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    version: Annotated[int, Field(ge=1, le=1_000_000)]
    time: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))


class HintOpened(_Event):
    """A hint was shown; `hint` counts from 1."""

    event: Literal["hint"] = "hint"
    hint: Annotated[int, Field(ge=1, le=1000)]


_AnswerText = Annotated[str, StringConstraints(max_length=MAX_ANSWER_LENGTH)]

Answer = str | tuple[str, ...]
"""An option's id; a tuple of them for select-all; the text typed for fill-blank."""


class TryMade(_Event):
    """An answer was submitted."""

    event: Literal["try"] = "try"
    answer: _AnswerText | Annotated[tuple[_AnswerText, ...], Field(max_length=100)]


AttemptEvent = HintOpened | TryMade
_EVENT: TypeAdapter[AttemptEvent] = TypeAdapter(
    Annotated[AttemptEvent, Field(discriminator="event")]
)


@dataclass(frozen=True, slots=True)
class Attempts:
    """The lines of a file that could be read, in their order.

    Attributes:
        events: hints opened and tries made, of any question.
        skipped: how many other lines there were: torn, or not written by a quiz card.
    """

    events: tuple[AttemptEvent, ...] = ()
    skipped: int = 0


def read_attempts(path: Path) -> Attempts:
    """Read a file of attempts, which may hold anything at all.

    At most `MAX_BYTES` are read, so memory stays under a hundred megabytes whatever a student hands
    in (63 measured, all lines valid).

    Raises:
        AttemptsMissingError: if there is no such file.
        AttemptsError: if it is not a plain file, is too large, or cannot be read.
    """
    return parse_attempts(_read(path))


def parse_attempts(content: bytes) -> Attempts:
    """Take a file of attempts apart, which may have gone through any editor.

    Lines that are not ours are skipped and counted.

    Args:
        content: the file, of no more than `MAX_BYTES`.
    """
    events, skipped = [], 0
    for line in io.BytesIO(_as_utf8(content)):
        bare = line.strip(b" \t\r\0")
        if not bare:
            continue
        try:
            events.append(_EVENT.validate_json(bare))
        except ValidationError:
            skipped += 1
    return Attempts(tuple(events), skipped)


def append_event(path: Path, event: AttemptEvent) -> None:
    """Add a hint opened or a try made to a file of attempts, and wait until it is on the disk.

    Raises:
        AttemptsError: if it was not saved; the file is then as it was.
    """
    try:
        append_line(path, event.model_dump_json())
    except KeptLinesError as error:
        raise AttemptsError(f"{error}; {error.fix} and submit again.") from error


def _as_utf8(content: bytes) -> bytes:
    if not content.startswith(_OTHER_BEGINNINGS):
        # As a quiz card writes it: five megabytes need no copy.
        return content
    try:
        return decoded(content).encode()
    except UnicodeDecodeError:
        # Only the lines that are no text are skipped then.
        return content


def _read(path: Path) -> bytes:
    try:
        return read_lines(path)
    except FileNotFoundError:
        raise AttemptsMissingError(f"{path}: there is no such file.") from None
    except KeptLinesError as error:
        raise AttemptsError(f"{error}.") from None
