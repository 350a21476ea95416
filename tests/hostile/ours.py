"""The course's own grading on many hostile submissions at once, beside three honest ones.

python -m tests.hostile.ours [NAME ...] > ours.jsonl
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from course_utils.grading.marking.record import RECORD_FILE, Record
from tests.hostile.corpus import corpus
from tests.hostile.harm import Harm, grades, left_behind, page_of, scripts, told
from tests.hostile.scene import VICTIMS, watched
from tests.support import forked

if TYPE_CHECKING:
    from tests.hostile.attack import Attack
    from tests.hostile.scene import Scene
    from tests.support.course import Course

FULL = 30
SECONDS = 3600
EXPECTED = {"ann": FULL, "idle": 0, "zoe": FULL}
# All students in two halves, by the third letter of their names; most begin with "m-".
_HALVES = ("??[a-l]*", "??[!a-l]*")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Came:
    """What came of all of them together.

    Attributes:
        harms: what each attack got.
        waits: why a person has to look, by attack; without those where nobody has to.
        changed: the victims whose grades are wrong, with their grades.
        lost: the students without a grade and without a word.
        pageless: the students with a grade and without a page.
        heard: what reached who listens.
        left: what was left behind.
        formulas: cells of CSV files that a spreadsheet would run.
        log: what the command printed.
    """

    harms: list[Harm]
    waits: dict[str, str]
    changed: dict[str, float | None]
    lost: list[str]
    pageless: list[str]
    heard: list[bytes]
    left: list[str]
    formulas: list[str]
    log: str

    @property
    def unseen(self) -> dict[str, float]:
        """The points of each attack that earned some and at which nobody has to look."""
        return {h.name: h.points for h in self.harms if h.points and h.name not in self.waits}


def grade_together(folder: Path, attacks: list[Attack]) -> Came:
    """Hand in all attacks in one course, and grade it.

    Args:
        folder: an empty one for the course.
        attacks: what is handed in beside the honest ones.
    """
    with watched(folder) as (scene, listener):
        scene.hand_in_victims()
        for attack in attacks:
            scene.hand_in(attack)
        log = grade(scene.course)
        make_pages(scene.course)
        after = grades(scene.course)
        words = listed(scene.course)
        harms = [_harm(scene, attack, _gained(attack, after)) for attack in attacks]
        students = [*VICTIMS, *(attack.student_id for attack in attacks)]
        return Came(
            harms=harms,
            waits={a.name: why for a in attacks if (why := _waits(scene, a.student_id, words))},
            changed={v: after.get(v) for v in VICTIMS if after.get(v) != EXPECTED[v]},
            lost=[s for s in students if s not in after and _shown(s) not in words],
            pageless=[s for s in after if not page_of(scene.course, s)],
            heard=list(listener.heard),
            left=left_behind(scene),
            formulas=formulas(scene.course.root),
            log=log,
        )


def grade(course: Course, *options: str) -> str:
    """Run `hitl grade`; return what it printed."""
    code = "from course_utils.cli import app; app()"
    return _run(course, "-c", code, "grade", course.lesson, *options)


def make_pages(course: Course) -> None:
    """Make the feedback pages of all who have a grade, half of them in each of two processes."""
    command = ("-m", "nbgrader", "generate_feedback", course.lesson, "--student")
    quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    made = [
        forked.Process(*command, half, cwd=course.root, env=course.environment, **quiet)
        for half in _HALVES
    ]
    for one in made:
        one.wait(SECONDS)


def _run(course: Course, *arguments: str) -> str:
    done = forked.run(*arguments, cwd=course.root, env=course.environment, timeout=SECONDS)
    return f"{done.stdout}\n{done.stderr}"


def record(course: Course, student: str) -> Record | None:
    """Read what grading says of a student's submission; None without a record."""
    path = course.root / "grading" / "autograded" / student / course.lesson / RECORD_FILE
    with suppress(OSError, ValidationError):
        return Record.model_validate_json(path.read_bytes())
    return None


def formulas(root: Path) -> list[str]:
    """Return each cell of a course's CSV files that a spreadsheet would run."""
    found = []
    for path in (root / "grading").rglob("*.csv"):
        if path.is_symlink() or "submitted" in path.relative_to(root).parts:
            continue
        with path.open(newline="", encoding="utf-8") as file:
            found += [
                f"{path.name}: {cell}"
                for row in csv.reader(file)
                for cell in row
                if cell.startswith(_FORMULA) and not _is_number(cell)
            ]
    return found


def _gained(attack: Attack, after: dict[str, float]) -> float | None:
    points = after.get(attack.student_id)
    return None if points is None else max(points - attack.worth, 0)


def _harm(scene: Scene, attack: Attack, points: float | None) -> Harm:
    found = told(scene, attack.student_id, ())
    own = record(scene.course, attack.student_id)
    if own is not None:
        text = own.model_dump_json()
        found |= {name for name, secret in scene.secrets.items() if secret in text}
    page = page_of(scene.course, attack.student_id)
    read = sum(len(scene.secrets[name]) for name in found)
    return Harm(attack.name, points, read, 0, 0, len(scripts(page)), ())


def _waits(scene: Scene, student: str, words: dict[str, str]) -> str:
    """Say why a person has to look at a student's submission; empty where nobody has to."""
    own = record(scene.course, student)
    if own is not None and own.status == "waits":
        return "; ".join(f"{flag.cell}: {flag.why} {flag.evidence}"[:200] for flag in own.flags)
    told = words.get(_shown(student), "")
    return told if told.startswith("waits") else ""


def listed(course: Course) -> dict[str, str]:
    """Return the status and the words of each student in the file of problems."""
    path = course.root / "grading" / "problems.csv"
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return {row[1].removeprefix("'"): ": ".join(row[2:]) for row in rows}


def _shown(student: str) -> str:
    return student if student.isprintable() else ascii(student)[1:-1]


def _is_number(cell: str) -> bool:
    with suppress(ValueError):
        float(cell)
        return True
    return False


def main(names: list[str]) -> None:
    """Grade the attacks of these names, or all, and write what came of them."""
    attacks = [attack for attack in corpus() if not names or attack.name in names]
    with tempfile.TemporaryDirectory() as folder:
        came = grade_together(Path(folder), attacks)
    for harm in came.harms:
        print(json.dumps({**asdict(harm), "waits": harm.name in came.waits}))
    print(came.log, file=sys.stderr)
    for name in ("unseen", "changed", "lost", "pageless", "heard", "left", "formulas"):
        print(f"{name}: {getattr(came, name)}", file=sys.stderr)
    for name, why in came.waits.items():
        print(f"waits {name}: {why}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
