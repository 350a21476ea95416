"""A class in which every text that reaches a report holds markup that would run."""

from __future__ import annotations

from course_utils.grading.intake.released import ReleasedCell, ReleasedLesson
from course_utils.grading.marking.record import Answered, Flag, Mark, Record
from course_utils.grading.reports.class_report.class_data import ClassData, Student
from course_utils.quiz.bank import Bank
from tests.support.hostile_page import attribute, tag

PLACES = (
    *("lesson", "student", "name", "cell", "flag", "evidence", "note", "trouble"),
    *("prompt", "option", "typed", "solution"),
)
"""Where a text on the page comes from; each has a script that tells its place."""
HIDING = "\u202egpj.exe\u200b\x1b[31m\ud800"


def hostile_class() -> ClassData:
    """Return the class; three of its students are graded, wait, and cannot be read."""
    cells = (
        ReleasedCell("s", "code", "pass", {"grade_id": both("cell"), "solution": True}),
        ReleasedCell("t", "code", "", {"grade_id": both("cell") + "t", "grade": True, "points": 2}),
        ReleasedCell("q", "code", "", {"grade_id": "quiz-open", "grade": True, "points": 1}),
    )
    students = tuple(
        Student(
            f"{number}{both('student')}",
            both("name"),
            record=_record(number),
            solutions={both("cell"): _solution()},
        )
        for number in range(2)
    )
    refused = Student("refused", both("name"), trouble=both("trouble"))
    nothing = Student(both("student"), handed_in=False)
    lesson = both("lesson")
    return ClassData(lesson, ReleasedLesson(lesson, cells), _bank(), (*students, refused, nothing))


def both(place: str) -> str:
    """Return what runs between tags and what runs in an attribute, and what hides text."""
    return f"{tag(place)}{attribute(place)}{{{{ 7 * 7 }}}}{HIDING}"


def _solution() -> str:
    text = both("solution").encode("utf-8", "replace").decode()
    return "".join(f"x{n} = {n} ** {n + 1} // {n + 2} # {text}\n" for n in range(9))


def _record(number: int) -> Record:
    # Surrogates are no JSON, so a record cannot hold one.
    def said(place: str) -> str:
        return both(place).replace("\ud800", "")

    cell = both("cell") + "t"
    return Record.model_construct(
        lesson="",
        student="",
        status="waits" if number else "graded",
        digest="",
        jailed=not number,
        marks=(Mark.model_construct(cell=cell, points=number, maximum=2, words=said("flag")),),
        flags=(Flag.model_construct(cell=cell, why=said("flag"), evidence=said("evidence")),),
        notes=(said("note"),),
        quiz=(
            Answered(question="open", answers=(said("typed"),)),
            Answered(question="pick", answers=(said("answer"),), hints=1),
        ),
    )


def _bank() -> Bank:
    def said(place: str) -> str:
        return both(place).replace("\ud800", "") + f"`{tag(place)}`"

    shared = {"version": 1, "points": 1, "section": "s", "explanation": "e"}
    pick = [
        {"id": "a", "text": said("option"), "correct": True},
        {"id": "b", "text": "b", "reason": said("option")},
    ]
    return Bank.model_validate(
        {
            "lesson": "hostile",
            "questions": [
                {**shared, "id": "open", "type": "fill-blank", "accepted": ["a"]}
                | {"prompt": said("prompt")},
                {**shared, "id": "pick", "type": "multiple-choice", "options": pick}
                | {"prompt": said("prompt")},
            ],
        }
    )
