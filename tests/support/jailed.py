"""A jail of a process of its own, perhaps another user's: for what a jail does for that user.

The interpreter may lie where only root can look, so the process has mounts of its own in which the
way there is open. It reads one request a line, and answers with one line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbformat.v4 import new_code_cell

from course_utils.grading.jail import linux
from course_utils.grading.jail.jail import Jail, JailError, Ran
from course_utils.grading.jail.limits import Limits
from course_utils.grading.jail.memory import used
from course_utils.grading.jail.notebook import notebook_outputs, notebook_task

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
USER = 54321
# What the users' process is told before it starts a jail, if anything.
NO_NAMESPACES = "no namespaces"


@dataclass(frozen=True)
class Result:
    """What came out of cells that ran in a jail.

    Attributes:
        ended: why the jail was ended.
        outputs: of each cell.
        left: how many processes there were afterwards, beside the template's two.
    """

    ended: str
    outputs: list[list[Any]]
    left: int

    def text(self, cell: int = -1) -> str:
        """What a cell printed, and its errors."""
        return "".join(o.get("text") or o.get("ename", "") for o in self.outputs[cell])

    def said(self, cell: int = -1) -> Any:
        """What a cell printed, as JSON."""
        return json.loads(self.text(cell))


class Jailed:
    """Runs cells in a jail of this process's, or in one of another user's process."""

    def __init__(self, user: int | None, told: str = "") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, "" if user is None else str(user), told],
            cwd="/",
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        begun = self._answer()
        self.problem, self.template = begun["problem"], begun["template"]

    @property
    def pid(self) -> int:
        """The process that the jail belongs to."""
        return self._process.pid

    def run(self, *cells: str, **limits: Any) -> Result:
        """Run cells, with other limits than usual."""
        self.begin(*cells, **limits)
        return Result(**self._answer())

    def begin(self, *cells: str, **limits: Any) -> None:
        """Have cells run, and do not wait for them."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"cells": cells, "limits": limits}) + "\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """End the process that the jail belongs to, as a crash would."""
        self._process.kill()
        self._process.wait()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait()


@contextmanager
def jailed(user: int | None, told: str = "") -> Iterator[Jailed]:
    """Give a jail of another process's; `user` runs it, or whoever runs the tests."""
    running = Jailed(user, told)
    try:
        yield running
    finally:
        running.close()


def ran(jail: Jail, cells: list[str], limits: Limits) -> tuple[Ran, list[list[Any]]]:
    """Run cells in a jail, and return what came out with their outputs."""
    result = jail.run(notebook_task([new_code_cell(cell) for cell in cells], {}, "lesson"), limits)
    return result, notebook_outputs(result, len(cells))


def _become(user: int) -> None:
    linux.unshare(linux.CLONE_NEWNS)
    linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
    for path in (Path(sys.base_prefix), Path(sys.prefix), ROOT):
        for folder in reversed(path.resolve().parents):
            if not folder.stat().st_mode & 1:
                _open_the_way(folder, path.resolve())
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    os.environ["TMPDIR"] = "/tmp"  # noqa: S108


def _open_the_way(folder: Path, path: Path) -> None:
    """Leave of a folder only one path in it."""
    held = tempfile.mkdtemp()
    linux.mount(str(path), held, None, linux.MS_BIND | linux.MS_REC)
    linux.mount("way", str(folder), "tmpfs", 0, "mode=755")
    path.mkdir(parents=True)
    linux.mount(held, str(path), None, linux.MS_BIND | linux.MS_REC)


def forbid_namespaces() -> None:
    """Go where no namespace can be made, as some machines are set."""
    user = os.geteuid()
    # Its own files in /proc are its own again, as those of a process that was started as it is.
    linux.prctl(linux.PR_SET_DUMPABLE, 1)
    linux.unshare(linux.CLONE_NEWUSER)
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/sys/user/max_user_namespaces").write_text("0")
    Path("/proc/sys/user/max_mnt_namespaces").write_text("0")


def _main(user: str, told: str) -> None:
    if user:
        _become(int(user))
    if told == NO_NAMESPACES:
        forbid_namespaces()
    try:
        jail = Jail()
    except JailError as error:
        print(json.dumps({"problem": str(error), "template": 0}), flush=True)
        return
    with jail:
        template = jail._template._process.pid
        print(json.dumps({"problem": "", "template": template}), flush=True)
        for line in sys.stdin:
            request = json.loads(line)
            limits = Limits(**{**asdict(Limits(cell_seconds=5.0)), **request["limits"]})
            result, outputs = ran(jail, request["cells"], limits)
            left = len(used(template, 1 << 40).pids) - 2
            answer = {"ended": result.ended, "outputs": outputs, "left": left}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _main(*sys.argv[1:])
