"""`hitl doctor` names what is wrong and its fix, and returns 1 where the course cannot work."""

from __future__ import annotations

import shutil
import socket
import subprocess
from importlib.metadata import distribution
from typing import TYPE_CHECKING

from course_utils.settings import COURSE_ROOT
from tests.support import forked
from tests.support.ollama_server import Answer, OllamaServer
from tests.support.running_lab import HITL, learners_environment

if TYPE_CHECKING:
    from pathlib import Path


def doctor(home: Path, **variables: str) -> tuple[int, str]:
    """Run `hitl doctor`; return its exit code and what it printed, with single spaces."""
    environment = {**learners_environment(home), "COLUMNS": "200", **variables}
    if "PYTHONPATH" in variables:
        # Another course or package is found when it is imported, which a forked one need not do.
        answer = subprocess.run(
            [HITL, "doctor"], env=environment, capture_output=True, text=True, check=False
        )
    else:
        answer = forked.run(str(HITL), "doctor", env=environment)
    return answer.returncode, " ".join((answer.stdout + answer.stderr).split())


def test_offline_all_is_well(tmp_path: Path) -> None:
    code, printed = doctor(tmp_path)

    assert code == 0, printed
    assert "ok model offline" in printed, printed
    assert f"ok langgraph {distribution('langgraph').version}" in printed, printed
    assert "ok releases practice" in printed, printed


def test_a_package_of_another_version_is_told_with_its_pin(tmp_path: Path) -> None:
    found = distribution("rapidfuzz")
    other = tmp_path / "packages" / "rapidfuzz-1.0.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: rapidfuzz\nVersion: 1.0\n")

    code, printed = doctor(tmp_path, PYTHONPATH=str(other.parent))

    assert code == 1, printed
    assert f"no rapidfuzz 1.0, tested with {found.version}" in printed, printed
    assert "make lab" in printed, printed


def test_a_missing_package_is_told(tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(COURSE_ROOT / "course_utils", course / "course_utils")
    project = (COURSE_ROOT / "pyproject.toml").read_text()
    needs_more = project.replace("dependencies = [", 'dependencies = ["no-such-package==1.0",', 1)
    (course / "pyproject.toml").write_text(needs_more)

    code, printed = doctor(tmp_path, PYTHONPATH=str(course))

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
