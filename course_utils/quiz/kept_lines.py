"""A file of lines that only grows, as attempts and passed exercises are kept in.

Three things keep it whole:

- A writer holds a lock (a hidden file beside it, freed by the system when its holder dies), so two
  notebooks take turns.
- A line is one `write` to a file opened for appending, then `fsync`: "saved" means on the disk.
- A writer killed in the middle leaves a torn last line. Readers skip it, and the next writer, who
  looks at the last byte under the lock, begins on a fresh line.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from filelock import FileLock

from course_utils.plain_files import PlainFileError, open_plain, read_plain

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 5_000_000
"""The most that is ever read of a file, some thirty thousand tries; a larger file is refused."""
_LOCK_SECONDS = 10
_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


class KeptLinesError(OSError):
    """A file could not be read or written; the message names the file and the reason.

    Attributes:
        fix: what to do about it, as "fix that".
    """

    def __init__(self, words: str, fix: str = "fix that") -> None:
        super().__init__(words)
        self.fix = fix


def append_line(path: Path, line: str) -> None:
    """Add a line to a file, which is made if need be, and wait until it is on the disk.

    Raises:
        KeptLinesError: if it was not saved; the file is then as it was.
    """
    try:
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=_LOCK_SECONDS):
            _append(path, line.encode() + b"\n")
    except TimeoutError:
        raise KeptLinesError(
            f"{path}: another notebook has kept it locked for {_LOCK_SECONDS} seconds",
            "restart that notebook's kernel",
        ) from None
    except (OSError, NotImplementedError) as error:
        raise KeptLinesError(f"{path}: {_reason(error)}", _fix(error)) from error


def read_lines(path: Path) -> bytes:
    """Read a file whole, which may hold anything at all.

    Raises:
        FileNotFoundError: if there is no such file.
        KeptLinesError: if it is not a plain file, is too large, or cannot be read.
    """
    try:
        return read_plain(path, MAX_BYTES)
    except PlainFileError as error:
        raise KeptLinesError(f"{path}: cannot be read: {error.reason}") from None


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


def _fix(error: Exception) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number in _FULL:
        return "free some space"
    return "get the right to write there" if number in _FORBIDDEN else "fix that"


def _reason(error: Exception) -> str:
    if isinstance(error, PlainFileError):
        return error.reason
    return (isinstance(error, OSError) and error.strerror) or str(error)
