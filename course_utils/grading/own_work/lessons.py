"""Which lessons there are to check, and which of them a short name means."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from course_utils.grading.own_work.errors import CheckError
from course_utils.printable import listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_NUMBERED = "[0-9][0-9]_*"


def lessons_in(notebooks: Path) -> list[str]:
    """Return the names of the lessons that the course has, in order."""
    return sorted(
        folder.name
        for folder in notebooks.glob(_NUMBERED)
        if (folder / f"{folder.name}.ipynb").is_file()
    )


def lesson_called(given: str, lessons: Sequence[str]) -> str:
    """Return the lesson that is meant by its name, its number, or a part of its name.

    Args:
        given: what a learner typed: `01_interrupt_before`, `1`, `interrupt_before`, or a path.
        lessons: the names of all lessons.

    Raises:
        CheckError: if none is meant, or several are.
    """
    word = re.sub(r"[\W_]+", "_", PurePath(given.strip()).name.removesuffix(".ipynb").casefold())
    number = f"{int(word):02}_" if re.fullmatch(r"\d{1,4}", word, re.ASCII) else ""
    tries = (
        [name for name in lessons if name == word],
        [name for name in lessons if number and name.startswith(number)],
        [name for name in lessons if word and name[3:] == word],
        [name for name in lessons if word and name.startswith(word)],
        [name for name in lessons if word and word in name],
    )
    found = next(filter(None, tries), [])
    if len(found) == 1:
        return found[0]
    if found:
        raise CheckError(f"{given!r} may be {listed(found)}. Give more of the name.")
    raise CheckError(f"There is no lesson {given!r}. There are {listed(lessons)}.")
