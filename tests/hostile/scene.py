"""A course with victims and secrets, beside which the hostile submissions are handed in."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from nbgrader.api import Gradebook

from course_utils.quiz.bank import load_bank
from tests.hostile.attack import LESSON, Attack, Handed
from tests.hostile.listener import Listener
from tests.support.course import ROOT, Course, make_course
from tests.support.submissions import hand_in, right_answer, solutions, tried

if TYPE_CHECKING:
    from collections.abc import Iterator

# One who is graded before the others, one after them, both right; and one who did nothing.
VICTIMS = ("ann", "idle", "zoe")
_SECRETS = ("bank", "hidden", "source", "submission", "gradebook", "environment", "home", "dotenv")


@dataclass(frozen=True)
class WatchedCourse(Course):
    """A course whose commands run with variables of their own."""

    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The variables of its commands."""
        return {**super().environment, **self.variables}


@dataclass(frozen=True)
class Scene:
    """A course and what is watched in it.

    Attributes:
        course: with a release of lesson 01.
        home: the instructor's home folder.
        place: of the socket that listens, which is also its name.
        port: the port that listens.
        secrets: what nobody must be told, by what it is a part of.
        left: how the name of each thing begins that an attack leaves behind.
    """

    course: Course
    home: Path
    place: Path
    port: int
    secrets: dict[str, str]
    left: str

    @property
    def words(self) -> dict[str, str]:
        """What an attack's code has for a place or a name of this scene."""
        return {
            "@COURSE@": str(self.course.root),
            "@HOME@": str(self.home),
            "@PORT@": str(self.port),
            "@SOCKET@": str(self.place),
            "@LEFT@": self.left,
        }

    def hand_in_victims(self) -> None:
        """Hand in for the three who are honest."""
        questions = [q for q in load_bank(self.course.bank).questions if q.points]
        right = [tried(question, right_answer(question)) for question in questions]
        secrets = self.secrets
        answers = {
            name: source.replace(secrets["source"], secrets["submission"])
            for name, source in solutions(self.course).items()
        }
        for student in ("ann", "zoe"):
            hand_in(self.course, student, answers, right)
        hand_in(self.course, "idle", {}, None)

    def hand_in(self, attack: Attack) -> None:
        """Hand in for a hostile student."""
        hand_in(self.course, attack.student_id, {}, None)
        attack.hand_in(Handed(self, attack.student_id))


def make_course_with_secrets(root: Path, home: Path, secrets: dict[str, str]) -> WatchedCourse:
    """Make a course of lesson 01 with a secret wherever something is not for students."""
    source = json.loads((ROOT / "notebooks" / LESSON / f"{LESSON}.ipynb").read_text())
    for cell in source["cells"]:
        cell["source"] = (
            "".join(cell["source"])
            .replace(
                "    ### BEGIN HIDDEN TESTS\n",
                f'    ### BEGIN HIDDEN TESTS\n    marker = "{secrets["hidden"]}"\n',
            )
            .replace(
                "    ### BEGIN SOLUTION\n",
                f"    ### BEGIN SOLUTION\n    # {secrets['source']}\n",
            )
        )
    bank = (ROOT / "quizzes" / f"{LESSON}.yaml").read_text() + f"\n# {secrets['bank']}\n"
    made = make_course(root, LESSON, json.dumps(source), bank)
    (root / ".env").write_text(f"COURSE_TOKEN={secrets['dotenv']}\n")
    home.mkdir()
    (home / "secret.txt").write_text(secrets["home"])
    variables = {"HOME": str(home), "COURSE_TOKEN": secrets["environment"]}
    return WatchedCourse(made.root, made.lesson, variables=variables)


def remember_a_student(course: Course, secret: str) -> None:
    """Put a student with a secret for a name into the gradebook."""
    with Gradebook(course.gradebook) as gradebook:
        gradebook.add_student("earlier", last_name=secret)


def new_secrets() -> dict[str, str]:
    """Return a new secret for each place."""
    return {name: f"CANARY-{name}-{token_hex(16)}" for name in _SECRETS}


@contextmanager
def watched(folder: Path) -> Iterator[tuple[Scene, Listener]]:
    """Make a scene in a folder and listen while it lasts."""
    # The path of a socket is at most 107 characters long.
    place = Path("/tmp", f"listener-{token_hex(8)}")  # noqa: S108 - bound at once
    with Listener(place) as listener:
        secrets = new_secrets()
        course = make_course_with_secrets(folder / "course", folder / "home", secrets)
        course.release()
        remember_a_student(course, secrets["gradebook"])
        left = f"left-{token_hex(4)}"
        yield Scene(course, folder / "home", place, listener.port, secrets, left), listener
    place.unlink()
