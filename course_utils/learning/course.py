"""Where a learner is with the whole course: its lessons, the streak, and what to go on with."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from course_utils.learning.lesson import lesson_progress
from course_utils.quiz.result import Points

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo
    from pathlib import Path

    from course_utils.learning.lesson import LessonProgress, Place, WeakSection

State = Literal["done", "in progress", "next", "later"]

# Not a copy that JupyterLab made, which has a space or a hyphen in its name.
_LESSON = re.compile(r"\d\d_\w+")
_MOST_WEAK = 3
_QUARTER = 15


@dataclass(frozen=True, slots=True)
class Streak:
    """How many days in a row something was tried or passed, and whether today is one of them."""

    days: int
    today: bool


@dataclass(frozen=True, slots=True)
class CourseProgress:
    """Where a learner is with the course.

    Attributes:
        lessons: in the order they are taken.
        streak: the days in a row, up to today or yesterday.
        problems: a sentence for each file that does not count.
    """

    lessons: tuple[LessonProgress, ...]
    streak: Streak
    problems: tuple[str, ...]

    @property
    def points(self) -> Points:
        """What all quizzes have earned."""
        return sum((lesson.points for lesson in self.lessons), Points())

    @property
    def minutes_left(self) -> int:
        """How long what is undone takes."""
        return sum(lesson.minutes_left for lesson in self.lessons)

    @property
    def current(self) -> LessonProgress | None:
        """The lesson to go on with: the last worked on that is undone, else the next."""
        begun = [each for each in self.lessons if each.is_begun and not each.is_done]
        return max(begun, key=lambda each: each.last_time, default=self.following)

    @property
    def following(self) -> LessonProgress | None:
        """The next lesson in which nothing was done yet, after the last worked on."""
        last = max(self.lessons, key=lambda each: each.last_time, default=None)
        at = self.lessons.index(last) if last and last.is_begun else 0
        in_turn = (*self.lessons[at:], *self.lessons[:at])
        return next((each for each in in_turn if not each.is_begun and not each.is_done), None)

    @property
    def place(self) -> Place | None:
        """Where to go on: the first thing undone of a lesson that is begun, else its beginning."""
        lesson = self.current
        if lesson is None:
            return None
        return lesson.undone[0] if lesson.is_begun and lesson.undone else lesson.start

    @property
    def weak(self) -> tuple[tuple[LessonProgress, WeakSection], ...]:
        """The three sections that lost the most points, the worst first."""
        found = [(lesson, section) for lesson in self.lessons for section in lesson.weak]
        found.sort(key=lambda each: -each[1].lost)
        return tuple(found[:_MOST_WEAK])

    def state_of(self, lesson: LessonProgress) -> State:
        """Say whether a lesson is done, in progress, the next, or for later."""
        if lesson.is_done:
            return "done"
        if lesson.is_begun:
            return "in progress"
        return "next" if lesson is self.following else "later"


def course_progress(
    workspace: Path,
    former: Mapping[str, str],
    *,
    today: date | None = None,
    zone: tzinfo | None = None,
) -> CourseProgress:
    """Tell where a learner is with the course.

    A file that cannot be read is named in `problems`, and the rest counts.

    Args:
        workspace: the learner's folder.
        former: the name that the course has for a lesson now, by the name of a folder that still
            has another number.
        today: the date; by default this machine's.
        zone: the time zone in which days are counted; by default this machine's.
    """
    by_name: dict[str, list[LessonProgress]] = defaultdict(list)
    for folder in sorted(filter(_is_lesson, workspace.glob("[0-9][0-9]_*"))):
        name = former.get(folder.name, folder.name)
        by_name[name].append(lesson_progress(folder, name))
    lessons, passed_over = [], []
    for name in sorted(by_name):
        best, *others = sorted(by_name[name], key=_worth, reverse=True)
        lessons.append(best)
        passed_over += [_told_passed_over(other, best) for other in others if other.is_begun]
    times = (time for found in by_name.values() for lesson in found for time in lesson.times)
    told = [problem for lesson in lessons for problem in lesson.problems]
    return CourseProgress(
        tuple(lessons),
        streak(_days(times, zone), today or datetime.now(zone).date()),
        (*told, *passed_over),
    )


def streak(days: Iterable[date], today: date) -> Streak:
    """Count the days in a row up to today, or up to yesterday while today has nothing yet.

    Args:
        days: on which something was tried or passed.
        today: the date.
    """
    worked = set(days)
    last = today if today in worked else today - timedelta(days=1)
    count = 0
    while last - timedelta(days=count) in worked:
        count += 1
    return Streak(count, today in worked)


def _days(times: Iterable[datetime], zone: tzinfo | None) -> set[date]:
    # Clocks differ by quarters of an hour, and to ask for the day of each line takes longest.
    quarters = {
        (time.date(), time.hour, time.minute // _QUARTER, time.tzinfo): time for time in times
    }
    return {time.astimezone(zone).date() for time in quarters.values()}


def _is_lesson(folder: Path) -> bool:
    return _LESSON.fullmatch(folder.name) is not None and folder.is_dir()


def _worth(lesson: LessonProgress) -> tuple[datetime, bool]:
    """Order the folders of one lesson: where the work is, else the one with the course's name."""
    return lesson.last_time, lesson.start.path.startswith(f"{lesson.name}/")


def _told_passed_over(other: LessonProgress, best: LessonProgress) -> str:
    folder, used = (each.start.path.partition("/")[0] for each in (other, best))
    return (
        f"{folder} and {used} are the same lesson. Your newer work counts, and it is in {used}. "
        f"Your work in {folder} stays there."
    )
