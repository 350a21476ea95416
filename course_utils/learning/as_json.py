"""The course's progress as JSON: in numbers for a script, in words for the start page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.learning.words import (
    ALL_DONE,
    lesson_facts,
    lost_in_words,
    number_of,
    totals,
)

if TYPE_CHECKING:
    from fractions import Fraction

    from course_utils.learning.course import CourseProgress
    from course_utils.learning.lesson import LessonProgress, Place
    from course_utils.quiz.result import Points


def as_numbers(course: CourseProgress) -> dict[str, Any]:
    """Return the progress for a script, as JSON has it."""
    current, place = course.current, course.place
    return {
        "lessons": [_lesson_in_numbers(course, lesson) for lesson in course.lessons],
        "continue": _place(current, place) if current and place else None,
        "weak": [
            {**_place(lesson, section.place), "lost": _rounded(section.lost)}
            for lesson, section in course.weak
        ],
        "exercises": {
            "passed": sum(lesson.passed for lesson in course.lessons),
            "all": sum(lesson.exercises for lesson in course.lessons),
            "after_solution": sum(lesson.after_solution for lesson in course.lessons),
        },
        "quiz": _points_in_numbers(course.points),
        "minutes_left": course.minutes_left,
        "streak": {"days": course.streak.days, "today": course.streak.today},
        "problems": list(course.problems),
    }


def as_page(course: CourseProgress) -> dict[str, Any]:
    """Return what the start page shows: plain text and links, which the page puts in place."""
    current, place = course.current, course.place
    return {
        "continue": {
            **_place(current, place),
            "words": "Continue" if any(each.is_begun for each in course.lessons) else "Start",
        }
        if current and place
        else None,
        "all_done": ALL_DONE,
        "totals": totals(course),
        "lessons": [
            {
                "number": number_of(lesson),
                "title": lesson.start.heading,
                "state": course.state_of(lesson),
                "facts": lesson_facts(lesson),
                "link": lesson.start.link,
                # A notebook that cannot be read needs a reset most of all.
                "begun": lesson.is_begun or not lesson.is_known,
            }
            for lesson in course.lessons
        ],
        "weak": [
            {**_place(lesson, section.place), "lost": lost_in_words(section)}
            for lesson, section in course.weak
        ],
        "problems": list(course.problems),
    }


def _lesson_in_numbers(course: CourseProgress, lesson: LessonProgress) -> dict[str, Any]:
    return {
        "name": lesson.name,
        "title": lesson.start.heading,
        "state": course.state_of(lesson),
        "minutes": lesson.minutes,
        "minutes_left": lesson.minutes_left,
        "exercises": {
            "passed": lesson.passed,
            "all": lesson.exercises,
            "after_solution": lesson.after_solution,
        },
        "questions": {"answered": lesson.answered, "all": lesson.questions},
        "quiz": _points_in_numbers(lesson.points),
        "link": lesson.start.link,
    }


def _place(lesson: LessonProgress, place: Place) -> dict[str, str]:
    """Return a place in a lesson as JSON has it; the beginning of one has no heading."""
    return {
        "lesson": lesson.name,
        "number": number_of(lesson),
        "title": lesson.start.heading,
        "heading": place.heading if place.cell else "",
        "link": place.link,
    }


def _points_in_numbers(points: Points) -> dict[str, float]:
    return {
        "points": _rounded(points.earned),
        "possible": _rounded(points.possible),
        "lost_to_hints": _rounded(points.by_hints),
        "lost_to_tries": _rounded(points.by_tries),
    }


def _rounded(points: Fraction) -> float:
    return round(float(points), 2)
