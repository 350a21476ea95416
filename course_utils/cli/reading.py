"""A learner's progress, as `hitl progress` and the start page of `hitl lab` read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_utils.learning.course import course_progress
from course_utils.workspace.derive import renumbered

if TYPE_CHECKING:
    from pathlib import Path

    from course_utils.learning.course import CourseProgress


def progress_in(workspace: Path) -> CourseProgress:
    """Tell where a learner is with the course, whose workspace may have former numbers."""
    return course_progress(workspace, renumbered(workspace))
