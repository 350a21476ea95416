"""Plain files that somebody else may have put where they are: opened safely, read whole, bounded.

A symbolic link could lead out of a folder, opening a named pipe could wait for ever, and a file
could be larger than memory. Whoever opens a file of a student's, or one that a lock or a log is
kept in, does it with these. Editors and file systems add to text what nobody typed: `decoded` takes
it away.
"""

from __future__ import annotations

import codecs
import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Windows lacks the first two, and the others lack the last.
_SAFELY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

# The longer marks first: that of UTF-32 begins like that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BEGINNINGS = {b"{", b"[", b"\n", b"\r", b"\t", b" "}


class PlainFileError(OSError):
    """A file is not what may be opened or read; `reason` is a phrase with "it" as its subject."""

    def __init__(self, number: int, reason: str, path: Path) -> None:
        super().__init__(number, reason, str(path))
        self.reason = reason


def open_plain(path: Path, flags: int, mode: int = 0o644) -> int:
    """Open a plain file without following a link in its place and without waiting.

    Args:
        path: the file.
        flags: as of `os.open`.
        mode: the permissions of a file that is made.

    Returns:
        The descriptor, which the caller closes.

    Raises:
        FileNotFoundError: if there is no such file.
        PlainFileError: if something else stands in its place, or it cannot be opened.
    """
    try:
        descriptor = os.open(path, flags | _SAFELY, mode)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, NotImplementedError) as error:
        raise _refused(error, path) from error
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise PlainFileError(errno.EINVAL, "it is not a plain file", path)


def read_plain(path: Path, limit: int) -> bytes:
    """Read a plain file whole.

    Args:
        path: the file.
        limit: the most bytes it may have; a larger one is refused, and no more of it is read.

    Raises:
        FileNotFoundError: if there is no such file.
        PlainFileError: if it is not a plain file, is too large, or cannot be read.
    """
    try:
        with open(open_plain(path, os.O_RDONLY), "rb") as file:
            content = file.read(limit + 1)
    except (FileNotFoundError, PlainFileError):
        raise
    except OSError as error:
        raise _refused(error, path) from error
    if len(content) > limit:
        raise PlainFileError(errno.EFBIG, f"it is larger than {limit:,} bytes", path)
    return content


def decoded(content: bytes, errors: str = "strict") -> str:
    """Return the text of a file, whatever editor or file system it went through.

    A byte-order mark is taken away, UTF-16 is known with a mark or without, and NULs at the end are
    dropped, which a file system leaves after a crash.

    Args:
        content: the file.
        errors: as of `bytes.decode`, for bytes that are no text.

    Raises:
        UnicodeDecodeError: if it is no text, and `errors` is "strict".
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _unpadded(content[len(mark) :], encoding, errors)
    # JSON begins with a character of ASCII, and the zero beside it tells the byte order.
    first = content[:2]
    unmarked = len(first) == 2 and first.strip(b"\0") in _BEGINNINGS
    encoding = ("utf-16-be" if first[0] == 0 else "utf-16-le") if unmarked else "utf-8"
    return _unpadded(content, encoding, errors)


def _unpadded(content: bytes, encoding: str, errors: str) -> str:
    width = {"utf-16": 2, "utf-32": 4}.get(encoding[:6], 1)
    # Half a character of padding would spoil the last one.
    whole = content[: len(content) - len(content) % width]
    return whole.decode(encoding, errors).rstrip("\0")


def _refused(error: Exception, path: Path) -> PlainFileError:
    number = (error.errno if isinstance(error, OSError) else None) or errno.EINVAL
    if number == errno.ELOOP:
        return PlainFileError(number, "it is a symbolic link", path)
    # Of a folder or a pipe nobody reads, opening it to write says so in other words.
    if number in {errno.EISDIR, errno.ENXIO}:
        return PlainFileError(number, "it is not a plain file", path)
    return PlainFileError(number, os.strerror(number), path)
