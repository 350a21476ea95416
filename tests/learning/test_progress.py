"""Where a learner is with the course, from a workspace of two small lessons."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from course_utils.exercises.kept import Failed, Passed, SolutionShown, record
from course_utils.learning.as_json import as_numbers, as_page
from course_utils.learning.course import course_progress, streak
from course_utils.quiz.attempts import HintOpened, TryMade, append_event
from tests.support.small_workspace import FIRST, SECOND, make_lesson

if TYPE_CHECKING:
    from pathlib import Path

    from course_utils.learning.course import CourseProgress

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
RIGHT = {"needs": "saver", "effects": ("node", "body"), "parameter": "interrupt_before"}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace of two lessons, in which nothing was done."""
    make_lesson(tmp_path / "workspace", FIRST)
    make_lesson(tmp_path / "workspace", SECOND)
    return tmp_path / "workspace"


def read(workspace: Path, **former: str) -> CourseProgress:
    return course_progress(workspace, former, today=NOON.date(), zone=UTC)


def states(course: CourseProgress) -> dict[str, str]:
    return {lesson.name: course.state_of(lesson) for lesson in course.lessons}


def passes(folder: Path, *numbers: int, time: datetime = NOON) -> None:
    for number in numbers:
        assert record(folder / "progress.jsonl", Passed(exercise=number, time=time)) == ""


def answers(folder: Path, name: str, *given: str | tuple[str, ...], hints: int = 0) -> None:
    asked = {"question": f"{folder.name}/{name}", "version": 2 if name == "final" else 1}
    for number in range(1, hints + 1):
        append_event(folder / "attempts.jsonl", HintOpened(**asked, hint=number, time=NOON))
    for answer in given:
        append_event(folder / "attempts.jsonl", TryMade(**asked, answer=answer, time=NOON))


def test_a_new_learner_starts_at_the_beginning_of_the_first_lesson(workspace: Path) -> None:
    course = read(workspace)
    assert states(course) == {FIRST: "next", SECOND: "later"}
    assert course.minutes_left == 80
    page = as_page(course)
    assert page["continue"] == {
        "lesson": FIRST,
        "number": "01",
        "title": "A `pause` <b>",
        "heading": "",
        "link": f"{FIRST}/{FIRST}.ipynb",
        "words": "Start",
    }
    assert dict(page["totals"])["Streak"].startswith("No streak yet."), page["totals"]
    assert page["weak"] == page["problems"] == []


def test_a_pass_after_its_solution_is_told_and_reading_a_solution_is_no_work(
    workspace: Path,
) -> None:
    path = workspace / FIRST / "progress.jsonl"
    record(path, SolutionShown(exercise=1, time=NOON))
    assert states(read(workspace))[FIRST] == "next"
    record(path, Failed(exercise=1, time=NOON))
    assert states(read(workspace))[FIRST] == "in progress"
    passes(workspace / FIRST, 1, 2)
    course = read(workspace)
    assert course.streak.days == 1
    words = dict(as_page(course)["totals"])["Exercises"]
    assert words == "2 of 4 passed, 1 after its solution was shown."
    assert as_numbers(course)["exercises"] == {"passed": 2, "all": 4, "after_solution": 1}
    assert course.problems == ()


def test_it_goes_on_with_the_first_thing_undone_until_the_lesson_is_done(workspace: Path) -> None:
    folder = workspace / FIRST
    answers(folder, "effects", RIGHT["effects"])
    link = f"{FIRST}/{FIRST}.ipynb#cell-id="
    seen = [as_page(read(workspace))["continue"]]
    passes(folder, 1)
    seen.append(as_page(read(workspace))["continue"])
    passes(folder, 2)
    seen.append(as_page(read(workspace))["continue"])
    assert [(place["heading"], place["link"]) for place in seen] == [
        ("Exercise 1: stop", f"{link}exercise-stop"),
        ("Exercise 2: go on", f"{link}exercise-on"),
        ("Quiz", f"{link}ask-needs"),
    ]
    assert states(read(workspace)) == {FIRST: "in progress", SECOND: "next"}

    for name in ("needs", "parameter"):
        answers(folder, name, RIGHT[name])
    answers(folder, "final", "true")
    course = read(workspace)
    assert states(course) == {FIRST: "done", SECOND: "next"}
    assert (course.lessons[0].minutes_left, course.minutes_left) == (0, 40)
    assert as_page(course)["continue"]["link"] == f"{SECOND}/{SECOND}.ipynb"


def test_of_two_lessons_in_progress_the_one_worked_on_last_goes_on(workspace: Path) -> None:
    passes(workspace / FIRST, 1, time=NOON)
    passes(workspace / SECOND, 1, time=NOON - timedelta(days=3))
    assert as_page(read(workspace))["continue"]["lesson"] == FIRST


def test_what_is_next_comes_after_what_was_worked_on_last_and_then_what_was_left_out(
    workspace: Path,
) -> None:
    third = "04_last"
    make_lesson(workspace, third)
    passes(workspace / SECOND, 1)
    course = read(workspace)
    assert states(course) == {FIRST: "later", SECOND: "in progress", third: "next"}
    assert as_page(course)["continue"]["lesson"] == SECOND
    passes(workspace / third, 1)
    assert states(read(workspace))[FIRST] == "next"


def test_minutes_left_are_the_share_that_is_undone(workspace: Path) -> None:
    passes(workspace / FIRST, 1, 2)
    answers(workspace / FIRST, "needs", "saver")
    # Three of six tasks of forty minutes, and a lesson of forty.
    assert read(workspace).minutes_left == 60


def test_hints_and_tries_cost_and_their_sections_are_to_be_looked_at_again(workspace: Path) -> None:
    answers(workspace / FIRST, "needs", "luck", "saver", hints=1)
    answers(workspace / FIRST, "parameter", "interrupt_before", hints=1)
    answers(workspace / SECOND, "effects", ("graph", "node"), ("graph", "model"), ("graph",))
    answers(workspace / SECOND, "final", "false")

    numbers = as_numbers(read(workspace))

    # 2 points less a tenth and a third; 1 less a tenth; nothing of 1; 0.5 of 0.5.
    assert numbers["quiz"] == {
        "points": 2.53,
        "possible": 9.0,
        "lost_to_hints": 0.3,
        "lost_to_tries": 0.67,
    }
    told = [(entry["lesson"], entry["heading"], entry["lost"]) for entry in numbers["weak"]]
    assert told == [(SECOND, "What runs again", 1.0), (FIRST, "What a pause needs", 0.97)]
    assert numbers["weak"][1]["link"] == f"{FIRST}/{FIRST}.ipynb#cell-id=needs-heading"


def test_what_is_tried_after_the_last_scored_try_earns_and_costs_nothing(workspace: Path) -> None:
    folder = workspace / FIRST
    other = TryMade(question=f"{FIRST}/needs", version=9, answer="luck", time=NOON)
    for _ in range(4):
        append_event(folder / "attempts.jsonl", other)
    answers(folder, "needs", "luck", "model", "saver")
    before = as_numbers(read(workspace))
    answers(folder, "needs", "luck", "saver", hints=2)
    # Two wrong tries of three take two thirds of two points.
    assert before["quiz"]["points"] == 0.67
    assert as_numbers(read(workspace)) == before


def test_the_three_worst_sections_are_named(workspace: Path) -> None:
    for name in (FIRST, SECOND):
        answers(workspace / name, "final", "true")
        answers(workspace / name, "effects", *[("graph",)] * 3)
    lost = [entry["lost"] for entry in as_numbers(read(workspace))["weak"]]
    assert lost == [1.0, 1.0, 0.5]


@pytest.mark.parametrize(
    ("days_ago", "expected"),
    [
        ([], (0, False)),
        ([0], (1, True)),
        ([1, 2], (2, False)),
        ([0, 1, 3], (2, True)),
        ([2, 3], (0, False)),
        ([-1, 0], (1, True)),
    ],
)
def test_a_streak_ends_today_or_yesterday(days_ago: list[int], expected: tuple[int, bool]) -> None:
    today = date(2026, 11, 30)
    counted = streak([today - timedelta(days=ago) for ago in days_ago], today)
    assert (counted.days, counted.today) == expected


@pytest.mark.parametrize(("hours", "days"), [(0, 1), (-10, 2), (5.75, 2)])
def test_days_are_those_of_the_learners_clock(workspace: Path, hours: float, days: int) -> None:
    # At 0:10 and at 23:50 of one day of UTC.
    passes(workspace / FIRST, 1, time=NOON.replace(hour=0, minute=10))
    passes(workspace / FIRST, 2, time=NOON.replace(hour=23, minute=50))
    zone = timezone(timedelta(hours=hours))
    last = NOON.replace(hour=23, minute=50).astimezone(zone).date()
    assert course_progress(workspace, {}, today=last, zone=zone).streak.days == days


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        (f"{FIRST}.ipynb", "{", {"passed": 0, "points": 2.0}),
        ("questions.json", "{", {"passed": 1, "points": 0.0}),
        ("questions.json", None, {"passed": 1, "points": 0.0}),
        ("attempts.jsonl", b"\xff\n", {"passed": 1, "points": 0.0}),
        ("progress.jsonl", '{"event": "pass', {"passed": 0, "points": 2.0}),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_the_rest_counts(
    workspace: Path, name: str, content: str | bytes | None, kept: dict[str, float]
) -> None:
    folder = workspace / FIRST
    passes(folder, 1)
    answers(folder, "needs", "saver")
    passes(workspace / SECOND, 1)
    broken = folder / name
    broken.unlink()
    if content is not None:
        broken.write_bytes(content if isinstance(content, bytes) else content.encode())

    numbers = as_numbers(read(workspace))

    (problem,) = numbers["problems"]
    assert str(broken if content is not None and "ipynb" not in name else folder) in problem
    first, second = numbers["lessons"]
    assert {"passed": first["exercises"]["passed"], "points": first["quiz"]["points"]} == kept
    assert first["state"] == "in progress", first
    assert second["exercises"]["passed"] == 1


def test_a_reset_is_offered_for_what_was_begun_and_for_what_cannot_be_read(workspace: Path) -> None:
    assert [lesson["begun"] for lesson in as_page(read(workspace))["lessons"]] == [False, False]
    passes(workspace / SECOND, 1)
    (workspace / FIRST / f"{FIRST}.ipynb").write_text("{")
    assert [lesson["begun"] for lesson in as_page(read(workspace))["lessons"]] == [True, True]


@pytest.mark.parametrize("name", [f"{FIRST}.ipynb", "questions.json"])
def test_a_lesson_that_cannot_be_read_is_not_done(workspace: Path, name: str) -> None:
    folder = workspace / FIRST
    passes(folder, 1, 2)
    for question, answer in {**RIGHT, "final": "false"}.items():
        answers(folder, question, answer)
    assert states(read(workspace))[FIRST] == "done"
    (folder / name).write_text("{")
    assert states(read(workspace))[FIRST] == "in progress"


def test_a_folder_in_place_of_a_file_is_named(workspace: Path) -> None:
    for name in ("attempts.jsonl", "progress.jsonl"):
        (workspace / FIRST / name).mkdir()
    problems = read(workspace).problems
    assert len(problems) == 2, problems
    assert all("it is not a plain file" in problem for problem in problems), problems


def test_work_under_a_former_number_counts(workspace: Path) -> None:
    new = "03_more"
    make_lesson(workspace, new)
    passes(workspace / SECOND, 1, 2)
    course = read(workspace, **{SECOND: new})
    assert states(course) == {FIRST: "next", new: "in progress"}
    assert as_page(course)["continue"]["link"].startswith(f"{SECOND}/{SECOND}.ipynb#")
    assert course.problems == ()

    passes(workspace / new, 1, time=NOON + timedelta(hours=1))
    course = read(workspace, **{SECOND: new})
    assert as_page(course)["continue"]["link"].startswith(f"{new}/{new}.ipynb#")
    (told,) = course.problems
    assert f"Your work in {SECOND} stays there." in told, told


def test_a_copy_of_a_lesson_is_no_lesson(workspace: Path) -> None:
    (workspace / FIRST).rename(workspace / f"{FIRST}-Copy1")
    assert list(states(read(workspace))) == [SECOND]
