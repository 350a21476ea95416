"""What a learner did: hints opened and tries made, one JSON object a line in `attempts.jsonl`.

The file only grows. Three things keep it whole:

- A writer holds a lock (a hidden file beside it, freed by the system when its holder dies), so two
  notebooks take turns.
- A line is one `write` to a file opened for appending, then `fsync`: "saved" means on the disk.
- A writer killed in the middle leaves a torn last line. Readers skip it, and the next writer, who
  looks at the last byte under the lock, begins on a fresh line.
"""

from __future__ import annotations

import errno
import io
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from filelock import FileLock
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from course_utils.plain_files import PlainFileError, open_plain, read_plain

if TYPE_CHECKING:
    from pathlib import Path

ATTEMPTS_FILE = "attempts.jsonl"
MAX_BYTES = 5_000_000
"""The most that is ever read of a file, some thirty thousand tries; a larger file is refused."""
MAX_ANSWER_LENGTH = 1000
_LOCK_SECONDS = 10


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

    Lines that are not ours are skipped and counted. At most `MAX_BYTES` are read, so memory stays
    under a hundred megabytes whatever a student hands in (63 measured, all lines valid).

    Raises:
        AttemptsMissingError: if there is no such file.
        AttemptsError: if it is not a plain file, is too large, or cannot be read.
    """
    events, skipped = [], 0
    for line in io.BytesIO(_read(path)):
        if not line.strip():
            continue
        try:
            events.append(_EVENT.validate_json(line))
        except ValidationError:
            skipped += 1
    return Attempts(tuple(events), skipped)


def append_event(path: Path, event: AttemptEvent) -> None:
    """Add a hint opened or a try made to a file of attempts, and wait until it is on the disk.

    Raises:
        AttemptsError: if it was not saved; the file is then as it was.
    """
    line = event.model_dump_json().encode() + b"\n"
    try:
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=_LOCK_SECONDS):
            _append(path, line)
    except TimeoutError:
        raise AttemptsError(
            f"{path}: another notebook has kept it locked for {_LOCK_SECONDS} seconds; "
            "restart that notebook's kernel and submit again."
        ) from None
    except (OSError, NotImplementedError) as error:
        raise AttemptsError(f"{path}: {_reason(error)}; mend that and submit again.") from error


def _append(path: Path, line: bytes) -> None:
    descriptor = open_plain(path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
    try:
        size = os.fstat(descriptor).st_size
        whole = line if _ends_a_line(descriptor, size) else b"\n" + line
        if size + len(whole) > MAX_BYTES:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        try:
            if os.write(descriptor, whole) < len(whole):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(descriptor)
        except OSError:
            # "Not saved" must stay true: half a line, or a line not known to be on the disk, goes.
            with suppress(OSError):
                os.ftruncate(descriptor, size)
            raise
    finally:
        os.close(descriptor)


def _ends_a_line(descriptor: int, size: int) -> bool:
    if size == 0:
        return True
    os.lseek(descriptor, -1, os.SEEK_END)
    return os.read(descriptor, 1) == b"\n"


def _read(path: Path) -> bytes:
    try:
        return read_plain(path, MAX_BYTES)
    except FileNotFoundError:
        raise AttemptsMissingError(f"{path}: there is no such file.") from None
    except PlainFileError as error:
        raise AttemptsError(f"{path}: cannot be read: {error.reason}.") from None


def _reason(error: Exception) -> str:
    if isinstance(error, PlainFileError):
        return error.reason
    return (isinstance(error, OSError) and error.strerror) or str(error)
