"""`hitl lab` from the outside: what it prints, where it listens, what it leaves alone."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support import forked
from tests.support.disks import FULL, READ_ONLY, hitl_on
from tests.support.lesson_kernel import lesson_in
from tests.support.running_lab import HITL, address, learners_environment, opened, running_lab

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path


NOBODY = "http://127.0.0.1:9"
"""A proxy that does not answer: nothing listens on the discard port."""


def command(workspace: Path, *options: str) -> list[str]:
    return ["lab", "--no-browser", "--workspace", str(workspace), *options]


def lab(
    workspace: Path, home: Path, *options: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run `hitl lab` where it is to end by itself."""
    environment = {**learners_environment(home), **variables}
    return forked.run(str(HITL), *command(workspace, *options), env=environment, timeout=60)


@contextmanager
def taken_port(port: int = 0) -> Iterator[int]:
    """Listen at a port of this machine, as another program does."""
    with socket.socket() as taken:
        # Where somebody has it already, it is taken.
        with suppress(OSError):
            taken.bind(("127.0.0.1", port))
            taken.listen()
        yield taken.getsockname()[1]


class Refused(NamedTuple):
    """A start that made a workspace, beside an old one and one that was moved, without a port."""

    workspace: Path
    moved: Path
    port: int
    answer: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Refused:
    folder = tmp_path_factory.mktemp("refused")
    workspace, moved = folder / "workspace", folder / "Für mich, 1. Kurs"
    lesson_in(moved, "01_interrupt_before")
    lesson_in(folder / "old", "01_interrupt_before")
    os.utime(folder / "old", (0, 0))
    with taken_port() as port:
        answer = lab(workspace, folder, "--port", str(port))
    return Refused(workspace, moved, port, answer)


@pytest.fixture
def workspace(refused: Refused, tmp_path: Path) -> Path:
    """A workspace that is made: making one takes most of a start."""
    shutil.copytree(refused.workspace, tmp_path / "workspace")
    return tmp_path / "workspace"


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}


def test_a_second_start_makes_what_is_missing_and_touches_nothing_else(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    with running_lab(workspace, tmp_path) as printed:
        assert any(str(workspace) in line for line in printed), printed
    lesson = workspace / "01_interrupt_before" / "01_interrupt_before.ipynb"
    lesson.write_text(lesson.read_text().replace('"nbformat":', '"mine": 1,\n "nbformat":'))
    (lesson.parent / "attempts.jsonl").write_text("mine\n")
    (lesson.parent / "questions.json").unlink()
    # As an older workspace: nothing is remembered, and a lesson has its former number.
    (workspace / ".course.json").unlink()
    (workspace / "04_editing_state").mkdir()
    before = contents(workspace)

    with running_lab(workspace, tmp_path) as printed:
        after = contents(workspace)

    (line,) = [line for line in printed if "hitl update" in line]
    assert line.endswith(f"hitl update --workspace {workspace}"), line
    assert {path: after.get(path) for path in before} == before
    assert (lesson.parent / "questions.json") in after, "what was missing is made again"


def test_it_opens_the_start_page_and_only_with_the_token(workspace: Path, tmp_path: Path) -> None:
    with running_lab(workspace, tmp_path, cold=True) as printed:
        served = urlsplit(address(printed))
        assert served.path == "/lab", served
        assert len(parse_qs(served.query)["token"][0]) >= 32, served
        for path in ("/api/contents", "/hitl/start", "/hitl/places"):
            asked = served._replace(path=path)
            with opened(asked.geturl()) as answer:
                assert answer.status == 200
            with pytest.raises(HTTPError, match="403"):
                opened(asked._replace(query="").geturl())
        # A new version of the course has files of the same names.
        script = served._replace(path="/lab/extensions/course-utils/plugin/remoteEntry.js")
        with opened(script.geturl()) as answer:
            assert answer.headers["Cache-Control"] == "no-cache"
        # Two servers would save over each other. Its own is on this machine, behind no proxy.
        second = lab(workspace, tmp_path, "--port", str(served.port), http_proxy=NOBODY)
        assert second.returncode == 0, second
        assert f"already: {address(printed)}" in second.stdout, second.stdout
        update = [str(HITL), "update", "--workspace", str(workspace)]
        updated = forked.run(*update, env=learners_environment(tmp_path))
        shutil.copytree(workspace, tmp_path / "other")
        other = lab(tmp_path / "other", tmp_path, "--port", str(served.port))
    assert updated.returncode == 1, updated
    assert "Save them, stop it with Ctrl-C, and run `hitl update" in updated.stderr, updated.stderr
    assert other.returncode == 1, other
    assert f"taken by the JupyterLab of {workspace}." in other.stderr, other.stderr


def test_a_port_that_is_taken_is_told_with_the_command_that_has_a_free_one(
    refused: Refused,
) -> None:
    said, _, offered = refused.answer.stderr.strip().rpartition(": ")
    words, port = shlex.split(offered), refused.port
    assert refused.answer.returncode == 1, refused
    assert said.startswith(f"Port {port} is taken by another program. Port {words[3]} is"), said
    assert words == ["hitl", "lab", "--port", words[3], "--workspace", str(refused.workspace)]
    assert words[3] != str(port), offered


def test_of_other_workspaces_the_last_used_is_told_when_a_new_one_is_made(
    refused: Refused,
) -> None:
    (told,) = [line for line in refused.answer.stdout.splitlines() if "another copy" in line]
    assert told.startswith(f"There is another copy in {refused.moved}, the last used of"), told
    assert told.endswith(f"run: hitl lab --workspace '{refused.moved}'"), told


def test_a_workspace_where_nothing_is_saved_is_told(workspace: Path, tmp_path: Path) -> None:
    with taken_port() as port:
        kept = hitl_on(READ_ONLY, workspace, tmp_path, *command(workspace, "--port", str(port)))

    (unsaved,) = [line for line in kept.stdout.splitlines() if "not be saved" in line]
    assert f"{workspace}: Read-only file system." in unsaved, unsaved


def test_a_lab_that_was_asked_for_nothing_says_its_port_and_what_is_to_be_done_by_hand(
    workspace: Path, tmp_path: Path
) -> None:
    screenless = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "BROWSER": ""}
    proxies = {"http_proxy": NOBODY, "all_proxy": "socks5://127.0.0.1:9"}
    variables = {**screenless, **proxies}
    with taken_port(8888), running_lab(workspace, tmp_path, (), **variables) as printed:
        served = urlsplit(address(printed))

    told = any(line.startswith("You are root") for line in printed)
    assert told == (os.geteuid() == 0), printed
    (port,) = [line for line in printed if line.startswith("Port 8888 is taken")]
    assert port.endswith(f"This JupyterLab has port {served.port}."), port
    assert "No browser can be opened from here. Open this address in one yourself." in printed


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    answer = lab(tmp_path / "file" / "workspace", tmp_path / "home")

    assert answer.returncode == 1, answer
    (line,) = answer.stderr.splitlines()
    assert str(tmp_path / "file") in line, line
    assert "--workspace FOLDER" in line, line


def test_a_full_or_a_read_only_disk_is_one_line_and_leaves_what_was_there(tmp_path: Path) -> None:
    disk, home = tmp_path / "disk", tmp_path / "home"
    disk.mkdir()
    said = {}
    for kind in (FULL, READ_ONLY):
        answer = hitl_on(kind, disk, home, "lab", "--no-browser", "--workspace", str(disk / "mine"))
        assert answer.returncode == 1, answer
        (said[kind],) = answer.stderr.splitlines()
    assert f"The disk of {disk / 'mine'} is full." in said[FULL], said
    assert "Free some space, and run the command again." in said[FULL], said
    assert "Read-only file system" in said[READ_ONLY], said
    assert "--workspace FOLDER" in said[READ_ONLY], said


def test_a_model_that_cannot_answer_is_said_before_the_first_lesson_fails(
    workspace: Path, tmp_path: Path
) -> None:
    # Nothing listens on the discard port.
    model = {"HITL_MODEL": "ollama:llama3.1:8b", "OLLAMA_HOST": "http://127.0.0.1:9"}
    with running_lab(workspace, tmp_path / "home", **model) as printed:
        said = "\n".join(printed)
    assert "The lessons will not run yet: Ollama does not answer" in said, said
