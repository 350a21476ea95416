"""What the name of a file or folder tells: which lesson it is for, what it holds, or nothing."""

from __future__ import annotations

import re
import unicodedata

_JUNK = {"__macosx", "thumbs.db", "desktop.ini", "__pycache__", "node_modules", "$recycle.bin"}
# What browsers, file managers and people put behind the name of a copy.
_COPY = re.compile(
    r"[\s_.-]*(\(\d+\)|\[\d+\]|copy(\s*\d+|\s*\(\d+\))?|kopie|copie|copia|final|new|done|fixed|"
    r"solved|solution|submission|submitted|backup|bak|old|checkpoint|v\d+|version\s*\d+)$"
)
_COPY_OF = re.compile(r"^(copy of|kopie von|copie de|copia de)[\s_-]+")
_NOTEBOOK = re.compile(r"\.ipynb|\.nb\.json$", re.IGNORECASE)
_SUFFIXES = re.compile(
    r"(\.(ipynb|json|jsonl|txt|zip|tar|gz|tgz|bz2|xz|7z|rar|download|bak|orig|ipynb_?))+$"
)
_ATTEMPTS = re.compile(r"attempts?(?![a-z])|\.jsonl", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\d{2})[_-][a-z]")
_NUMBER_ALONE = re.compile(
    r"^(lesson|lektion|l|notebook|nb|homework|hw|assignment|exercise|ex|unit|week)?_*0*(\d{1,2})$"
)


def is_junk(name: str) -> bool:
    """Tell whether a machine made a file, and nobody hands it in: `.DS_Store`, `__MACOSX`."""
    return name.startswith(".") or name.casefold() in _JUNK


def key(name: str) -> str:
    """Return what is left of a name when its case, separators and marks of a copy are taken away.

    Args:
        name: of a file or folder; `01-Interrupt-before (1).IPYNB` gives `01_interrupt_before`.
    """
    plain = unicodedata.normalize("NFKC", name).casefold().strip()
    plain = _COPY_OF.sub("", _SUFFIXES.sub("", plain))
    while (shorter := _SUFFIXES.sub("", _COPY.sub("", plain))) != plain and shorter:
        plain = shorter
    return re.sub(r"[\W_]+", "_", plain).strip("_")


def is_called(name: str, lesson: str) -> bool:
    """Tell whether a file or folder is named after a lesson, its number, or either with a slip."""
    mine, wanted = key(name), key(lesson)
    if mine == wanted:
        return True
    number = re.match(r"0*(\d+)", wanted)
    alone = _NUMBER_ALONE.match(mine)
    if number is None:
        return False
    words = wanted[number.end() :].strip("_")
    return mine == words != "" or (alone is not None and alone.group(2) == number.group(1))


def is_of_another(name: str, lesson: str) -> bool:
    """Tell whether a file or folder is named after a lesson with another number."""
    mine, wanted = _NUMBERED.match(key(name)), _NUMBERED.match(key(lesson))
    return bool(mine and (not wanted or mine.group(1) != wanted.group(1)))


def is_notebook(name: str) -> bool:
    """Tell whether a file is a notebook by its name, whatever was put behind it."""
    return bool(_NOTEBOOK.search(name))


def is_attempts(name: str) -> bool:
    """Tell whether a file holds attempts by its name, whatever was put into it."""
    return bool(_ATTEMPTS.search(name)) and not is_notebook(name)
