"""Whatever bytes stand in a folder: reading never raises, and every student is listed once."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course_utils.grading.intake.class_list import find_strays, find_students
from course_utils.grading.intake.released import ReleasedCell, ReleasedLesson
from course_utils.grading.marking.submissions import read_submission
from course_utils.quiz.bank import load_bank
from tests.support.course import ROOT

LESSON = "01_interrupt_before"
BANK = load_bank(ROOT / "quizzes" / f"{LESSON}.yaml")
F = {"grade_id": "f", "solution": True}
T = {"grade_id": "t", "grade": True, "points": 1}
W = {"grade_id": "w", "grade": True, "solution": True, "points": 1}
SMALL = ReleasedLesson(
    LESSON,
    (
        ReleasedCell("text", "markdown", "# Two exercises"),
        ReleasedCell("f", "code", "def f(x):\n    raise NotImplementedError()", F),
        ReleasedCell("t", "code", "def check(x):\n    assert x\n\ncheck(f(1))", T),
        ReleasedCell("w", "markdown", "Your words", W),
    ),
)
ANSWER = "def f(x):\n    return x"
TEXT = st.sampled_from([ANSWER, *(cell.source for cell in SMALL.cells)]) | st.text(max_size=40)
KEY = st.sampled_from(["nbgrader", "grade_id", "cells", "source"])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEY, inner, max_size=3),
    max_leaves=6,
)
MARK = st.builds(lambda name: {"nbgrader": {"grade_id": name}}, st.sampled_from("ftwx"))
CELL = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading", 3]),
        "source": TEXT | JSON,
        "id": st.sampled_from("ftwx") | JSON,
        "metadata": JSON | MARK,
    },
)
NOTEBOOK = st.builds(
    lambda cells: json.dumps({"cells": cells, "nbformat": 4}), st.lists(CELL | JSON, max_size=6)
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
STARTS = st.sampled_from(
    [b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"{", b"\xff\xfe", b""]
)
CONTENT = st.builds(str.encode, NOTEBOOK, ENCODINGS) | st.builds(
    lambda start, rest: start + rest, STARTS, st.binary(max_size=60)
)
PLACES = st.sampled_from(
    [
        *(f"{LESSON}/{LESSON}.ipynb", f"{LESSON}/{LESSON} (1).ipynb", f"{LESSON}/attempts.jsonl"),
        *(f"{LESSON}/a.zip", f"{LESSON}/timestamp.txt", f"01/{LESSON}.ipynb", "x.ipynb"),
        *(f"{LESSON}.tar.gz", "attempts.jsonl", f"deep/deep/{LESSON}/{LESSON}.ipynb"),
    ]
)
NAME = st.text(
    st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=20
).filter(lambda name: name not in {".", ".."})
FOLDERS = st.dictionaries(NAME, st.dictionaries(PLACES, CONTENT, max_size=4), max_size=3)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(FOLDERS, st.lists(NAME, max_size=3))
def test_reading_never_raises_and_every_student_is_listed_once(
    folders: dict[str, dict[str, bytes]], roster: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        submitted = Path(name, "submitted")
        for student, files in folders.items():
            for place, content in files.items():
                path = submitted / student / place
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        entries = find_students(submitted, LESSON, roster)
        find_strays(submitted, LESSON, roster)
        students = [entry.student for entry in entries]
        assert len(set(students)) == len(students), f"listed twice: {students}"
        assert set(roster) <= set(students), f"not listed: {set(roster) - set(students)}"
        for entry in entries:
            read = read_submission(entry, BANK, "practice", SMALL)
            told = bool(read.problem)
            assert read.restored or told or entry.status == "nothing", f"{entry.student}: silence"
