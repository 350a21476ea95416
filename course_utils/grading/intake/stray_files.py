"""Files beside the students' folders: whose they are, as far as a name can tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from course_utils.grading.intake.file_names import is_notebook, key
from course_utils.grading.intake.student_names import twin_key, why_not

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
_BETWEEN = " _-.,()[]"


def is_handed_in(top: Path, lesson: str) -> bool:
    """Tell whether a file or folder beside the students' folders looks like somebody's work."""
    name = top.name.casefold()
    return is_notebook(name) or name.endswith(ARCHIVES) or key(lesson) in key(name)


def whose(top: Path, lesson: str, known: Collection[str], people: Collection[str]) -> str:
    """Return the student whose name stands in a file's name beside the lesson's; else nothing.

    Args:
        top: a file, or a folder, which counts only when its student is known.
        lesson: the lesson's name.
        known: the students of roster and gradebook.
        people: those and the students who have a folder.
    """
    if top.name in known:
        return ""
    words = r"[\W_]*".join(map(re.escape, re.split(r"[\W_]+", lesson)))
    stem = re.sub(r"(\.[A-Za-z0-9]{1,8})+$", "", top.name)
    found = re.search(words, stem, re.IGNORECASE)
    by_key = {twin_key(name): name for name in sorted(people)}
    if not found:
        named = stem if stem in people else by_key.get(twin_key(stem), "")
        return named if named != top.name and is_handed_in(top, lesson) else ""
    before, after = stem[: found.start()].rstrip(_BETWEEN), stem[found.end() :].lstrip(_BETWEEN)
    for part in (before, after):
        if part and twin_key(part) in by_key:
            exact = part if part in people else by_key[twin_key(part)]
            return exact if exact != top.name else ""
    if top.is_dir() or why_not(before) or why_not(after):
        return ""
    return before if re.search(r"[^\W\d_]", before) or before.isdigit() else ""
