"""`hitl doctor` names what is wrong and its fix, and returns 1 where the course cannot work."""

from __future__ import annotations

import json
import re
import shlex
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from importlib.metadata import distribution
from threading import Thread
from typing import TYPE_CHECKING

from course_utils.cli.servers import DEFAULT_PORT
from course_utils.places import COURSE_ROOT, WORKSPACE_MARK
from course_utils.quiz.released import QUESTIONS_FILE
from tests.support import forked
from tests.support.disks import FULL, READ_ONLY, hitl_on
from tests.support.lesson_kernel import lesson_in
from tests.support.ollama_server import Answer, OllamaServer
from tests.support.running_lab import HITL, learners_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def doctor(home: Path, *options: str, **variables: str) -> tuple[int, str]:
    """Run `hitl doctor`; return its exit code and what it printed, with single spaces."""
    environment = {**learners_environment(home), "COLUMNS": "400", **variables}
    if "PYTHONPATH" in variables:
        # Another course or package is found when it is imported, which a forked one need not do.
        answer = subprocess.run(
            [HITL, "doctor", *options], env=environment, capture_output=True, text=True, check=False
        )
    else:
        answer = forked.run(str(HITL), "doctor", *options, env=environment)
    return answer.returncode, " ".join((answer.stdout + answer.stderr).split())


@contextmanager
def a_jupyterlab(workspace: Path, home: Path) -> Iterator[forked.Process]:
    """Run a JupyterLab that is none of `hitl lab`, while the `with` lasts."""
    server = forked.Process(
        *("-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.port=0"),
        f"--ServerApp.root_dir={workspace}",
        env=learners_environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        assert server.stderr is not None
        told = any("Use Control-C to stop this server" in line for line in server.stderr)
        assert told, "the JupyterLab ended by itself"
        Thread(target=server.stderr.read, daemon=True).start()
        yield server
    finally:
        server.terminate()
        server.wait(timeout=30)


def test_offline_all_is_well(tmp_path: Path) -> None:
    # Somebody's own kernel of that name has another Python.
    kernel = tmp_path / ".local" / "share" / "jupyter" / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    argv = ["/usr/bin/python3", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel.write_text(json.dumps({"argv": argv, "display_name": "mine", "language": "python"}))

    code, printed = doctor(tmp_path)

    assert code == 0, printed
    assert "ok model offline" in printed, printed
    assert f"langgraph {distribution('langgraph').version}" in printed, printed
    assert f"ok kernel {sys.executable}" in printed, printed
    assert "ok proxies none" in printed, printed
    assert "ok releases practice" in printed, printed


def test_a_package_of_another_version_is_told_with_its_pin(tmp_path: Path) -> None:
    found = distribution("rapidfuzz")
    other = tmp_path / "packages" / "rapidfuzz-1.0.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: rapidfuzz\nVersion: 1.0\n")

    code, printed = doctor(tmp_path, PYTHONPATH=f"{other.parent}:{COURSE_ROOT}")

    assert code == 1, printed
    assert f"no rapidfuzz 1.0, tested with {found.version}" in printed, printed
    assert "make lab" in printed, printed


def test_a_missing_package_is_told(tmp_path: Path) -> None:
    # As after an update of the course that nobody has installed yet.
    newer = tmp_path / "packages" / "hitl_course-99.0.dist-info"
    newer.mkdir(parents=True)
    needs = "Requires-Python: >=3.11\nRequires-Dist: no-such-package>=1.0\n"
    (newer / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: hitl-course\nVersion: 99.0\n{needs}"
    )

    code, printed = doctor(tmp_path, PYTHONPATH=f"{newer.parent}:{COURSE_ROOT}")

    assert code == 1, printed
    assert "no no-such-package not installed" in printed, printed


def test_an_ollama_that_is_down_is_told_with_its_fix(tmp_path: Path) -> None:
    with OllamaServer() as server:
        gone = server.base_url

    code, printed = doctor(tmp_path, HITL_MODEL="ollama:llama3.1:8b", OLLAMA_HOST=gone)

    assert code == 1, printed
    assert "ollama serve" in printed, printed


def test_a_model_that_is_not_pulled_is_told_with_its_fix(tmp_path: Path) -> None:
    with OllamaServer(models=["another:1b"]) as server:
        code, printed = doctor(
            tmp_path, HITL_MODEL="ollama:llama3.1:8b", OLLAMA_HOST=server.base_url
        )

    assert code == 1, printed
    assert "ollama pull llama3.1:8b" in printed, printed


def test_an_ollama_with_a_model_that_calls_tools_is_well(tmp_path: Path) -> None:
    mail = Answer(calls=[("send_email", {"to": "alice@example.com"})])
    with OllamaServer(lambda messages, tools: mail, models=["llama3.1:8b"]) as server:
        code, printed = doctor(
            tmp_path, HITL_MODEL="ollama:llama3.1:8b", OLLAMA_HOST=server.base_url
        )

    assert code == 0, printed
    assert f"ok model llama3.1:8b, by Ollama at {server.base_url}" in printed, printed
    assert "ok tool calls it called the tool send_email" in printed, printed


def test_a_model_that_answers_in_words_alone_is_told_with_its_fix(tmp_path: Path) -> None:
    with OllamaServer() as server:
        code, printed = doctor(
            tmp_path, HITL_MODEL="ollama:llama3.1:8b", OLLAMA_HOST=server.base_url
        )

    assert code == 1, printed
    assert "no tool calls it answered in words" in printed, printed
    assert "Set HITL_MODEL to a model that calls tools" in printed, printed


def test_a_provider_whose_package_is_missing_is_told(tmp_path: Path) -> None:
    code, printed = doctor(tmp_path, HITL_MODEL="mistralai:mistral-large")

    assert code == 1, printed
    assert "langchain-mistralai" in printed.replace("_", "-"), printed


def test_a_setting_that_is_not_allowed_is_told_with_what_is(tmp_path: Path) -> None:
    code, printed = doctor(tmp_path, HITL_FEEDBACK="later")

    assert code == 1, printed
    assert "HITL_FEEDBACK='later'" in printed, printed
    assert "'practice' or 'deferred'" in printed, printed


def test_a_file_that_can_hold_checkpoints_is_well_and_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "kept" / "threads.sqlite"
    code, printed = doctor(tmp_path, HITL_CHECKPOINTS=str(file))

    assert code == 0, printed
    assert f"ok checkpoints {file}" in printed, printed
    assert not file.parent.exists(), f"hitl doctor made {file.parent}"


def test_a_place_that_cannot_hold_checkpoints_is_told_with_its_fix(tmp_path: Path) -> None:
    code, printed = doctor(tmp_path, HITL_CHECKPOINTS=str(tmp_path))

    assert code == 1, printed
    assert f"no checkpoints {tmp_path}" in printed, printed
    assert "set HITL_CHECKPOINTS" in printed, printed


def test_a_postgresql_that_cannot_be_reached_is_told_without_the_password(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"postgresql://ada:sesame@127.0.0.1:{port}/course"

    code, printed = doctor(tmp_path, HITL_CHECKPOINTS=address, HITL_GRADEBOOK=address)

    assert code == 1, printed
    assert f"no checkpoints postgresql://ada@127.0.0.1:{port}/course" in printed, printed
    assert f"ok gradebook postgresql://ada:***@127.0.0.1:{port}/course" in printed, printed
    assert "sesame" not in printed, printed


def test_a_workspace_is_told_lesson_by_lesson_with_commands_that_mend_it(tmp_path: Path) -> None:
    workspace = tmp_path / "Für mich"
    missing, damaged, former, broken, older = (
        lesson_in(workspace, name)
        for name in (
            *("01_interrupt_before", "02_state_next", "03_command_resume"),
            *("04_provide_input", "05_selective_interrupts"),
        )
    )
    missing.with_name(QUESTIONS_FILE).unlink()
    damaged.with_name(QUESTIONS_FILE).write_text("{")
    questions = former.with_name(QUESTIONS_FILE)
    questions.write_text(questions.read_text().replace('"version": 1', '"version": 2'))
    broken.write_text("{")
    known = workspace / WORKSPACE_MARK
    data = json.loads(known.read_text())
    data["lessons"][older.stem]["source"] = "of an earlier version"
    known.write_text(json.dumps(data))

    code, printed = doctor(tmp_path, "--workspace", str(workspace))

    assert code == 1, printed
    at, lab = f"--workspace '{workspace}'", f"hitl lab --workspace '{workspace}'"
    assert "ok saving works" in printed, printed
    assert f"no {missing.stem} {QUESTIONS_FILE} is missing {lab}" in printed, printed
    damage = f"{QUESTIONS_FILE} is damaged, or of another version"
    mend = f"rm '{damaged.with_name(QUESTIONS_FILE)}'; {lab}"
    assert f"no {damaged.stem} {damage} {mend}" in printed, printed
    mend = f"rm '{questions}'; {lab}"
    assert f"no {former.stem} {QUESTIONS_FILE} is of another version {mend}" in printed, printed
    mend = f"hitl reset 04 {at}"
    assert f"no {broken.stem} the notebook is damaged {mend}" in printed, printed
    mend = f"hitl update {at}"
    assert f"not yet lessons newer in the course: {older.stem} {mend}" in printed, printed


def test_a_workspace_that_was_moved_is_found_again(tmp_path: Path) -> None:
    lesson_in(tmp_path / "workspace", "01_interrupt_before")
    moved = (tmp_path / "workspace").rename(tmp_path / "elsewhere")

    code, printed = doctor(tmp_path, "--workspace", str(tmp_path / "workspace"))

    assert code == 0, printed
    assert f"another one is in {moved}, as after a move" in printed, printed
    assert f"hitl lab --workspace {moved}" in printed, printed


def test_what_is_in_the_way_around_jupyterlab_is_told(tmp_path: Path) -> None:
    screenless = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "BROWSER": ""}
    proxies = {"http_proxy": "http://ada:sesame@127.0.0.1:9", "no_proxy": "intranet"}
    with socket.socket() as taken:
        with suppress(OSError):  # where somebody has it, it is taken
            taken.bind(("127.0.0.1", DEFAULT_PORT))
            taken.listen()
        code, printed = doctor(tmp_path, **screenless, **proxies)

    assert code == 0, printed
    assert f"not yet port Port {DEFAULT_PORT} is taken by" in printed, printed
    assert "hitl lab --port " in printed, printed
    assert "not yet browser none can be opened from here" in printed, printed
    assert "not yet proxies http: 127.0.0.1:9." in printed, printed
    assert "export no_proxy=intranet,127.0.0.1,localhost" in printed, printed
    assert "sesame" not in printed, printed


def test_a_workspace_where_nothing_can_be_saved_is_told(tmp_path: Path) -> None:
    workspace, home = tmp_path / "workspace", tmp_path / "home"
    lesson_in(workspace, "01_interrupt_before")
    words = {
        FULL: f"The disk of {workspace} has only 0 MB left.",
        READ_ONLY: f"{workspace}: Read-only file",
    }
    for disk, told in words.items():
        answer = hitl_on(
            *(disk, workspace, home, "doctor", "--workspace", str(workspace)),
            variables={"COLUMNS": "400"},
        )
        assert answer.returncode == 1, answer
        printed = " ".join(answer.stdout.split())
        assert f"no saving your work cannot be saved, or soon cannot {told}" in printed, printed


def test_two_jupyterlabs_on_one_workspace_are_told_and_the_printed_command_stops_one(
    tmp_path: Path,
) -> None:
    workspace = tmp_path / "workspace"
    lesson_in(workspace, "01_interrupt_before")
    with a_jupyterlab(workspace, tmp_path) as first, a_jupyterlab(workspace, tmp_path) as second:
        code, printed = doctor(tmp_path, "--workspace", str(workspace))
        assert code == 1, printed
        assert "no JupyterLab several are open on these lessons" in printed, printed
        (stop,) = re.findall(r"jupyter server stop \d+", printed)
        environment = learners_environment(tmp_path)
        subprocess.run(shlex.split(stop), env=environment, capture_output=True, check=True)
        left = [each for each in (first, second) if each.poll() is None]
        assert len(left) == 1, f"{stop} left {len(left)} running"

        moved = workspace.rename(tmp_path / "elsewhere")
        code, printed = doctor(tmp_path, "--workspace", str(workspace))
    assert code == 1, printed
    assert f"serves {workspace}, which is no longer there jupyter server stop" in printed, printed
    assert f"hitl lab --workspace {moved}" in printed, printed
