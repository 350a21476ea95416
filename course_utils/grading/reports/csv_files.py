"""The one writer of CSV files: RFC 4180, UTF-8, whole or not at all, and no cell is a formula.

A spreadsheet takes a cell that begins with one of a few characters for a formula, and a formula can
start programs. A student chooses their name, and much of what a report quotes. So an apostrophe
goes before such a character in every text, ids too; no learning platform hands out ids like that.
`without_apostrophe` takes it away when our own roster is read again.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

Cell = str | int | float | None
"""A text, a number, or nothing."""

# With a full-width form of each, which some spreadsheets take for it.
_STARTS = "[=+\\-@\uff1d\uff0b\uff0d\uff20]"
# What a spreadsheet passes over before it looks for one: blanks, and what has no width.
_BLANKS = "[ \x85\xa0\u1680\u2000-\u200f\u2028\u2029\u202f\u205f-\u2064\u3000\ufeff]*"
_AT_THE_START = re.compile(rf"{_BLANKS}{_STARTS}|[\t\r\n]")
# A spreadsheet that takes ; or a tab for the separator finds cells and rows inside one of ours.
_INSIDE = re.compile(rf"([;\t\r\n]{_BLANKS})(?={_STARTS})")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DIGITS = 12


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a CSV file, whole or not at all.

    Args:
        path: the file; a folder that is missing is made.
        header: the headings.
        rows: each with a cell for each heading. Numbers stay numbers, and None is an empty cell.

    Raises:
        ValueError: if a row has more or fewer cells, or a number is not finite.
        OSError: if the file cannot be written; what was there before is still there.
    """
    content = csv_text(header, rows).encode("utf-8", errors="backslashreplace")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return what `write_rows` writes.

    Raises:
        ValueError: as `write_rows`.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow([_written(cell) for cell in header])
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"{len(row)} cells stand under {len(header)} headings: {row!r}")
        table.writerow([_written(cell) for cell in row])
    return text.getvalue()


def read_rows(text: str) -> list[list[str]]:
    """Read the rows of a CSV text, each cell as it is written there.

    Raises:
        ValueError: if it is not CSV; the message says where.
    """
    return [row for _, row in numbered_rows(text)]


def numbered_rows(text: str, separator: str = ",") -> list[tuple[int, list[str]]]:
    """Read the rows of a CSV text, each with the number of the line that it ends in.

    Raises:
        ValueError: if it is not CSV; the message says where.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from None


def without_apostrophe(text: str) -> str:
    """Return a text as it was before `write_rows` put an apostrophe at its beginning."""
    return text[1:] if text[:1] == "'" and _AT_THE_START.match(text, 1) else text


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _harmless(cell)
    if not math.isfinite(cell):
        raise ValueError(f"{cell} is not a number that a spreadsheet has")
    return f"{cell:.{_DIGITS}g}" if isinstance(cell, float) else str(cell)


def _harmless(text: str) -> str:
    text = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
    text = _INSIDE.sub(r"\1'", text)
    # Moodle's sign for "no grade", and no formula.
    return f"'{text}" if text != "-" and _AT_THE_START.match(text) else text
