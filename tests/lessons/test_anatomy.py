"""The shape that every lesson keeps."""

import ast
import re
import statistics
from typing import Any

import pytest

from course_utils.exercises.outline import outline_of
from course_utils.places import COURSE_ROOT
from course_utils.quiz.bank import load_bank
from tests.support.lesson import NOTEBOOKS, Lesson, names_of

LESSONS = [Lesson(path) for path in NOTEBOOKS]
# The first lesson is a quarter of an hour, the capstone twice as long as others.
CELLS = {"00_start_here": (20, 45), "10_capstone": (30, 60)}
END, MORE = "end", "more"
HIDDEN = re.compile(
    r"^ *### BEGIN HIDDEN TESTS$.*?^ *### END HIDDEN TESTS$", re.DOTALL | re.MULTILINE
)
every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


def is_read(cell: Any) -> bool:
    """Tell a cell that teaches or asks from an exercise's given start and its tests."""
    locked = cell.metadata.get("nbgrader", {}).get("locked", False)
    return not locked or "ask(" in cell.source


def path_of(lesson: Lesson) -> list[Any]:
    """Return the cells that everybody walks: neither *More* nor the end."""
    ids = [cell.id for cell in lesson.cells]
    return lesson.cells[: ids.index(MORE if MORE in ids else END)] if END in ids else lesson.cells


def test_there_are_lessons():
    assert NOTEBOOKS, "no notebook found under notebooks/"


def length(cell: Any) -> int:
    """Count a cell's lines; a hidden test is in no cell that a learner reads."""
    seen = HIDDEN.sub("", cell.source)
    return sum(map(bool, seen.splitlines()))


@every_lesson
def test_its_cells_are_short_and_thirty_to_forty_five_stand_before_more(lesson: Lesson):
    code = [cell for cell in lesson.cells if cell.cell_type == "code"]
    lines = {cell.id: length(cell) for cell in code}
    cells = path_of(lesson)
    least, most = CELLS.get(lesson.name, (30, 45))
    assert least <= len(cells) <= most, len(cells)
    assert statistics.median(lines[cell.id] for cell in code if is_read(cell)) <= 5, lines
    assert max(lines.values()) <= 20, lines


@every_lesson
def test_it_opens_with_its_minutes_objectives_and_needs_and_closes_with_summary_and_quiz(lesson):
    first, prose = lesson.cells[0].source, [c for c in path_of(lesson) if c.cell_type == "markdown"]
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


def bound(cell: Any) -> set[str]:
    """Return the names that a cell binds, without what it imports."""
    nodes = ast.walk(ast.parse(cell.source))
    imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    return names_of(cell.source)[0] - {
        alias.asname or alias.name for node in imports for alias in node.names
    }


@every_lesson
def test_no_cell_leans_on_a_name_that_an_exercise_binds_anew(lesson: Lesson):
    code = [cell for cell in lesson.cells if cell.cell_type == "code"]
    tests = [cell for cell in code if "-test" in cell.id]
    solutions = [cell for cell in code if cell.id in lesson.exercises]
    story = [cell for cell in code if cell not in tests and cell not in solutions]
    of_the_story = set().union(*map(bound, story))
    taken = set().union(*map(bound, tests), *(bound(cell) & of_the_story for cell in solutions))
    for cell in story:
        leans = names_of(cell.source)[1] & taken
        assert not leans, f"{cell.id} cannot be run again after the exercise that binds {leans}"


@every_lesson
def test_every_exercise_has_its_number_its_function_and_its_parts_in_its_tests(lesson: Lesson):
    outline = outline_of(lesson.path)
    tasks = {task.cell: (number, task.parts) for number, task in outline.tasks.items()}
    assert list(tasks) == lesson.exercises
    assert [number for number, _ in tasks.values()] == list(range(1, len(tasks) + 1))
    for name, (number, parts) in tasks.items():
        tests = [cell for cell in lesson.cells if cell.id.startswith(f"{name}-test")]
        assert parts == list(range(1, len(tests) + 1)), f"{name}: {parts} in {len(tests)} tests"
        function = name.replace("-", "_")
        for cell in tests:
            # Imported in each, since a learner's cell may have used the name.
            assert cell.source.startswith("from course_utils import exercise\n"), cell.id
            assert f"with exercise({number}, {function}" in cell.source, cell.id


@every_lesson
def test_run_all_goes_on_past_a_test_and_its_stored_output_says_that_it_passed(lesson: Lesson):
    for cell in lesson.cells:
        if "-test" in cell.id:
            assert cell.metadata.get("tags") == ["raises-exception"], cell.id
            printed = "".join(output.get("text", "") for output in cell.outputs)
            assert re.search(r"^(Exercise|Milestone) \d+.* passed: \d+ checks?$", printed, re.M), (
                cell.id
            )


@every_lesson
def test_it_ends_with_what_has_passed_and_what_is_undone(lesson: Lesson):
    last = lesson.cells[-1]
    assert last.id == END
    assert last.source == "from course_utils import progress\n\nprogress()"
