"""A course in a folder of its own, and the stock nbgrader commands run on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nbgrader.api import Gradebook

from course_utils.neighbours.nbgrader import put_alembic_on_the_path
from tests.support import forked

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Course:
    """A folder with the course's nbgrader_config.py, a source folder and banks of its own.

    Attributes:
        feedback: what HITL_FEEDBACK says.
        from_scratch: start each command and kernel as a Python of its own, and do not fork it from
            one that has imported nbgrader already; let the first command make the gradebook.
    """

    root: Path
    lesson: str
    feedback: str = "practice"
    from_scratch: bool = False

    @property
    def source(self) -> Path:
        return self.root / "notebooks" / self.lesson

    @property
    def bank(self) -> Path:
        return self.root / "quizzes" / f"{self.lesson}.yaml"

    @property
    def released(self) -> Path:
        return self.root / "grading" / "release" / self.lesson

    def submitted(self, student: str) -> Path:
        return self.root / "grading" / "submitted" / student / self.lesson

    def page(self, student: str) -> str:
        """Return the feedback page of a student."""
        folder = self.root / "grading" / "feedback" / student / self.lesson
        return (folder / f"{self.lesson}.html").read_text()

    @property
    def gradebook(self) -> str:
        return f"sqlite:///{self.root / 'grading' / 'gradebook.db'}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "HITL_QUIZZES": str(self.root / "quizzes"),
            "HITL_GRADEBOOK": self.gradebook,
            "HITL_FEEDBACK": self.feedback,
            # Without the environment's own bin, as when nbgrader is started by its full path.
            "PATH": "/usr/bin:/bin",
        }

    def nbgrader(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a stock nbgrader command in the course's folder."""
        return self.python("-m", "nbgrader", *arguments)

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a Python in the course's folder."""
        if not self.from_scratch:
            self._have_a_gradebook()
            environment = {**self.environment, **forked.with_forked_kernels()}
            return forked.run(*arguments, cwd=self.root, env=environment)
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )

    def _have_a_gradebook(self) -> None:
        """Copy an empty gradebook; for each it makes, nbgrader starts a Python with alembic."""
        path = self.root / "grading" / "gradebook.db"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(_empty_gradebook())

    def must(self, *arguments: str) -> str:
        """Run a stock nbgrader command which has to succeed; return its log."""
        done = self.nbgrader(*arguments)
        assert done.returncode == 0, f"nbgrader {' '.join(arguments)} failed:\n{done.stderr}"
        return done.stderr

    def release(self) -> None:
        self.must("generate_assignment", self.lesson)


@cache
def _empty_gradebook() -> bytes:
    put_alembic_on_the_path()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "gradebook.db")
        with Gradebook(f"sqlite:///{path}"):
            pass
        return path.read_bytes()


def make_course(
    root: Path, lesson: str, notebook: str, bank: str, *, feedback: str = "practice"
) -> Course:
    """Make a course of one lesson in an empty folder, from the texts of its two files."""
    course = Course(root, lesson, feedback)
    course.source.mkdir(parents=True)
    course.bank.parent.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", root)
    course.bank.write_text(bank)
    (course.source / f"{lesson}.ipynb").write_text(notebook)
    return course


def real_course(root: Path, lesson: str) -> Course:
    """Make a course of one of this project's own lessons."""
    notebook = ROOT / "notebooks" / lesson / f"{lesson}.ipynb"
    bank = ROOT / "quizzes" / f"{lesson}.yaml"
    return make_course(root, lesson, notebook.read_text(), bank.read_text())
