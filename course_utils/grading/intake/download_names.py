"""What a learning platform calls the files that it downloads: whose they are, and which file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath

_ATTEMPT = re.compile(r"(?P<who>.+)_attempt_(?P<time>\d{4}(?:-\d\d){5})_(?P<file>.+)")
_CANVAS = re.compile(r"(?P<who>[^_]+)_(?:LATE_)?(?P<number>\d+)_\d+_(?P<file>.+)")
_MOODLE = re.compile(r"(?P<who>.+)_\d+_assignsubmission_file_?(?P<file>.*)")
# Canvas and browsers number what was handed in, or downloaded, again.
_AGAIN = re.compile(r"(-\d+|\s*\(\d+\))$")


@dataclass(frozen=True, slots=True)
class Download:
    """One downloaded file.

    Attributes:
        who: the student, as the platform writes them: an id or a name.
        number: the platform's own number of the student; empty where it does not say.
        file: the file's own name, as the student handed it in.
        handed_in: when, in UTC without a time zone; None where the name does not say.
    """

    who: str
    number: str
    file: str
    handed_in: datetime | None = None


def read_download(path: PurePath, lesson: str) -> Download | None:
    """Say whose a downloaded file is; None when its name and folders do not tell.

    Four forms are known. Blackboard's, as in nbgrader's own documentation, has the lesson before or
    after the student: `ann_<lesson>_attempt_2026-12-24-18-00-00_<file>`. Canvas's is
    `muellerann_12345_67890_<file>`, with `LATE` behind the name. Moodle's is a folder
    `Ann Müller_123_assignsubmission_file_`, or a file that begins so. The last is a folder named
    after the student, with a folder named after the lesson in it.

    Args:
        path: the file, in the folder that everything was unpacked to.
        lesson: the lesson's name.
    """
    parts = path.parts
    if "__MACOSX" in parts or path.name.startswith("."):
        return None
    if found := _ATTEMPT.fullmatch(path.name):
        who = found["who"].removeprefix(f"{lesson}_").removesuffix(f"_{lesson}")
        return Download(who, "", _own_name(found["file"]), _moment(found["time"]))
    for name in parts[::-1]:
        if found := _MOODLE.fullmatch(name):
            return Download(found["who"], "", _own_name(found["file"] or path.name))
    if found := _CANVAS.fullmatch(path.name):
        return Download(found["who"], found["number"], _own_name(found["file"]))
    if len(parts) >= 3 and parts[-2] == lesson:
        return Download(parts[-3], "", path.name)
    return None


def _own_name(name: str) -> str:
    file = PurePath(name)
    return f"{_AGAIN.sub('', file.stem)}{file.suffix}"


def _moment(words: str) -> datetime | None:
    """Read the time, which the platform writes in the time zone of whoever downloads."""
    try:
        local = datetime.strptime(words, "%Y-%m-%d-%H-%M-%S").astimezone()
    except ValueError:
        return None
    return local.astimezone(UTC).replace(tzinfo=None)
