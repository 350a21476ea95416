"""Archives that were handed in, opened in memory: a bounded number of files and of bytes.

Nothing is written to the disk, so a path in an archive leads nowhere: it is only a name.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING

from course_utils.grading.intake.file_names import is_junk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    _Wanted = Callable[[str], bool]
    _Files = Iterator[tuple[str, bytes | None]]

MAX_FILES = 2000
_TAR_MARK = slice(257, 262)
_UNREADABLE = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError),
    *(OSError, EOFError, ValueError, RuntimeError, LookupError, OverflowError, MemoryError),
)


class ArchiveError(ValueError):
    """An archive cannot be used; the message is the end of a sentence about it."""


@dataclass(slots=True)
class Allowance:
    """What may still be taken out of the archives of one student."""

    bytes: int = 60_000_000
    files: int = MAX_FILES

    def take(self, size: int) -> None:
        """Count one file.

        Raises:
            ArchiveError: if that is more than may be taken.
        """
        self.bytes -= size
        self.files -= 1
        if self.bytes < 0 or self.files < 0:
            raise ArchiveError("holds more than a submission needs")


def is_archive(content: bytes) -> bool:
    """Tell whether a file is an archive, by what it begins with and whatever it is called."""
    return _opener(content) is not None


def unpacked(
    content: bytes, name: str, allowance: Allowance, wanted: Callable[[str], bool]
) -> _Files:
    """Yield the path of each file in an archive, and its content where that is wanted.

    Args:
        content: the archive.
        name: its name, from which that of a single compressed file is made.
        allowance: what may be taken; it is counted down.
        wanted: tells by its path whether a file is needed; others are not unpacked.

    Raises:
        ArchiveError: if it is damaged, encrypted, too large, or of a kind that is not opened.
    """
    opener = _opener(content)
    if opener is None:
        return
    try:
        yield from opener(content, name, allowance, wanted)
    except ArchiveError:
        raise
    except _UNREADABLE:
        raise ArchiveError("is a damaged archive") from None


def _opener(content: bytes) -> Callable[[bytes, str, Allowance, _Wanted], _Files] | None:
    starts = {
        b"PK\x03\x04": _from_zip,
        b"PK\x05\x06": _from_zip,
        b"\x1f\x8b": _from_compressed,
        b"BZh": _from_compressed,
        b"\xfd7zXZ\x00": _from_compressed,
        b"7z\xbc\xaf\x27\x1c": _from_other,
        b"Rar!": _from_other,
    }
    for start, opener in starts.items():
        if content.startswith(start):
            return opener
    return _from_tar if content[_TAR_MARK] == b"ustar" else None


def _from_zip(content: bytes, _: str, allowance: Allowance, wanted: _Wanted) -> _Files:
    # A list of a million names would take half a gigabyte before the first could be counted.
    if content.count(b"PK\x01\x02") > MAX_FILES:
        raise ArchiveError("holds more than a submission needs")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in {_plain_path(info.filename): info for info in archive.infolist()}.values():
            if info.is_dir() or stat.S_ISLNK(info.external_attr >> 16) or _is_junk(info.filename):
                continue
            if not wanted(_plain_path(info.filename)):
                yield _plain_path(info.filename), None
                continue
            if info.flag_bits & 1:
                raise ArchiveError("is encrypted")
            with archive.open(info) as file:
                yield _plain_path(info.filename), _bounded(file, allowance)


def _from_tar(content: bytes, _: str, allowance: Allowance, wanted: _Wanted) -> _Files:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
        while (member := archive.next()) is not None:
            if not member.isreg() or _is_junk(member.name):
                allowance.take(0)
            elif not wanted(_plain_path(member.name)):
                yield _plain_path(member.name), None
            elif file := archive.extractfile(member):
                yield _plain_path(member.name), _bounded(file, allowance)


def _from_compressed(content: bytes, name: str, allowance: Allowance, wanted: _Wanted) -> _Files:
    file: gzip.GzipFile | bz2.BZ2File
    if content.startswith(b"\x1f\x8b"):
        file = gzip.GzipFile(fileobj=io.BytesIO(content))
    elif content.startswith(b"BZh"):
        file = bz2.BZ2File(io.BytesIO(content))
    else:
        raise ArchiveError("is an archive of a kind that grading does not open")
    inside = _bounded(file, allowance)
    if inside[_TAR_MARK] == b"ustar":
        yield from _from_tar(inside, name, allowance, wanted)
    else:
        yield name.removesuffix(".gz").removesuffix(".bz2"), inside


def _from_other(_: bytes, __: str, ___: Allowance, ____: _Wanted) -> _Files:
    raise ArchiveError("is an archive of a kind that grading does not open")


def _bounded(file: IO[bytes] | gzip.GzipFile | bz2.BZ2File, allowance: Allowance) -> bytes:
    content = file.read(allowance.bytes + 1)
    allowance.take(len(content))
    return content


def _plain_path(path: str) -> str:
    """Return a path as a name below the archive: nothing absolute, nothing that leads upwards."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    return "/".join(part for part in parts if part not in {"/", "..", "."} and ":" not in part)


def _is_junk(path: str) -> bool:
    return any(map(is_junk, PurePosixPath(_plain_path(path)).parts))
