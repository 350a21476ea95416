"""What a report is made of: one lesson, its questions, and every student of the class."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from course_utils.grading.intake.released import ReleasedLesson
    from course_utils.grading.marking.record import Flag, Record
    from course_utils.quiz.bank import Bank


@dataclass(frozen=True, slots=True)
class Student:
    """One student of the class.

    Attributes:
        id: the student's id.
        name: as the gradebook has it; may be empty.
        record: what grading says; None when nothing of the student's is graded.
        handed_in: whether there is a submission.
        manual: points that a person gave, by the `grade_id` of the cell; they replace the mark.
        waiting: the cells that wait for a person, as the gradebook has it; None when it has no
            submission of this student's, and then the record says it alone.
        extra: points beside those of the cells, which a person gave as extra credit.
        solutions: the text of each solution cell, by its `grade_id`.
        trouble: why there is no record although something was handed in; may be empty.
    """

    id: str
    name: str = ""
    record: Record | None = None
    handed_in: bool = True
    manual: Mapping[str, float] = field(default_factory=dict)
    waiting: frozenset[str] | None = None
    extra: float = 0.0
    solutions: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""

    @property
    def is_marked(self) -> bool:
        """Whether there are marks, provisional or not."""
        return self.record is not None and self.record.status != "nothing"

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What a person has to look at."""
        return self.record.flags if self.record else ()

    def points(self, cell: str) -> float | None:
        """Return what a cell earned: what a person gave, else its mark, else None."""
        if cell in self.manual:
            return self.manual[cell]
        marks = self.record.marks if self.record else ()
        return next((mark.points for mark in marks if mark.cell == cell), None)

    def is_open(self, cell: str) -> bool:
        """Tell whether a person still has to look at a cell; at any of them, for an empty name."""
        if self.waiting is not None:
            return cell in self.waiting if cell else bool(self.waiting)
        flagged = any(flag.cell in {"", cell} for flag in self.flags)
        return flagged and cell not in self.manual


@dataclass(frozen=True, slots=True)
class ClassData:
    """A lesson and its class.

    Attributes:
        lesson: its name.
        released: the lesson as it was released; without cells when it is not to be found.
        bank: its questions; None for a lesson without a quiz.
        students: everybody, in the order of the list.
    """

    lesson: str
    released: ReleasedLesson
    bank: Bank | None
    students: tuple[Student, ...]

    def worth(self) -> dict[str, float]:
        """Return the points of each graded cell, in the lesson's order.

        A cell that only a record knows, because the release has changed, comes last.
        """
        found = {cell.name: cell.points for cell in self.released.cells if cell.points > 0}
        for student in self.students:
            for mark in student.record.marks if student.record else ():
                if mark.maximum > 0:
                    found.setdefault(mark.cell, mark.maximum)
        return found
