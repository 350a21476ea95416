"""`hitl grade --scheduler` before there is any cluster: what it needs, and what it imports."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from course_utils.grading.engine.same_course import difference, installed
from course_utils.places import COURSE_ROOT
from tests.support.small_class import small_class
from tests.support.small_course import LESSON

if TYPE_CHECKING:
    from tests.support.course import Course

HITL = "import sys; from course_utils.cli import app; app(sys.argv[1:])"
IMPORTED = """
import sys
from course_utils.cli import app
try:
    app(sys.argv[1:])
finally:
    print(sorted({"dask", "distributed"} & {*sys.modules}))
"""


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return small_class(tmp_path_factory.mktemp("course"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--scheduler", "tcp://127.0.0.1:8786"],
            "-m pip install -c constraints.txt -e '.[cluster]'",
        ),
        (["--scheduler", "tcp://127.0.0.1:8786", "--jobs", "2"], "--jobs is for this machine."),
    ],
)
def test_what_it_needs_is_said_in_one_line_that_says_what_to_do(
    handed_in: Course, options: list[str], said: str
) -> None:
    done = handed_in.python(
        "-c", f'import sys; sys.modules["distributed"] = None; {HITL}', "grade", LESSON, *options
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (handed_in.root / "grading" / "autograded").exists()


@pytest.mark.parametrize("address", ["", "http://machine:80", "tcp://machine"])
def test_what_is_no_address_is_not_tried(handed_in: Course, address: str) -> None:
    done = handed_in.python("-c", HITL, "grade", LESSON, "--scheduler", address)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"{address!r} is no address of a Dask scheduler. Write it as tcp://host:8786.\n"
    )


def test_without_it_dask_is_not_imported(handed_in: Course) -> None:
    done = handed_in.python("-c", IMPORTED, "grade", LESSON, "--student", "nobody")
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr


def test_the_extra_that_is_named_is_one_of_the_course() -> None:
    project = tomllib.loads((COURSE_ROOT / "pyproject.toml").read_text())["project"]
    (dask,) = project["optional-dependencies"]["cluster"]
    assert dask.startswith("distributed>=")
    assert any("[cluster" in line for line in project["optional-dependencies"]["test"])


def test_two_machines_are_told_apart_by_what_marks_depend_on() -> None:
    ours = installed()
    assert difference(ours, ours) == ""
    assert {"Python", "the course at", "langgraph", "ipython", "distributed"} <= {*ours}
    theirs = {**ours, "langgraph": "0.1", "Python": "3.0"}
    del theirs["ipython"]
    assert difference(ours, theirs) == (
        f"Python 3.0 and not {ours['Python']}, ipython none and not {ours['ipython']}, "
        f"langgraph 0.1 and not {ours['langgraph']}"
    )
