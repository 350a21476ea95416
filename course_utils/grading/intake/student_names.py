"""Which students' names can be graded, and the command that gives a folder another one."""

from __future__ import annotations

import os
import shlex
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

# nbgrader takes the first four for patterns; Formgrader puts names into its markup and scripts.
_NOT_IN_NAMES = set("*?[]" + '<>"\\')
MAX_NAME = 120
"""Characters; a file system takes 255 bytes, and reports put words behind a name."""


def shown(name: str) -> str:
    """Return a name in characters that can be printed and stored."""
    return name if name.isprintable() else ascii(name)[1:-1]


def why_not(name: str) -> str:
    """Say why a name cannot be graded, as the end of a sentence; empty for one that can."""
    if not name.isprintable():
        return "has a character that cannot be printed"
    if name.startswith("."):
        return "begins with a dot"
    if found := [letter for letter in name if letter in _NOT_IN_NAMES]:
        return f"has the character {found[0]} in it"
    return f"is longer than {MAX_NAME} characters" if len(name) > MAX_NAME else ""


def twin_key(name: str) -> str:
    """Return what two names have in common that a person takes for the same."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", plain).split())


def better_name(name: str, taken: Collection[str]) -> str:
    """Return a name like this one that can be graded and that nobody has."""
    letters = (
        letter if letter.isprintable() and letter not in _NOT_IN_NAMES else "_" for letter in name
    )
    plain = "".join(letters).lstrip(".").strip()[: MAX_NAME - 4] or "student"
    others = {twin_key(other) for other in taken}
    candidates = (plain, *(f"{plain}-{number}" for number in range(2, len(others) + 3)))
    return next(candidate for candidate in candidates if twin_key(candidate) not in others)


def move_command(source: Path, target: Path) -> str:
    """Return the command that moves a file or folder, which a shell takes as it is printed."""
    return f"mv -n -- {quoted(str(source))} {quoted(str(target))}"


def quoted(path: str) -> str:
    """Quote a path for a POSIX shell; characters without a shape are written by their codes."""
    if path.isprintable():
        return shlex.quote(path)
    codes = "".join(
        chr(byte) if chr(byte).isalnum() and byte < 128 else f"\\{byte:03o}"
        for byte in os.fsencode(path)
    )
    # A shell drops line ends at the end of what a command prints, so a slash stands there.
    return f"\"$(printf '{codes}/')\""
