"""One tool call is tried against a real ChatOllama on loopback, and what comes of it is told."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from course_utils.model.probe import try_a_tool_call
from tests.support.ollama_server import Answer, OllamaServer

if TYPE_CHECKING:
    from collections.abc import Iterator

MODEL = "gemma3:4b"
MAIL = {"to": "alice@example.com", "subject": "Lunch", "body": "At noon?"}
NO_TOOLS = f"registry.ollama.ai/library/{MODEL} does not support tools"
ANOTHER = "Set HITL_MODEL to a model that calls tools, such as ollama:llama3.1:8b"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OllamaServer]:
    with OllamaServer(models=(MODEL,)) as running:
        monkeypatch.setenv("HITL_MODEL", f"ollama:{MODEL}")
        monkeypatch.setenv("OLLAMA_HOST", running.base_url)
        yield running


def test_a_model_that_calls_the_tool_is_well(server: OllamaServer) -> None:
    server.brain = lambda messages, tools: Answer(calls=[(tools[0]["function"]["name"], MAIL)])
    tried = try_a_tool_call()
    assert (tried.found, tried.fix) == ("it called the tool send_email when asked to", "")
    (asked,) = server.chats()
    assert "alice@example.com" in asked["messages"][0]["content"], asked


@pytest.mark.parametrize(
    ("answer", "found", "fix"),
    [
        (Answer("I have sent it."), "it answered in words, and called no tool", ANOTHER),
        (Answer(status=400, error=NO_TOOLS), "it cannot call tools", ANOTHER),
        (Answer(calls=[("mail", MAIL)]), "it called a tool in a way that nothing", ANOTHER),
        (
            Answer(status=500, error="model requires more system memory (5.6 GiB)"),
            "it could not be asked: model requires more system memory (5.6 GiB)",
            "Correct that, or unset HITL_MODEL to answer offline.",
        ),
    ],
    ids=["words", "no tools", "another tool", "no memory"],
)
def test_a_model_that_does_not_is_told_with_what_to_do(
    server: OllamaServer, answer: Answer, found: str, fix: str
) -> None:
    server.brain = lambda messages, tools: answer
    tried = try_a_tool_call()
    assert tried.found.startswith(found), tried
    assert tried.fix.startswith(fix), tried


def test_a_model_that_takes_too_long_is_left_alone(server: OllamaServer) -> None:
    go_on = threading.Event()

    def slowly(messages: list[object], tools: list[object]) -> Answer:
        go_on.wait()
        return Answer("Here I am.")

    server.brain = slowly
    tried = try_a_tool_call(0.1)
    go_on.set()
    assert tried.found == "no answer within 0.1 seconds", tried
    assert tried.fix.startswith("Run `hitl doctor` again"), tried


def test_a_model_that_is_not_pulled_and_a_server_that_is_down_are_told_as_elsewhere(
    server: OllamaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.models = ()
    assert f"`ollama pull {MODEL}`" in try_a_tool_call().fix
    with OllamaServer() as gone:
        monkeypatch.setenv("OLLAMA_HOST", gone.base_url)
    tried = try_a_tool_call()
    assert (tried.found, "`ollama serve`" in tried.fix) == ("it could not be asked", True), tried


def test_the_offline_model_calls_tools_and_nobody_is_asked(
    server: OllamaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HITL_MODEL", "offline")
    assert try_a_tool_call().fix == ""
    assert server.requests == [], server.requests
