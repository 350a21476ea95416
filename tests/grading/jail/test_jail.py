"""The jail as grading uses it: several tasks at a time, pairs, no jail, and its own end."""

from __future__ import annotations

import os
import select
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from course_utils.grading.jail.jail import Jail, Task
from course_utils.grading.jail.limits import Limits
from course_utils.grading.jail.tree import needed_tree
from course_utils.places import COURSE_ROOT
from tests.support.jailed import NO_NAMESPACES, USER, jailed, ran

if TYPE_CHECKING:
    from collections.abc import Iterator

AS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module", params=["jailed", "plain"])
def jail(request: pytest.FixtureRequest) -> Iterator[Jail]:
    with Jail(sandbox=request.param == "jailed") as running:
        assert running.jailed == (request.param == "jailed")
        yield running


def test_several_tasks_run_at_a_time(jail: Jail):
    def said(number: int) -> str:
        cell = f"import time, random; time.sleep(0.1); print({number}, random.random())"
        return ran(jail, [cell], Limits())[1][0][0]["text"]

    with ThreadPoolExecutor(4) as threads:
        lines = [line.split() for line in threads.map(said, range(8))]
    assert [number for number, _ in lines] == [str(n) for n in range(8)]
    assert len({drawn for _, drawn in lines}) == 8


def test_a_task_has_its_files_in_a_folder_of_its_own(jail: Jail):
    cell = {"id": "a", "cell_type": "code"}
    look = "from pathlib import Path; print(Path.cwd().name, Path('data/a.txt').read_bytes())"
    task = Task(
        "course_utils.grading.jail.notebook_run:run_notebook",
        {"cells": [{**cell, "source": look}]},
        {"data/a.txt": b"\0\xff"},
        "01_lesson",
    )
    last = jail.run(task).messages[-1]
    assert last["outputs"][0]["text"] == "01_lesson b'\\x00\\xff'\n"


def test_what_a_task_raises_is_told(jail: Jail):
    result = jail.run(Task("course_utils.grading.jail.notebook_run:run_notebook", {}))
    assert result.ended == "It ended with an error: KeyError: 'cells'"


def test_a_name_that_leads_out_of_the_folder_is_refused():
    for name in ("../a", "/etc/passwd", "a/../../b", ""):
        with pytest.raises(ValueError, match="not a path below"):
            Task("a:b", {}, {name: b""})


@pytest.mark.skipif(not AS_ROOT, reason="only root becomes another user")
def test_without_namespaces_there_is_one_sentence():
    with jailed(USER, NO_NAMESPACES) as refused:
        assert refused.problem.startswith("No jail can be made here: unshare: No space left")
        assert "--no-sandbox" in refused.problem


def test_when_its_owner_is_killed_everything_ends():
    with jailed(None) as owner:
        owner.begin("import os; os.fork(); os.fork()", "import time; time.sleep(600)")
        pids = [owner.template]
        while len(pids) < 5:  # the template's two, and the task's
            pids = _tree(owner.template)
        handles = [os.pidfd_open(pid) for pid in pids]
        owner.kill()
        ended = select.poll()
        for handle in handles:
            ended.register(handle, select.POLLIN)
        while handles:
            gone = [handle for handle, _ in ended.poll(10_000)]
            assert gone, f"{len(handles)} of {len(pids)} processes are still there"
            for handle in gone:
                ended.unregister(handle)
                handles.remove(handle)
                os.close(handle)


def _tree(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        try:
            found += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
        except OSError:
            continue
    return found


def test_a_course_inside_what_is_shown_is_hidden():
    docs = Path("/usr/share/doc")
    tree = needed_tree(COURSE_ROOT, [docs, COURSE_ROOT, Path("/usr")])
    assert tree.hidden == {docs}
    assert not tree.covers(docs / "any")
    assert tree.covers(COURSE_ROOT / "course_utils")
    assert not tree.covers(COURSE_ROOT / "quizzes")


def test_an_environment_in_the_courses_own_folder_hides_the_rest():
    environment = Path(sys.prefix).resolve()
    tree = needed_tree(COURSE_ROOT, [environment])
    assert tree.covers(environment / "bin")
    assert not tree.covers(environment / "grading")
