"""One submission's exercises: the notebook is run, and its tests are marked, in a jail."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from nbformat import NotebookNode

from course_utils.grading.engine.job import Marked
from course_utils.grading.engine.notebook import notebook_of
from course_utils.grading.engine.steps import CellsRun, Step
from course_utils.grading.jail.jail import Jail
from course_utils.grading.jail.notebook import RUNNER, notebook_outputs, notebook_task
from course_utils.grading.marking.apart import PRELOADED, mark_apart
from course_utils.grading.marking.authors_answers import AuthorsAnswers
from course_utils.grading.marking.canaries import Canaries
from course_utils.grading.marking.exercises import Marking, mark_exercises
from course_utils.grading.marking.unit import Written
from course_utils.grading.marking.verdicts import OwnRun, own_run
from course_utils.grading.release import QUIZ_PREFIX

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from course_utils.grading.engine.job import Job
    from course_utils.grading.engine.steps import Heard
    from course_utils.grading.intake.released import ReleasedLesson
    from course_utils.grading.jail.task import Ran
    from course_utils.grading.marking.passes import Passes

TOGETHER = "course_utils.grading.jail.together"


class _OwnRun(NamedTuple):
    shown: list[list[NotebookNode]]
    tests: dict[str, OwnRun]


class Marker:
    """Marks submissions in one jail, as a context; threads may share it.

    Attributes:
        jailed: whether the students' code runs in the jail.
    """

    def __init__(
        self, *, sandbox: bool = True, at_a_time: int = 1, passes: Passes | None = None
    ) -> None:
        """Make the jail.

        Args:
            sandbox: whether the students' code runs in the jail.
            at_a_time: how many answers of a submission are marked at the same time.
            passes: what has passed before and is not run again; None where all is run.

        Raises:
            JailError: if there is none on this machine and `sandbox` is true.
        """
        self.jailed, self._at_a_time, self._passes = sandbox, at_a_time, passes
        self._jail = Jail(sandbox=sandbox, preload=(RUNNER, *PRELOADED, TOGETHER))
        self._canaries = Canaries()
        self._authors: dict[str, AuthorsAnswers] = {}
        self._lock = threading.Lock()

    def mark(self, job: Job, heard: Heard = lambda _: None) -> Marked:
        """Run one submission's notebook, and mark its exercises meanwhile.

        The notebook's own run earns nothing: it is for the page, and for comparison.

        Args:
            job: the submission.
            heard: is told how far it is.

        Raises:
            JailError: if the jail broke, or was closed.
        """
        notebook = notebook_of(job.restored, job.lesson)
        written = [
            Written(cell.name, cell.source)
            for cell in job.restored.cells
            if cell.cell_type == "code"
        ]
        apart, authors = partial(mark_apart, self._jail), self._answers_to(job.lesson)
        marking = Marking(
            self._jail,
            apart,
            job.limits,
            self._canaries,
            authors,
            passes=self._passes,
            at_a_time=self._at_a_time,
            heard=lambda done, of: heard(Step("tests", done, of)),
        )
        with ThreadPoolExecutor(1, thread_name_prefix="notebook") as beside:
            own_run = beside.submit(self._run, notebook, job, heard)
            marks, flags = mark_exercises(
                job.lesson, written, marking, lambda: own_run.result().tests
            )
        outputs = {
            cell.id: found
            for cell, found in zip(notebook.cells, own_run.result().shown, strict=True)
            if cell.cell_type == "code"
        }
        return Marked(outputs, marks, flags)

    def _run(self, notebook: NotebookNode, job: Job, heard: Heard) -> _OwnRun:
        """Run the notebook from its first cell to its last."""
        cells = [_without_a_question(cell) for cell in notebook.cells]
        code = [n for n, cell in enumerate(cells) if cell.cell_type == "code" and cell.source]
        task = notebook_task(cells, job.files, job.lesson.name)
        ran = self._jail.run(task, job.limits, CellsRun(code, heard).take)
        shown, counts = notebook_outputs(ran, len(cells)), _counts(ran)
        tests = {
            cell.name: own_run(outputs, counts.get(number), ran.ended)
            for number, (cell, outputs) in enumerate(zip(job.restored.cells, shown, strict=True))
            if cell.name
        }
        return _OwnRun(shown, tests)

    def _answers_to(self, lesson: ReleasedLesson) -> AuthorsAnswers:
        key = hashlib.sha256(repr(lesson).encode()).hexdigest()
        with self._lock:
            if key not in self._authors:
                self._authors[key] = AuthorsAnswers(lesson, partial(mark_apart, self._jail))
            return self._authors[key]

    def close(self) -> None:
        """End whatever still runs in the jail."""
        self._jail.close()

    def __enter__(self) -> Self:
        """Return this marker."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()


def _without_a_question(cell: NotebookNode) -> NotebookNode:
    """Return a cell; one that only asks a question is empty: its score is shown, and not the card.

    A card takes 6 milliseconds, and a lesson has about six.
    """
    name = str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
    return NotebookNode(cell, source="") if name.startswith(QUIZ_PREFIX) else cell  # type: ignore[no-untyped-call]  # half-typed


def _counts(ran: Ran) -> dict[int, int]:
    """Return the numbers that cells got when they ran, by their places."""
    told = ((message.get("cell"), message.get("execution_count")) for message in ran.messages)
    return {cell: count for cell, count in told if type(cell) is int and type(count) is int}
