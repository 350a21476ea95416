"""An invented class of a lesson, with marks, answers and solutions that no student ever gave."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import nbformat
import yaml

from course_utils.grading.intake.released import ReleasedCell, ReleasedLesson
from course_utils.grading.marking.record import Answered, Flag, Mark, Record
from course_utils.grading.nbgrader.release_steps import release_text
from course_utils.grading.reports.class_report.class_data import ClassData, Student
from course_utils.places import COURSE_ROOT
from course_utils.quiz.bank import load_bank
from course_utils.quiz.scoring import scored_tries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from course_utils.quiz.bank import Bank
    from course_utils.quiz.questions import Question

LESSON = "01_interrupt_before"
FIRST = ("Ada", "Bela", "Cleo", "Dara", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jana", "Kofi", "Lena")
LAST = (
    "Abel",
    "Brandt",
    "Costa",
    "Dorn",
    "Eriksen",
    "Falk",
    "Grau",
    "Holm",
    "Ito",
    "Jansen",
    "Kaya",
)
FORGED = (
    'import course_utils.exercises.checks as c\nc.Check.equal = lambda *a, **k: print("passed")'
)
COPIED = {
    "reject": """def reject(graph, config, reason):
    snapshot = graph.get_state(config)
    last = snapshot.values["messages"][-1]
    answers = []
    for call in last.tool_calls:
        text = "Rejected, because: " + reason
        answers.append(ToolMessage(content=text, tool_call_id=call["id"], status="error"))
    node = snapshot.next[0]
    graph.update_state(config, {"messages": answers}, as_node=node)
    return graph.invoke(None, config)""",
}
RENAMED = {"snapshot": "snap", "last": "message", "answers": "refused", "text": "why", "node": "at"}


@cache
def released(lesson: str = LESSON) -> ReleasedLesson:
    """Return a lesson of the course as it is released."""
    source = nbformat.read(COURSE_ROOT / "notebooks" / lesson / f"{lesson}.ipynb", 4)
    cells = nbformat.reads(release_text(source), 4).cells
    return ReleasedLesson(
        lesson,
        tuple(
            ReleasedCell(cell.id, cell.cell_type, cell.source, cell.metadata.get("nbgrader", {}))
            for cell in cells
        ),
    )


@cache
def bank(lesson: str = LESSON) -> Bank:
    """Return a lesson's questions."""
    return load_bank(COURSE_ROOT / "quizzes" / f"{lesson}.yaml")


def invented_class(size: int, seed: int = 7) -> ClassData:
    """Invent a class of lesson 01.

    One student in ten hands in nothing, one waits for a person, and two of the others have
    handed in one solution, with other names.

    Args:
        size: how many students it has.
        seed: decides all that is invented.
    """
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    students = [_student(number, chance) for number in range(size)]
    if size >= 8:
        students[2] = _flagged(students[2])
        students[3] = replace(students[3], solutions={**students[3].solutions, **COPIED})
        students[6] = replace(students[6], solutions={**students[6].solutions, **_renamed()})
    return ClassData(LESSON, released(), bank(), tuple(students))


def marked(student: str, marks: Mapping[str, float], **more: object) -> Student:
    """Return a graded student with these marks, each of a cell that is worth 1 point."""
    record = Record(
        lesson="small",
        student=student,
        status="graded",
        digest="",
        jailed=True,
        marks=tuple(Mark(cell=cell, points=points, maximum=1) for cell, points in marks.items()),
    )
    return Student(student, record=record.model_copy(update=more))


def _student(number: int, chance: random.Random) -> Student:
    name = f"{FIRST[number % len(FIRST)]} {LAST[(number * 5) % len(LAST)]}"
    student = Student(f"s{number:03}", name, handed_in=number % 10 != 9)
    if not student.handed_in:
        return student
    able = min(max(chance.gauss(0.68, 0.24), 0.03), 0.99)
    quiz = tuple(_answered(question, able, chance) for question in bank().questions)
    by_question = {answered.question: answered for answered in quiz}
    record = Record(
        lesson=LESSON,
        student=student.id,
        status="graded",
        digest=f"{number}",
        jailed=True,
        marks=tuple(
            _mark(cell, able, by_question, chance) for cell in released().cells if cell.points
        ),
        quiz=quiz,
    )
    return replace(student, record=record, solutions=_solutions(chance))


def _mark(
    cell: ReleasedCell, able: float, quiz: Mapping[str, Answered], chance: random.Random
) -> Mark:
    answered = quiz.get(cell.name.removeprefix("quiz-"))
    if answered is None:
        passed = chance.random() < able + 0.15
        return Mark(cell=cell.name, points=cell.points * passed, maximum=cell.points)
    lost = 0.25 * (len(answered.answers) - 1) + 0.1 * answered.hints
    right = answered.answers[-1:] == (in_words(_question(answered.question), right=True),)
    return Mark(cell=cell.name, points=max(0.0, cell.points - lost) * right, maximum=cell.points)


def _question(name: str) -> Question:
    question = bank().question(name)
    assert question is not None
    return question


def _answered(question: Question, able: float, chance: random.Random) -> Answered:
    answers: list[str] = []
    hints = sum(chance.random() > able for _ in question.hints)
    for _ in range(scored_tries(question, bank().policy)):
        right = chance.random() < able
        answers.append(in_words(question, right=right, pick=chance.randrange(3)))
        if right:
            break
    return Answered(question=question.id, answers=tuple(answers), hints=hints)


def in_words(question: Question, *, right: bool, pick: int = 0) -> str:
    """Return a right or a wrong answer as a person would read it."""
    if question.type == "fill-blank":
        return question.accepted[0] if right else ("interrupt", "pause_before", "breakpoint")[pick]
    wrong = [option.text for option in question.options if not option.correct]
    key = [option.text for option in question.options if option.correct]
    if right:
        return "; ".join(key)
    return (
        "; ".join([key[0], wrong[0]]) if question.type == "select-all" else wrong[pick % len(wrong)]
    )


@cache
def _kept_answers() -> dict[str, list[str]]:
    """Return answers that the tests of the lesson keep, by exercise."""
    kept = yaml.safe_load((COURSE_ROOT / "tests/lessons" / f"{LESSON}.yaml").read_text())
    by_exercise: dict[str, list[str]] = {}
    for answer in kept:
        by_exercise.setdefault(answer["exercise"], []).append(answer["code"].rstrip())
    return by_exercise


def _solutions(chance: random.Random) -> dict[str, str]:
    solutions = {name: chance.choice(texts) for name, texts in _kept_answers().items()}
    return {name: _longer(text, chance) for name, text in solutions.items()}


def _longer(text: str, chance: random.Random) -> str:
    """Put some lines of a person's own before the body."""
    head, *body = text.split("\n")
    sums = (
        " + ".join(str(chance.randrange(99)) for _ in range(chance.randrange(2, 6)))
        for _ in range(chance.randrange(2, 5))
    )
    own = [f"    step_{number} = {terms}" for number, terms in enumerate(sums)]
    return "\n".join([head, *own, *body])


def _renamed() -> dict[str, str]:
    text = COPIED["reject"].replace("    snapshot", "    # my own way\n    snapshot", 1)
    for name, other in RENAMED.items():
        text = re.sub(rf"\b{name}\b", other, text)
    return {"reject": text}


def _flagged(student: Student) -> Student:
    assert student.record is not None
    flags = (
        Flag(
            cell="supervise-test",
            why="The solution changes what the test checks with, so its mark does not count.",
            evidence=FORGED,
        ),
        Flag(
            cell="pending-test",
            why="The test passes alone and fails in the notebook's own run.",
            evidence="alone: passed\nin the notebook: NameError: name 'last_one' is not defined",
        ),
    )
    changed = {"status": "waits", "flags": flags, "notes": ("The metadata of 3 cells was lost.",)}
    return replace(student, record=student.record.model_copy(update=changed))
