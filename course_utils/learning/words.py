"""The course's progress in words, for a terminal and a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_utils.exercises.standing import passed_in_words
from course_utils.quiz.scoring import in_points, share_in_points

if TYPE_CHECKING:
    from course_utils.learning.course import CourseProgress, Streak
    from course_utils.learning.lesson import LessonProgress, WeakSection

ALL_DONE = "You have done every lesson."


def totals(course: CourseProgress) -> list[tuple[str, str]]:
    """Return what is told of the whole course, each as a name and a sentence or more."""
    passed = sum(lesson.passed for lesson in course.lessons)
    after = sum(lesson.after_solution for lesson in course.lessons)
    exercises = sum(lesson.exercises for lesson in course.lessons)
    done = sum(lesson.is_done for lesson in course.lessons)
    return [
        ("Lessons", f"{done} of {len(course.lessons)} done."),
        ("Exercises", passed_in_words(passed, exercises, after)),
        ("Quiz", course.points.account),
        ("Time left", f"{duration(course.minutes_left)}."),
        ("Streak", streak_in_words(course.streak)),
    ]


def streak_in_words(streak: Streak) -> str:
    """Say how many days in a row, and what keeps the streak."""
    if not streak.days:
        return "No streak yet. An exercise or a question starts one."
    days = "1 day." if streak.days == 1 else f"{streak.days} days in a row."
    return days if streak.today else f"{days} An exercise or a question today keeps it."


def duration(minutes: int) -> str:
    """Write minutes as a person would: "About 5 hours 20 minutes"."""
    if not minutes:
        return "None"
    hours, rest = divmod(minutes, 60)
    return f"About {' '.join(filter(None, [_counted(hours, 'hour'), _counted(rest, 'minute')]))}"


def number_of(lesson: LessonProgress) -> str:
    """Return a lesson's number, as "02"."""
    return lesson.name[:2]


def lesson_facts(lesson: LessonProgress) -> list[str]:
    """Say how far a lesson is: "2 of 3 exercises", "4.5 of 6 points", "12 minutes left"."""
    facts = [f"{lesson.passed} of {_counted(lesson.exercises, 'exercise')}"]
    if not lesson.exercises:
        facts = []
    if lesson.points.possible:
        facts.append(share_in_points(lesson.points.earned, lesson.points.possible))
    elif lesson.questions:
        facts.append(f"{lesson.answered} of {_counted(lesson.questions, 'question')}")
    if lesson.minutes_left:
        facts.append(f"{_counted(lesson.minutes_left, 'minute')} left")
    return facts


def lost_in_words(section: WeakSection) -> str:
    """Say what a section's questions lost: "lost 1.5 points"."""
    return f"lost {in_points(section.lost)}"


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}" if count else ""
