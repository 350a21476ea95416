"""HITL_MODEL=ollama:... gives the real ChatOllama, here against a server on loopback."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import ollama
import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_ollama import ChatOllama

from course_utils import chat_model, exercise
from course_utils.exercises.exercise import ExerciseFailedError
from course_utils.model import ModelError
from course_utils.model.offline import OfflineChatModel
from course_utils.model.ollama import ollama_address, ollama_problem
from tests.support.ollama_server import Answer, OllamaServer

if TYPE_CHECKING:
    from collections.abc import Iterator

MODEL = "llama3.1:8b"


@tool
def send_email(to: str, subject: str, body: str) -> str:
    """Send an email."""
    return f"Email sent to {to}"


def mail_brain(messages: list[dict[str, Any]], tools: list[dict[str, Any]]) -> Answer:
    """Call the first tool once, then report what it said."""
    if messages[-1]["role"] == "tool":
        return Answer(content=f"Done: {messages[-1]['content']}")
    args = {"to": "alice@example.com", "subject": "Lunch", "body": "At noon?"}
    return Answer(calls=[(tools[0]["function"]["name"], args)])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OllamaServer]:
    with OllamaServer() as running:
        monkeypatch.setenv("HITL_MODEL", f"ollama:{MODEL}")
        monkeypatch.setenv("OLLAMA_HOST", running.base_url)
        yield running


def closed_port() -> str:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{held.getsockname()[1]}"


def test_chat_model_is_chat_ollama_on_the_host_that_was_set(server: OllamaServer) -> None:
    model = chat_model()
    reply = model.invoke("good morning")
    assert isinstance(model, ChatOllama), f"chat_model() gave {type(model).__name__}"
    assert reply.text == "You said: good morning", f"the server's reply came back as {reply.text!r}"
    assert server.chats()[-1]["model"] == MODEL, f"the server was asked for {server.chats()[-1]}"


def test_a_host_without_a_scheme_reaches_the_server(
    server: OllamaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", server.base_url.removeprefix("http://"))
    assert chat_model().invoke("hi").text == "You said: hi"


def test_a_proxy_for_other_machines_is_not_asked(
    server: OllamaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing listens on the discard port.
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert ollama_problem(server.base_url, MODEL) is None
    assert chat_model().invoke("hi").text == "You said: hi"


def test_tools_are_offered_and_called_and_their_results_reported(server: OllamaServer) -> None:
    server.brain = mail_brain
    model = chat_model().bind_tools([send_email])
    asked = HumanMessage("Email Alice")
    reply = model.invoke([asked])
    (call,) = reply.tool_calls
    assert (call["name"], call["args"]["to"]) == ("send_email", "alice@example.com"), call
    result = ToolMessage(send_email.invoke(call["args"]), tool_call_id=call["id"])
    final = model.invoke([asked, AIMessage("", tool_calls=[call]), result])
    assert final.text == "Done: Email sent to alice@example.com", final.text
    assert server.chats()[-1]["messages"][-1]["role"] == "tool", server.chats()[-1]


def test_while_the_test_of_an_exercise_runs_every_model_answers_offline(
    server: OllamaServer,
) -> None:
    server.brain = mail_brain
    before = chat_model().bind_tools([send_email])
    words = 'Send an email to bob@example.com with subject "Hi" and body "Yes"'
    with exercise(1):
        bound = before.invoke(words)
        made = chat_model().bind_tools([send_email]).invoke(words)
        streamed = "".join(piece.text for piece in before.stream("hello"))
    assert server.chats() == [], "a test of an exercise asked the server"
    for reply in (bound, made):
        assert [call["args"]["to"] for call in reply.tool_calls] == ["bob@example.com"], reply
    assert streamed == OfflineChatModel().bind_tools([send_email]).invoke("hello").text
    after = before.invoke(words)
    assert [call["args"]["to"] for call in after.tool_calls] == ["alice@example.com"], after


def test_a_test_that_fails_gives_the_model_back(server: OllamaServer) -> None:
    with pytest.raises(ExerciseFailedError), exercise(1) as check:
        check.that("nothing holds", False, "None.")
    assert chat_model().invoke("hi").text == "You said: hi"


def test_a_reply_is_streamed_in_words(server: OllamaServer) -> None:
    server.brain = lambda messages, tools: Answer(content="one two three")
    words = [chunk.text for chunk in chat_model().stream("count") if chunk.text]
    assert words == ["one", " two", " three"], words


async def test_a_reply_can_be_awaited(server: OllamaServer) -> None:
    reply = await chat_model().ainvoke("hi")
    assert reply.text == "You said: hi", reply


@pytest.mark.parametrize(
    "answer",
    [Answer(status=500, error="out of memory"), Answer(content="half a", error="out of memory")],
    ids=["instead of a reply", "in the middle of one"],
)
def test_an_error_of_the_server_is_raised_with_its_words(
    server: OllamaServer, answer: Answer
) -> None:
    server.brain = lambda messages, tools: answer
    model = chat_model()
    with pytest.raises(ollama.ResponseError, match="out of memory"):
        model.invoke("hi")


def test_a_model_removed_after_the_check_is_named(server: OllamaServer) -> None:
    model = chat_model()
    server.models = ()
    with pytest.raises(ollama.ResponseError, match=f"model '{MODEL}' not found"):
        model.invoke("hi")


def test_a_server_that_is_down_gives_one_line_that_says_what_to_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    host = closed_port()
    monkeypatch.setenv("HITL_MODEL", f"ollama:{MODEL}")
    monkeypatch.setenv("OLLAMA_HOST", host)
    with pytest.raises(ModelError) as raised:
        chat_model()
    said = str(raised.value)
    assert host in said, said
    assert "`ollama serve`" in said, said
    assert "unset HITL_MODEL" in said, said
    assert "\n" not in said, f"more than one line: {said}"


def test_a_model_that_is_not_pulled_gives_one_line_that_says_what_to_run(
    server: OllamaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HITL_MODEL", "ollama:qwen3:4b")
    with pytest.raises(ModelError) as raised:
        chat_model()
    assert "`ollama pull qwen3:4b`" in str(raised.value), raised.value
    assert not server.chats(), f"the model was asked although it is missing: {server.chats()}"


def test_a_server_that_is_not_ollama_is_told_apart() -> None:
    with OllamaServer() as running:
        problem = ollama_problem(f"{running.base_url}/elsewhere", MODEL)
    assert problem, "an address that answers 404 was taken for Ollama"
    assert "Correct OLLAMA_HOST" in problem, problem


def test_a_model_named_without_a_tag_means_its_latest() -> None:
    with OllamaServer(models=("llama3.1:latest",)) as running:
        assert ollama_problem(running.base_url, "llama3.1") is None
        assert ollama_problem(running.base_url, "llama3.1:8b") is not None


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("", "http://127.0.0.1:11434"),
        ("127.0.0.1", "http://127.0.0.1:11434"),
        ("0.0.0.0:11434", "http://127.0.0.1:11434"),
        (":8000", "http://127.0.0.1:8000"),
        ("gpu.local:8000/", "http://gpu.local:8000"),
        ("http://gpu.local", "http://gpu.local:80"),
        ("https://gpu.local", "https://gpu.local:443"),
        ("https://gpu.local/ollama", "https://gpu.local:443/ollama"),
        ("[::1]:9000", "http://[::1]:9000"),
    ],
)
def test_every_form_of_ollama_host_becomes_an_address(host: str, address: str) -> None:
    assert ollama_address(host) == address, (
        f"ollama_address({host!r}) gave {ollama_address(host)!r}"
    )


@pytest.mark.parametrize("host", ["http://127.0.0.1:no", "http://["])
def test_a_host_that_is_no_address_is_answered_in_one_line(host: str) -> None:
    problem = ollama_problem(host, MODEL)
    assert problem, f"ollama_problem({host!r}) found nothing wrong"
    assert "Correct OLLAMA_HOST" in problem, problem


@pytest.mark.parametrize("name", ["llama3.1:8b", "nobody:gpt-0", "openai:gpt-4o", "gpt"])
def test_a_provider_unknown_or_not_installed_gives_one_line(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HITL_MODEL", name)
    with pytest.raises(ModelError) as raised:
        chat_model()
    said = str(raised.value)
    assert said.startswith(f"HITL_MODEL={name!r}"), said
    assert "unset HITL_MODEL" in said, said
    assert "\n" not in said, f"more than one line: {said}"
