"""Where the time of `hitl grade` goes, part by part, in a run with one job in this process."""

from __future__ import annotations

import gc
import os
import tempfile
import time
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import nbformat
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from one_class import LESSON, make_class, students
from process_tree import cpu_seconds

from course_utils.grading.jail.jail import Jail
from course_utils.grading.jail.started_template import IMPORTED
from course_utils.grading.jail.task import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.course import Course

CELLS = "the notebook's cells alone, in a process forked after the imports"
EMPTY = "one jail in which nothing runs"
_TASKS = {
    "run_notebook": "the notebook's own run, jailed",
    "run_tests": "tests, answer in a process of its own",
    "run_together": "tests, answer in the same process",
    "try_wrong_answers": "wrong answers, once a test and run",
    "try_out": "the jail's trial of itself, once a run",
}
# Of the engine, in this process: where each is looked up, and what it does.
_CALLS = {
    "course_utils.grading.nbgrader.lesson_run.LessonRun._read": "reading, and scoring the quiz",
    "course_utils.grading.engine.run.finished": "record and page",
    "course_utils.grading.nbgrader.lesson_run.LessonRun._saved": "gradebook and files",
}


@dataclass
class Spent:
    """What a part took in all.

    Attributes:
        times: how often it was done.
        seconds: by the clock on the wall.
        cpu_seconds: of all its processes.
    """

    times: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0


@dataclass
class Parts:
    """The parts of a run, by their names."""

    parts: dict[str, Spent] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str, clock: Callable[[], float]) -> Iterator[None]:
        """Add what happens in the block to a part.

        Args:
            name: of the part.
            clock: returns CPU-seconds.
        """
        begun, used = time.perf_counter(), clock()
        yield
        spent = self.parts.setdefault(name, Spent())
        spent.times += 1
        spent.seconds += time.perf_counter() - begun
        spent.cpu_seconds += clock() - used


def measure(count: int) -> dict[str, Spent]:
    """Grade so many submissions with one job, and return what each part took."""
    for name in IMPORTED:
        import_module(name)
    parts = Parts()
    with tempfile.TemporaryDirectory() as folder:
        course = make_class(Path(folder, "course"), count, stock=False)
        # As ours does before it forks, and before any thread is there.
        gc.collect()
        gc.freeze()
        for student in students(count):
            _run_cells(course, student, parts)
        with Jail() as jail:
            jail.run(Task("builtins:print", {}))
            for _ in range(20):
                with parts.part(EMPTY, _of_the_others):
                    jail.run(Task("builtins:print", {}))
        with chdir(course.root), patch.dict(os.environ, course.environment), _watched(parts):
            _grade()
    return parts.parts


def _grade() -> None:
    from course_utils.grading.nbgrader.course import autograde_here  # noqa: PLC0415 - slow
    from course_utils.grading.nbgrader.lesson_run import LessonRun, Options  # noqa: PLC0415
    from course_utils.neighbours.nbgrader import late_penalties  # noqa: PLC0415

    converter = autograde_here(LESSON)
    options, penalty = Options(jobs=1), late_penalties(converter)
    with LessonRun(converter.coursedir, LESSON, options, penalty) as run:
        for _ in run:
            pass


@contextmanager
def _watched(parts: Parts) -> Iterator[None]:
    """Count what each jail takes, and each of the engine's calls."""
    run, run_pair = Jail.run, Jail.run_pair

    def one(jail: Jail, task: Task, *limits: Any) -> Any:
        with parts.part(_TASKS[task.entry.partition(":")[2]], _of_the_others):
            return run(jail, task, *limits)

    def pair(jail: Jail, tests: Task, student: Task, *limits: Any) -> Any:
        with parts.part(_TASKS[tests.entry.partition(":")[2]], _of_the_others):
            return run_pair(jail, tests, student, *limits)

    changed = [patch.object(Jail, "run", one), patch.object(Jail, "run_pair", pair)]
    changed += [patch(place, _counted(parts, place, name)) for place, name in _CALLS.items()]
    for each in changed:
        each.start()
    try:
        yield
    finally:
        for each in changed:
            each.stop()


def _counted(parts: Parts, place: str, name: str) -> Callable[..., Any]:
    module, _, function = place.rpartition(".")
    try:
        owner = import_module(module)
    except ModuleNotFoundError:
        above, _, cls = module.rpartition(".")
        owner = getattr(import_module(above), cls)
    call = getattr(owner, function)

    def counted(*arguments: Any, **named: Any) -> Any:
        with parts.part(name, time.thread_time):
            return call(*arguments, **named)

    return counted


def _of_the_others() -> float:
    return cpu_seconds(os.getpid())


def _run_cells(course: Course, student: str, parts: Parts) -> None:
    """Run a submission's cells in a process forked from this one."""
    folder = course.submitted(student)
    notebook = nbformat.read(folder / f"{LESSON}.ipynb", as_version=4)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    with parts.part(CELLS, _of_the_others):
        pid = os.fork()
        if pid == 0:
            os.environ.update(course.environment)
            os.chdir(folder)
            shell = InteractiveShell.instance()
            with capture_output():
                for source in sources:
                    shell.run_cell(source)
            os._exit(0)
        os.waitpid(pid, 0)
