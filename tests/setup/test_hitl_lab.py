"""`hitl lab` from the outside: what it prints, where it listens, what it leaves alone."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

from tests.support import forked
from tests.support.running_lab import HITL, address, learners_environment, running_lab

if TYPE_CHECKING:
    from pathlib import Path


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


def test_it_opens_the_start_page_and_only_with_the_token(tmp_path: Path) -> None:
    with running_lab(tmp_path / "workspace", tmp_path, cold=True) as printed:
        served = urlsplit(address(printed))
        assert served.path == "/lab", served
        assert len(parse_qs(served.query)["token"][0]) >= 32, served
        for path in ("/api/contents", "/hitl/start"):
            asked = served._replace(path=path)
            with urlopen(asked.geturl()) as answer:  # noqa: S310  (our own server)
                assert answer.status == 200
            with pytest.raises(HTTPError, match="403"):
                urlopen(asked._replace(query="").geturl())  # noqa: S310


def test_a_taken_port_gives_the_address_of_another(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with running_lab(tmp_path / "workspace", tmp_path, str(port)) as printed:
            served = urlsplit(address(printed))
            assert served.port != port, f"{port} is another program's"
            with urlopen(address(printed)) as answer:  # noqa: S310  (our own server)
                assert answer.status == 200


def test_it_listens_on_this_machine_only_whatever_jupyter_is_told(tmp_path: Path) -> None:
    config = tmp_path / ".jupyter" / "jupyter_server_config.json"
    config.parent.mkdir()
    config.write_text('{"ServerApp": {"ip": "0.0.0.0"}, "IdentityProvider": {"token": ""}}')

    with running_lab(tmp_path / "workspace", tmp_path) as printed:
        served = urlsplit(address(printed))

    assert served.hostname == "127.0.0.1", served
    assert parse_qs(served.query).get("token"), "a server without a token is open to everyone here"


def test_root_is_told(tmp_path: Path) -> None:
    with running_lab(tmp_path / "workspace", tmp_path) as printed:
        told = any(line.startswith("You are root") for line in printed)
    assert told == (os.geteuid() == 0), printed


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    command = [HITL, "lab", "--no-browser", "--workspace", tmp_path / "file" / "workspace"]

    answer = forked.run(*map(str, command), env=learners_environment(tmp_path / "home"))

    assert answer.returncode == 1, answer
    (line,) = answer.stderr.splitlines()
    assert str(tmp_path / "file") in line, line


def test_a_model_that_cannot_answer_is_said_before_the_first_lesson_fails(tmp_path: Path) -> None:
    # Nothing listens on the discard port.
    model = {"HITL_MODEL": "ollama:llama3.1:8b", "OLLAMA_HOST": "http://127.0.0.1:9"}
    with running_lab(tmp_path / "workspace", tmp_path / "home", **model) as printed:
        said = "\n".join(printed)
    assert "The lessons will not run yet: Ollama does not answer" in said, said
