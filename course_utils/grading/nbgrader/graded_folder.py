"""The folder of one graded submission, as nbgrader lays it, with our record in it.

The record is written last and taken away first, so it is there only while the rest agrees with it.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from pydantic import ValidationError

from course_utils.grading.intake.handed_files import TIMESTAMP
from course_utils.grading.marking.record import RECORD_FILE, Record
from course_utils.plain_files import PlainFileError, read_plain

if TYPE_CHECKING:
    from pathlib import Path

    from course_utils.grading.engine.batch import Graded

MAX_RECORD_BYTES = 5_000_000


def read_record(folder: Path) -> Record | None:
    """Return what an earlier run said; None where it did not finish, or the file is no record."""
    if not (folder / f"{folder.name}.ipynb").exists():
        return None
    try:
        return Record.model_validate_json(read_plain(folder / RECORD_FILE, MAX_RECORD_BYTES))
    except (FileNotFoundError, PlainFileError, ValidationError):
        return None


def forget(folder: Path) -> None:
    """Take the record away, before anything that it speaks of changes."""
    (folder / RECORD_FILE).unlink(missing_ok=True)


def write_graded(folder: Path, graded: Graded, permissions: int) -> None:
    """Write what came of one submission.

    Args:
        folder: the student's folder for the lesson; it is made when it is missing.
        graded: the submission, graded.
        permissions: of the files, as of `chmod`.

    Raises:
        OSError: if it cannot be written; there is then no record.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(graded.notebook, indent=1, ensure_ascii=False, sort_keys=True)
    _write(folder / f"{folder.name}.ipynb", f"{text}\n".encode(), permissions)
    moment = graded.submission.handed_in_at
    if moment is None:
        (folder / TIMESTAMP).unlink(missing_ok=True)
    else:
        _write(folder / TIMESTAMP, f"{moment:%Y-%m-%d %H:%M:%S.%f} UTC".encode(), permissions)
    _write(folder / RECORD_FILE, graded.record.model_dump_json(indent=1).encode(), permissions)


def _write(path: Path, content: bytes, permissions: int) -> None:
    """Write a whole file or leave what was there."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.chmod(permissions)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
