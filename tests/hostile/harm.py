"""What a hostile submission got or did: points, bytes, changes, losses, scripts, leftovers."""

from __future__ import annotations

import html
import json
import sysconfig
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup
from nbgrader.api import Gradebook, MissingEntry

from tests.hostile.attack import LESSON

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.hostile.scene import Scene
    from tests.support.course import Course

# The places where an attack of this corpus leaves what it leaves.
_SHARED = ("/tmp", "/var/tmp", "/dev/shm", "/run")  # noqa: S108 - only looked at


@dataclass(frozen=True)
class Harm:
    """What came of one hostile submission.

    Attributes:
        name: the attack's.
        points: beyond what the submission is worth; None without a grade.
        read: how many bytes of secrets were told, by an output or to who listens.
        changed: how many grades of others were changed.
        lost: how many others have no grade.
        scripts: how many scripts stand on its page.
        left: what it left behind.
    """

    name: str
    points: float | None
    read: int
    changed: int
    lost: int
    scripts: int
    left: tuple[str, ...]

    def as_json(self) -> str:
        """Return it as one line."""
        return json.dumps(asdict(self))


def grades(course: Course) -> dict[str, float]:
    """Return each student's score for the lesson; without those who have none."""
    with Gradebook(course.gradebook) as gradebook:
        return {
            submission.student.id: float(submission.score)
            for submission in gradebook.assignment_submissions(LESSON)
            # A submission without a notebook is one whose run failed.
            if submission.notebooks
        }


def score(course: Course, student: str) -> float | None:
    """Return a student's score; None without one."""
    with Gradebook(course.gradebook) as gradebook:
        try:
            return float(gradebook.find_submission(LESSON, student).score)
        except MissingEntry:
            return None


def told(scene: Scene, student: str, heard: Iterable[bytes], *, page: bool = True) -> set[str]:
    """Return the names of the secrets that a student was told.

    Args:
        scene: whose secrets are looked for.
        student: whose graded notebook is looked into.
        heard: what the listener heard.
        page: whether the student's page is looked at too; stock nbgrader's has all hidden tests.
    """
    texts = [b"".join(heard).decode(errors="replace"), "".join(outputs(scene.course, student))]
    if page:
        texts.append(page_of(scene.course, student))
    return {name for name, secret in scene.secrets.items() if any(secret in t for t in texts)}


def outputs(course: Course, student: str) -> Iterator[str]:
    """Yield each output in a student's graded notebook, as JSON."""
    with suppress(OSError, ValueError, TypeError, AttributeError):
        path = course.root / "grading" / "autograded" / student / LESSON / f"{LESSON}.ipynb"
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            yield json.dumps(cell.get("outputs", []))


def page_of(course: Course, student: str) -> str:
    """Return a student's feedback page; empty without one."""
    with suppress(OSError):
        return course.page(student)
    return ""


def scripts(page: str) -> list[str]:
    """Return what of a student's would run on a page: it all calls `ran`."""
    # To parse a page takes as long as to make half of one, and most pages name it nowhere.
    if not any("ran(" in text for text in (page, html.unescape(page))):
        return []
    parsed = BeautifulSoup(page, "html.parser")
    live = [str(script)[:200] for script in parsed("script") if "ran(" in script.text]
    for element in parsed(True):
        for name, value in element.attrs.items():
            led = name in {"href", "src", "action", "data", "srcdoc", "formaction"}
            if "ran(" in str(value) and (name.startswith("on") or led):
                live.append(f"{element.name} {name}={str(value)[:100]}")
    return live


def left_behind(scene: Scene) -> list[str]:
    """Return what was left: files where others could find them, and processes."""
    packages = sysconfig.get_paths()["purelib"]
    own = (scene.home, scene.course.root, scene.home / ".ipython/profile_default/startup")
    found = [
        str(path)
        for place in (*_SHARED, packages, *map(str, own))
        for path in Path(place).glob(f"*{scene.left}*")
    ]
    for comm in Path("/proc").glob("[0-9]*/comm"):
        with suppress(OSError):
            if comm.read_text().startswith(scene.left):
                found.append(f"process {comm.parent.name}")
    return found
