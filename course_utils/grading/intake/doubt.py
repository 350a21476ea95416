"""A question about a submission that only a person can answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a submission waits for a person.

    Attributes:
        cell: the `grade_id` of the cell it is about; empty for the whole submission.
        why: one or two sentences for the instructor, which name the file and what to do.
        evidence: the text that shows it; may be empty.
    """

    why: str
    cell: str = ""
    evidence: str = ""
