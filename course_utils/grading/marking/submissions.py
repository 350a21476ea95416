"""A submission as it was before any student's code ran: its notebook, its quiz, its notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from course_utils.grading.intake.handed_files import TIMESTAMP
from course_utils.grading.intake.locate import locate
from course_utils.grading.intake.submitted import UnreadableError, read_timestamp
from course_utils.grading.marking.quiz_scores import score_quiz
from course_utils.grading.marking.record import Flag
from course_utils.quiz.attempts import ATTEMPTS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from course_utils.grading.intake.class_list import Entry
    from course_utils.grading.intake.doubt import Doubt
    from course_utils.grading.intake.released import ReleasedLesson
    from course_utils.grading.intake.restore import Restored
    from course_utils.grading.marking.quiz_scores import ScoredQuiz
    from course_utils.quiz.bank import Bank
    from course_utils.settings import Feedback


@dataclass(frozen=True, slots=True)
class Submission:
    """What a student handed in.

    Attributes:
        student: whose it is.
        handed_in: whether there is anything of the lesson; if not, `remarks` may say what there is.
        restored: the notebook, ready to be graded; None when none could be read, and the exercises
            wait for a person.
        quiz: the quiz with its scores; None for a lesson without one.
        handed_in_at: what its timestamp says, in UTC; None when nothing does.
        files: what goes beside the notebook when it is run.
        notes: what was put right on the way in, for student and instructor, in sentences.
        remarks: what the instructor has to know of names and folders, in sentences.
        flags: why a person has to look.
    """

    student: str
    handed_in: bool = True
    restored: Restored | None = None
    quiz: ScoredQuiz | None = None
    handed_in_at: datetime | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()

    @property
    def problem(self) -> str:
        """All that an instructor is told of it, in sentences; empty when nothing is."""
        reasons = (flag.why for flag in self.flags)
        return " ".join(dict.fromkeys((*reasons, *self.remarks, *self.notes)))


def read_submission(
    entry: Entry, bank: Bank | None, mode: Feedback | None, released: ReleasedLesson
) -> Submission:
    """Read and score one submission; whatever is in it, there is a score and a reason.

    Args:
        entry: the student, as the class list has it.
        bank: the lesson's questions; None for a lesson without a quiz.
        mode: the mode they were released in; None for a lesson without a quiz.
        released: the lesson.
    """
    if entry.status != "found":
        flags = (Flag(why=entry.refused),) if entry.refused else ()
        handed_in = bool(entry.refused)
        return Submission(entry.student, handed_in, remarks=entry.notes, flags=flags)
    found = locate(entry, released)
    notes = list(found.notes)
    if not found.handed_in:
        return Submission(entry.student, False, remarks=(*entry.notes, *notes))
    quiz = score_quiz(bank, mode, found.attempts) if bank and mode else None
    moment, untimely = _handed_in_at(found.timestamps)
    files = {TIMESTAMP: found.timestamps[0]} if found.timestamps else {}
    if content := found.attempts.content():
        files[ATTEMPTS_FILE] = content
    notes += [untimely] * bool(untimely) + ([quiz.note] if quiz and quiz.note else [])
    waits = (*found.waits, *(found.attempts.waits if quiz else ()))
    return Submission(
        *(entry.student, True, found.restored, quiz, moment, files),
        notes=tuple(notes),
        remarks=entry.notes,
        flags=_flags(waits),
    )


def _handed_in_at(timestamps: Sequence[bytes]) -> tuple[datetime | None, str]:
    try:
        return (read_timestamp(timestamps[0]) if timestamps else None), ""
    except UnreadableError as error:
        return None, f"It counts as in time: {TIMESTAMP} {error}."


def _flags(doubts: Iterable[Doubt]) -> tuple[Flag, ...]:
    return tuple(Flag(cell=d.cell, why=d.why, evidence=d.evidence) for d in doubts)
