"""The shape that every lesson keeps."""

import re
import statistics
from typing import Any

import pytest

from course_utils.quiz.bank import load_bank
from course_utils.settings import COURSE_ROOT
from tests.support.lesson import NOTEBOOKS, Lesson

LESSONS = [Lesson(path) for path in NOTEBOOKS]
every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


def is_read(cell: Any) -> bool:
    """Tell a cell that teaches or asks from an exercise's given start and its tests."""
    locked = cell.metadata.get("nbgrader", {}).get("locked", False)
    return not locked or "ask(" in cell.source


def test_there_are_lessons():
    assert NOTEBOOKS, "no notebook found under notebooks/"


@every_lesson
def test_it_has_thirty_to_forty_five_short_cells(lesson: Lesson):
    code = [cell for cell in lesson.cells if cell.cell_type == "code"]
    lines = {cell.id: sum(map(bool, cell.source.splitlines())) for cell in code}
    assert 30 <= len(lesson.cells) <= 45, len(lesson.cells)
    assert statistics.median(lines[cell.id] for cell in code if is_read(cell)) <= 5, lines
    assert max(lines.values()) <= 20, lines


@every_lesson
def test_it_opens_with_its_minutes_objectives_and_needs_and_closes_with_summary_and_quiz(lesson):
    first, prose = lesson.cells[0].source, [c for c in lesson.cells if c.cell_type == "markdown"]
    for part in ("minutes", "**You will be able to**", "**You need**"):
        assert part in first, f"{part} is missing in {first}"
    assert "## Summary" in prose[-1].source
    assert "## Quiz" in prose[-1].source
    objectives = len(re.findall(r"^- ", first, re.MULTILINE))
    mirrored = len(re.findall(r"^- ", prose[-1].source, re.MULTILINE))
    assert objectives >= 3, f"{objectives} objectives: {first}"
    assert objectives == mirrored, f"{objectives} objectives, {mirrored} points in the summary"


@every_lesson
def test_ids_are_readable_and_grade_ids_are_the_cells_own(lesson: Lesson):
    ids = [cell.id for cell in lesson.cells]
    assert len(ids) == len(set(ids)), ids
    for cell in lesson.cells:
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", cell.id), cell.id
        assert not re.fullmatch(r"[0-9a-f-]{8,}", cell.id), f"{cell.id} looks random"
        assert cell.metadata.get("nbgrader", {}).get("grade_id", cell.id) == cell.id


@every_lesson
def test_no_widget_state_and_no_live_view_is_committed(lesson: Lesson):
    text = lesson.path.read_text(encoding="utf-8")
    for leftover in ("widget-view+json", "widget-state+json", '"widgets"', "model_id"):
        assert leftover not in text, f"{lesson.path} holds {leftover}: run `hitl outputs`"


@every_lesson
def test_every_question_is_asked_once_and_names_a_section_of_the_lesson(lesson: Lesson):
    bank = load_bank(COURSE_ROOT / "quizzes" / f"{lesson.name}.yaml")
    asked = re.findall(r'\bask\("([^"]+)"\)', "\n".join(c.source for c in lesson.cells))
    assert sorted(asked) == sorted(question.key for question in bank.questions)
    ids = {cell.id for cell in lesson.cells if cell.cell_type == "markdown"}
    for question in bank.questions:
        assert question.section in ids, f"{question.id}: no section {question.section}"


@every_lesson
def test_every_scenario_starts_from_an_empty_thread(lesson: Lesson):
    for cell in lesson.cells:
        for thread in re.findall(r'"thread_id": "([^"]+)"', cell.source):
            if "-test" not in cell.id and cell.cell_type == "code":
                assert f'delete_thread("{thread}")' in cell.source, f"{cell.id}: thread {thread}"
