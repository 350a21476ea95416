"""Whether a submission was graded already: a digest of all that its grade depends on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course_utils.grading.intake.released import ReleasedLesson
    from course_utils.grading.marking.submissions import Submission
    from course_utils.quiz.bank import Bank
    from course_utils.settings import Feedback

GRADING = 1
"""Raised when grading may say something else of the same submission than it did before."""


def digest_of_the_lesson(
    lesson: ReleasedLesson, bank: Bank | None, mode: Feedback | None, *, jailed: bool
) -> str:
    """Return a digest of what the grades of a whole batch depend on."""
    questions = [question for question in bank.questions if question.points] if bank else []
    parts = {
        "grading": GRADING,
        "jailed": jailed,
        "lesson": asdict(lesson),
        "mode": mode,
        "policy": bank.policy.model_dump(mode="json") if bank else None,
        "questions": [question.model_dump(mode="json") for question in questions],
    }
    return _sha256(json.dumps(parts, sort_keys=True, default=str).encode())


def digest_of(submission: Submission, of_the_lesson: str) -> str:
    """Return the digest of one submission: of what grading takes from it, and not of its files.

    Args:
        submission: what was handed in.
        of_the_lesson: the batch's own digest.
    """
    parts = {
        "lesson": of_the_lesson,
        "notebook": asdict(submission.restored) if submission.restored else None,
        "files": {name: _sha256(content) for name, content in submission.files.items()},
        "flags": [flag.model_dump() for flag in submission.flags],
        "notes": submission.notes,
    }
    return _sha256(json.dumps(parts, sort_keys=True).encode())


def digest_of_the_work(submission: Submission) -> str:
    """Return the digest of what a student wrote, whatever became of the lesson since."""
    cells = submission.restored.cells if submission.restored else ()
    parts = {
        "cells": [asdict(cell) for cell in cells if cell.whose == "student"],
        "files": {name: _sha256(content) for name, content in submission.files.items()},
    }
    return _sha256(json.dumps(parts, sort_keys=True).encode())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
