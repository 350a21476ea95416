"""What a learner is told of a checked lesson in a terminal: rows of a table, and sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import shorten
from typing import TYPE_CHECKING

from course_utils.grading.engine.finishing import manual_cells
from course_utils.grading.own_work.checking import first_sentence
from course_utils.grading.release import QUIZ_PREFIX

if TYPE_CHECKING:
    from course_utils.grading.marking.record import Flag
    from course_utils.grading.own_work.checking import Checked
    from course_utils.quiz.scoring import Score

PASSED, NOT_PASSED, NOT_DONE, WAITS = "passed", "not passed", "not done yet", "waits"
RIGHT, PARTLY, WRONG = "right", "partly right", "wrong"
OPEN, UNANSWERED = "try again", "not answered"

_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
_LONGEST = 50
_UNDONE = ": not done yet."
# Words that begin a sentence, and are written small within one.
_SMALL = re.compile(r"(?:A|An|It|Its|No|Nothing|The|There)\b")
_DEFERRED = "The questions of this lesson are scored by an instructor, when you have handed it in."
_BY_HAND = "A person reads what you wrote in {name!r}, and gives its points."
_PUT_BACK = "Put a good copy of the notebook in its place, and check again."


@dataclass(frozen=True, slots=True)
class Row:
    """One exercise or one question.

    Attributes:
        name: what it is called in the lesson.
        state: one of this module's words.
        points: what it earned.
        maximum: what it is worth.
    """

    name: str
    state: str
    points: float
    maximum: float


def exercises(checked: Checked) -> list[Row]:
    """Return the exercises of a lesson, in its order; one with several tests is one row."""
    marks = {mark.cell: mark for mark in checked.graded.record.marks}
    flagged = _flagged(checked)
    names = _names(checked)
    found: dict[str, list[Row]] = {}
    for cell in checked.own.scored:
        if cell.name.startswith(QUIZ_PREFIX):
            continue
        mark, name = marks.get(cell.name), names[cell.name]
        if mark is None or flagged & {"", cell.name, name}:
            state = WAITS
        elif mark.points >= mark.maximum:
            state = PASSED
        else:
            state = NOT_DONE if mark.words.strip().endswith(_UNDONE) else NOT_PASSED
        points = 0.0 if mark is None else mark.points
        found.setdefault(name, []).append(Row(name, state, points, cell.points))
    return [_joined(rows) for rows in found.values()]


def questions(checked: Checked) -> list[Row]:
    """Return the questions of a lesson that score, in its order."""
    own = checked.own
    quiz, bank, still_open = own.submission.quiz, own.bank, own.still_open
    rows = []
    for cell in own.scored:
        name = cell.name.removeprefix(QUIZ_PREFIX)
        question = bank.question(name) if bank and name != cell.name else None
        if question is None or quiz is None:
            continue
        score = quiz.scores[name]
        state = OPEN if name in still_open and score.counted else _state(score)
        prompt = shorten(question.prompt.replace("`", ""), _LONGEST, placeholder=" ...")
        rows.append(Row(prompt, state, float(score.points), cell.points))
    return rows


def sentences(checked: Checked) -> list[str]:
    """Return what a learner has to know beside the points: flags in their words, and notes."""
    own, record = checked.own, checked.graded.record
    names = _names(checked)
    said = [_for_the_learner(flag, names) for flag in record.flags]
    said += [_PUT_BACK] if own.submission.restored is None else []
    said += [_BY_HAND.format(name=names[cell]) for cell in manual_cells(own.lesson)]
    said += [_DEFERRED] if own.deferred else []
    return list(dict.fromkeys((*said, *record.notes)))


def totals(rows: list[Row]) -> tuple[float, float]:
    """Return what was earned, and what could be."""
    return sum(row.points for row in rows), sum(row.maximum for row in rows)


def points(earned: float, possible: float) -> str:
    """Say how many points were earned."""
    return f"{round(earned, 2):g} of {possible:g}"


def _for_the_learner(flag: Flag, names: dict[str, str]) -> str:
    # Its evidence may hold what a hidden test said.
    why = first_sentence(flag.why)
    why = why[0].lower() + why[1:] if _SMALL.match(why) else why
    what = f"{names[flag.cell]!r}" if names.get(flag.cell) else "this"
    return f"An instructor would be asked to look at {what}, because {why}"


def _names(checked: Checked) -> dict[str, str]:
    """Return what the lesson calls each exercise, by the `grade_id` of its cells: its heading."""
    names, heading = {}, ""
    for cell in checked.own.lesson.cells:
        if cell.cell_type == "markdown":
            heading = (_HEADING.findall(cell.source) or [heading])[-1]
        if cell.name:
            names[cell.name] = heading or cell.name
    return names


def _flagged(checked: Checked) -> set[str]:
    """Return the tests that are flagged, and the names of exercises whose answer is."""
    tests = {cell.name for cell in checked.own.lesson.cells if cell.points}
    names = _names(checked)
    return {
        flag.cell if flag.cell in tests else names.get(flag.cell, "")
        for flag in checked.graded.record.flags
    }


def _joined(rows: list[Row]) -> Row:
    states = {row.state for row in rows}
    order = (WAITS, NOT_PASSED, PASSED, NOT_DONE)
    state = next(state for state in order if state in states)
    if states == {PASSED, NOT_DONE}:
        state = NOT_PASSED
    points, maximum = (sum(row.points for row in rows), sum(row.maximum for row in rows))
    return Row(rows[0].name, state, points, maximum)


def _state(score: Score) -> str:
    if score.points >= score.possible:
        return RIGHT
    if score.counted is None:
        return UNANSWERED
    credit = score.counted.mark.credit
    return RIGHT if credit == 1 else PARTLY if credit else WRONG
