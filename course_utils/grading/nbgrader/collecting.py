"""`nbgrader zip_collect` with the names that learning platforms give, and with `attempts.jsonl`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.api import Gradebook
from nbgrader.plugins import FileNameCollectorPlugin

from course_utils.grading.intake.download_names import read_download
from course_utils.grading.nbgrader.roster import roster
from course_utils.neighbours.nbgrader import course_of_the_step

if TYPE_CHECKING:
    from course_utils.grading.intake.download_names import Download

COLLECTED = [".ipynb", ".jsonl"]
"""The extensions of what a student hands in. A `timestamp.txt` of theirs would say when."""


class DownloadCollector(FileNameCollectorPlugin):
    """Finds out whose a file is: `ZipCollectApp.collector_plugin` in nbgrader's configuration.

    A `named_regexp` that is configured counts before the names that we know.
    """

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """Return the student, the file, and when it was handed in; None for what is left out."""
        path = Path(submitted_file)
        if path.suffix not in self.valid_ext:
            return None
        if self.named_regexp:
            told: dict[str, str] | None = self._match(submitted_file)
            return told
        found = read_download(path, course_of_the_step(self).assignment_id)
        if found is None:
            return None
        known = {"student_id": self._student(found), "file_id": found.file}
        if found.handed_in:
            known["timestamp"] = f"{found.handed_in} UTC"
        return known

    def _student(self, found: Download) -> str:
        """Return the id that the roster has for a student, else what the platform writes."""
        names = self._names()
        if found.number:
            return names.get(found.number) or names.get(found.who) or f"{found.who}_{found.number}"
        return names.get(found.who, found.who)

    def _names(self) -> dict[str, str]:
        """Return the students' ids by all that a platform may call them; read once a run."""
        if not hasattr(self, "_known"):
            course = course_of_the_step(self)
            with Gradebook(course.db_url, course.course_id) as gradebook:
                students = roster(gradebook)
            full = [f"{one.first_name} {one.last_name}".strip() for one in students]
            # Two students of one name are told apart by their folders, not guessed at.
            alone = {name: one.id for name, one in zip(full, students, strict=True) if name}
            alone = {name: who for name, who in alone.items() if full.count(name) == 1}
            numbers = {one.lms_user_id: one.id for one in students if one.lms_user_id}
            self._known = {**alone, **numbers, **{one.id: one.id for one in students}}
        return self._known
